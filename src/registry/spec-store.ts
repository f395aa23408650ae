// Writing specs into the last spec directory, and removing them there.

import { readSpecTree } from '../cdi/read-spec.ts';
import type { Spec } from '../cdi/spec.ts';
import { validateSpec } from '../cdi/validate.ts';
import { spellWritten, writeSpecJson, writeSpecYaml } from '../cdi/write-spec.ts';
import type { Failure, SpecHost } from '../host/host.ts';
import { CdiError } from '../text/error.ts';
import { cleanPath } from '../text/path.ts';
import { quote } from '../text/quote.ts';
import type { SyntaxFailure, YamlTree } from '../text/yaml-tree.ts';
import type { SpecJudge } from './spec-loader.ts';

/**
 * Writes a spec, checked before, into the directory of highest priority, which is made where it is missing.
 *
 * @param name a file name; `.json` and `.yaml` decide the format, anything else gets `.yaml` appended
 * @param judge judges it further, as when it is loaded
 * @param parse reads what was rendered back, before it is put in its place
 * @returns the file's path
 * @throws {CdiError} as `validateSpec` and the judge; CANNOT_WRITE
 * @see Go Cache.WriteSpec
 */
export function writeSpecFile(
  host: SpecHost,
  directories: readonly string[],
  spec: Spec,
  name: string,
  judge: Pick<SpecJudge, 'judge'>,
  parse: (text: string) => YamlTree | SyntaxFailure,
): string {
  const path = makeSpecPath(directories, name);
  const what = `write spec ${quote(path)}`;
  validateSpec(spec, { what, path });
  judge.judge(spec, { what, path });
  const directory = path.slice(0, path.lastIndexOf('/')) || '/';
  const text = path.endsWith('.json') ? writeSpecJson(spec) : writeSpecYaml(spec);
  const tree = parse(text);
  const readBack = 'syntax' in tree ? undefined : readSpecTree(tree, what, path)?.spec;
  const isYaml = !path.endsWith('.json');
  if (readBack === undefined || spellWritten(readBack, false) !== spellWritten(spec, isYaml)) {
    const why = 'it holds what no file of a spec can say';
    throw new CdiError('BAD_SPEC', { what, path, why, hint: 'look for control characters in its texts' });
  }
  refuse(host.makeDirectory(directory) ?? host.writeFile(path, text), what, path);
  return path;
}

/**
 * Removes a spec from the directory of highest priority; one that is not there is fine.
 *
 * @throws {CdiError} CANNOT_WRITE
 * @see Go Cache.RemoveSpec
 */
export function removeSpecFile(host: SpecHost, directories: readonly string[], name: string): void {
  const path = makeSpecPath(directories, name);
  const failure = host.remove(path);
  if (failure?.errno !== 'ENOENT') refuse(failure, `remove spec ${quote(path)}`, path);
}

function makeSpecPath(directories: readonly string[], name: string): string {
  const path = cleanPath(`${directories.at(-1) ?? ''}/${name}`);
  return path.endsWith('.json') || path.endsWith('.yaml') ? path : `${path}.yaml`;
}

function refuse(failure: Failure | undefined, what: string, path: string): void {
  if (failure === undefined) return;
  const reasons: Readonly<Record<string, string>> = {
    EACCES: 'this user may not write there',
    EROFS: 'the file system is read-only',
    ENOSPC: 'the disk is full',
    ENOTDIR: 'a part of the path is a file',
    EEXIST: 'a part of the path is a file, or a link that leads nowhere',
    EISDIR: 'a folder has that name',
    ENOTEMPTY: 'a folder with files in it has that name',
  };
  throw new CdiError('CANNOT_WRITE', {
    what,
    path,
    why: reasons[failure.errno] ?? `it was refused (${failure.errno})`,
  });
}
