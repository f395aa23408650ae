// One file of settings: opened, and read into what it says.
import { type Failure, type FileContent, type FoundSettings, type Host, isFailure, isMalformed } from '../host/host.ts';
import { CdiError, type Position } from '../text/error.ts';
import { quote } from '../text/quote.ts';
import { YamlReader } from '../text/yaml-reader.ts';
import { settingsDecoder } from './decoders.ts';
import { readRuntimeLine } from './runtime-line.ts';
import type { Settings } from './settings.ts';
import type { Part } from './shapes.ts';

const LARGEST = 1024 * 1024;

/** One file, and what it says. */
export interface SettingsFile {
  readonly path: string;
  readonly part: Part<Settings>;
  /** where a key stands in it */
  locate(path: readonly (string | number)[]): Position | undefined;
}

/**
 * One file by itself, wherever it lies and whoever may write to it.
 *
 * @throws {CdiError} CANNOT_READ; BAD_SETTINGS with line, column and the nearest key
 */
export function readSettingsFile(host: Host, path: string): SettingsFile {
  const file = checkContent(path, readContent(host, path), false, 'name another file');
  if (file === undefined) throw new TypeError('what is needed is there, or an error');
  return readSettings(host, file, { own: false, runtime: readRuntimeLine(host.text(file)) });
}

export function readContent(host: Host, path: string): FileContent | Failure {
  return host.readFile(path, LARGEST);
}

/**
 * @param own a user's own file may be missing
 * @param hint what to do where there is nothing to be read
 * @throws {CdiError} CANNOT_READ
 */
export function checkContent(
  path: string,
  content: FileContent | Failure,
  own: boolean,
  hint: string | undefined,
): FileContent | undefined {
  if (!isFailure(content)) return content;
  const { errno } = content;
  // The home of a service's user may be anything: /dev/null, or root's.
  if (own && (errno === 'ENOENT' || errno === 'ENOTDIR' || errno === 'EACCES')) return undefined;
  const why =
    errno === 'ENOENT'
      ? 'it is missing'
      : errno === 'EFBIG'
        ? `it is larger than ${LARGEST} bytes`
        : `it cannot be read (${errno})`;
  throw new CdiError('CANNOT_READ', { what: `read settings ${quote(path)}`, path, why, hint });
}

/** @throws {CdiError} BAD_SETTINGS with line, column and the nearest key */
export function readSettings(
  host: Host,
  file: FileContent,
  { own, runtime }: Pick<FoundSettings, 'own' | 'runtime'>,
): SettingsFile {
  const { path } = file;
  const subject = {
    code: 'BAD_SETTINGS' as const,
    path,
    // only for errors, as it takes longer than to read a small file
    get what(): string {
      return `read settings ${quote(path)}`;
    },
  };
  const tree = host.parseYaml(file);
  if (isMalformed(tree)) throw new CdiError(subject.code, { ...subject, at: tree.at, why: tree.syntax });
  const reader = new YamlReader(tree, subject);
  const part = reader.document(settingsDecoder) ?? {};
  const refuse = (why: string, hint: string): never => {
    throw new CdiError(subject.code, { ...subject, at: reader.locate(['runtime']), why, hint });
  };
  if (own && part.runtime !== undefined) {
    refuse("a user's own settings cannot set the runtime", 'leave it to the settings of the host');
  }
  // The C half of the shim reads `runtime:` by lines, also from a broken file: both must see one value.
  if (!own && runtime !== part.runtime) {
    const hint = 'write it as runtime: NAME, without an anchor or a tag';
    refuse('runtime is not written on a line of its own at top level', hint);
  }
  return { path, part, locate: (keys) => reader.locate(keys) };
}
