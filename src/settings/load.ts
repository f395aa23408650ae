// Where the settings come from: the fixed file and its drop-ins, or one that is named; and a user's own when rootless.
import { type FileContent, failed, type Host, malformed } from '../host/host.ts';
import { Trust } from '../host/trust.ts';
import { CdiError, type Position } from '../text/error.ts';
import { quote } from '../text/quote.ts';
import { YamlReader } from '../text/yaml-reader.ts';
import { type Part, settingsKeys } from './keys.ts';
import { readRuntimeLine } from './runtime-line.ts';
import { DEFAULT_SETTINGS, type Settings } from './settings.ts';

/** The environment variable that names the one file to read. */
export const SETTINGS_VARIABLE = 'CDI_RUNTIME_CONFIG';
export const SETTINGS_FILE = '/etc/cdi-runtime/config.yaml';
/** Drop-ins: `*.yaml` in here, in the order of their bytes, each over the ones before. */
export const SETTINGS_DIRECTORY = '/etc/cdi-runtime/config.d';

const LARGEST = 1024 * 1024;

/** One file, and what it says. */
export interface SettingsFile {
  readonly path: string;
  readonly part: Part<Settings>;
  /** where a key stands in it */
  locate(path: readonly string[]): Position | undefined;
}

export interface LoadedSettings {
  readonly settings: Settings;
  /** those that were read, in rising priority */
  readonly files: readonly SettingsFile[];
}

/**
 * The settings that hold for this run.
 *
 * @throws {CdiError} BAD_SETTINGS with line, column and the nearest key; CANNOT_READ; UNTRUSTED for a file that
 *   others may have written
 */
export function loadSettings(host: Host): LoadedSettings {
  const files = settingsPaths(host).flatMap(({ path, needed, own }) => {
    const file = readFile(host, path, needed);
    return file === undefined ? [] : [readPart(host, file, own)];
  });
  // A part's keys are those of the settings, with values of the same types.
  return {
    settings: files.reduce((settings, { part }) => merged(settings, part) as Settings, DEFAULT_SETTINGS),
    files,
  };
}

interface Place {
  readonly path: string;
  /** why it must be there */
  readonly needed: string | undefined;
  /** a user's own, which does not choose the runtime */
  readonly own: boolean;
}

/** The files that count, in rising priority, whether or not they are there. */
export function settingsPaths(host: Host): readonly Place[] {
  const named = host.environment(SETTINGS_VARIABLE);
  if (named !== undefined && named !== '') {
    if (!named.startsWith('/')) {
      const why = `${SETTINGS_VARIABLE} does not name it by an absolute path`;
      throw new CdiError('BAD_SETTINGS', { what: `read settings ${quote(named)}`, why });
    }
    return [{ path: named, needed: `${SETTINGS_VARIABLE} names it`, own: false }];
  }
  const places: Place[] = [{ path: SETTINGS_FILE, needed: undefined, own: false }];
  for (const name of dropIns(host)) {
    places.push({ path: `${SETTINGS_DIRECTORY}/${name}`, needed: undefined, own: false });
  }
  const own = userFile(host);
  if (own !== undefined) places.push({ path: own, needed: undefined, own: true });
  return places;
}

function dropIns(host: Host): readonly string[] {
  const entries = host.listDirectory(SETTINGS_DIRECTORY);
  if (failed(entries)) {
    if (entries.errno === 'ENOENT' || entries.errno === 'ENOTDIR') return [];
    const why = `it cannot be read (${entries.errno})`;
    throw new CdiError('CANNOT_READ', { what: `read settings directory ${quote(SETTINGS_DIRECTORY)}`, why });
  }
  return entries.filter((entry) => !entry.directory && entry.name.endsWith('.yaml')).map((entry) => entry.name);
}

/** Rootless: `$XDG_CONFIG_HOME`, or else `$HOME/.config` (XDG Base Directory Specification). */
function userFile(host: Host): string | undefined {
  if (host.ids().uid === 0 && !host.inUserNamespace()) return undefined;
  const home = host.environment('HOME');
  const fallback = home?.startsWith('/') ? `${home}/.config` : undefined;
  const given = host.environment('XDG_CONFIG_HOME');
  const base = given?.startsWith('/') ? given : fallback;
  return base === undefined ? undefined : `${base}/cdi-runtime/config.yaml`;
}

function readFile(host: Host, path: string, needed: string | undefined): FileContent | undefined {
  const file = host.readFile(path, LARGEST);
  if (!failed(file)) return file;
  if (file.errno === 'ENOENT' && needed === undefined) return undefined;
  const why =
    file.errno === 'ENOENT'
      ? 'it is missing'
      : file.errno === 'EFBIG'
        ? `it is larger than ${LARGEST} bytes`
        : `it cannot be read (${file.errno})`;
  throw new CdiError('CANNOT_READ', { what: `read settings ${quote(path)}`, path, why, hint: needed });
}

function readPart(host: Host, file: FileContent, own: boolean): SettingsFile {
  const { path } = file;
  const what = `read settings ${quote(path)}`;
  const problem = new Trust(host).problem(path, host.fileInfo(file));
  if (problem !== undefined) {
    const hint = 'let only root, or the user who starts containers, write to it';
    throw new CdiError('UNTRUSTED', { what, path, why: problem, hint });
  }
  const tree = host.parseYaml(file);
  if (malformed(tree)) throw new CdiError('BAD_SETTINGS', { what, path, at: tree.at, why: tree.syntax });
  const reader = new YamlReader(tree, { code: 'BAD_SETTINGS', what, path });
  const part = reader.document(settingsKeys()) ?? {};
  const refuse = (why: string, hint: string): never => {
    throw new CdiError('BAD_SETTINGS', { what, path, at: reader.locate(['runtime']), why, hint });
  };
  if (own && part.runtime !== undefined) {
    refuse("a user's own settings cannot set the runtime", `set it in ${SETTINGS_FILE}`);
  }
  // The C half of the shim reads `runtime:` by lines, also from a broken file: both must see one value.
  if (!own && readRuntimeLine(host.text(file)) !== part.runtime) {
    refuse(
      'runtime is not written on a line of its own at top level',
      'write it as runtime: NAME, without an anchor or a tag',
    );
  }
  return { path, part, locate: (keys) => reader.locate(keys) };
}

/** Maps merge, lists and values replace. */
function merged(base: object, part: object): object {
  const result = new Map<string, unknown>(Object.entries(base));
  for (const [key, value] of Object.entries(part as Record<string, unknown>)) {
    if (value === undefined) continue;
    const before = result.get(key);
    result.set(key, isMap(before) && isMap(value) ? merged(before, value) : value);
  }
  return Object.fromEntries(result);
}

function isMap(value: unknown): value is object {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
