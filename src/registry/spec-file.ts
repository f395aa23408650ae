// One spec file: read, parsed, checked.
import { parseQualifier } from '../cdi/device-name.ts';
import { readSpecTree } from '../cdi/read-spec.ts';
import type { Spec } from '../cdi/spec.ts';
import { validateSpec } from '../cdi/validate.ts';
import { type FileContent, type Host, isFailure, isMalformed } from '../host/host.ts';
import { CdiError, type Position } from '../text/error.ts';
import { quote } from '../text/quote.ts';

/** A spec that was loaded from a file. */
export interface SpecFile {
  readonly path: string;
  /** of its directory: the higher one wins */
  readonly priority: number;
  readonly vendor: string;
  readonly class: string;
  readonly spec: Spec;
}

/**
 * Makes a spec of a file's content.
 *
 * @param keep is told where the fields of a good spec stand
 * @throws {CdiError} BAD_SPEC (and what `validateSpec` throws) with line and column, EMPTY_SPEC for a file
 *   without a document
 */
export function loadSpec(
  host: Host,
  file: FileContent,
  priority: number,
  keep?: (locate: (field: readonly (string | number)[]) => Position | undefined) => void,
): SpecFile {
  const { path } = file;
  const what = `load spec ${quote(path)}`;
  const tree = host.parseYaml(file);
  if (isMalformed(tree)) throw new CdiError('BAD_SPEC', { what, path, at: tree.at, why: tree.syntax });
  const document = readSpecTree(tree, what, path);
  if (document === undefined) {
    throw new CdiError('EMPTY_SPEC', {
      what,
      path,
      why: 'there is no document in it',
      hint: 'write a spec, or remove it',
    });
  }
  const { spec, reader } = document;
  const locate = (field: readonly (string | number)[]): Position | undefined => reader.locate(field);
  validateSpec(spec, { what, path, locate });
  keep?.(locate);
  return { path, priority, ...parseQualifier(spec.kind), spec };
}

/** Reads a file of the registry. */
export function readSpecFile(host: Host, path: string, maxBytes: number): FileContent {
  const file = host.readFile(path, maxBytes);
  if (!isFailure(file)) return file;
  const key = file.errno === 'EFBIG' ? ' (limits.spec of the settings)' : '';
  const why = `${makeReadError(file.errno, maxBytes)}${key}`;
  throw new CdiError('CANNOT_READ', { what: `load spec ${quote(path)}`, path, why });
}

/** Why a file cannot be read, in words that no engine takes for its own. */
export function makeReadError(errno: string, maxBytes: number): string {
  const known: Readonly<Record<string, string>> = {
    ENOENT: 'it is missing, or its link leads nowhere',
    EACCES: 'it cannot be read by this user',
    EISDIR: 'it is a folder',
    EFTYPE: 'it is no regular file',
    EFBIG: `it is larger than the limit of ${maxBytes} bytes`,
    ELOOP: 'its links form a loop',
    ENOTDIR: 'a part of its path is a file',
  };
  return known[errno] ?? `it cannot be read (${errno})`;
}
