// The spec files that a command is given: by name, by their directory, by standard input; or all of the host.
import { join, resolve } from 'node:path';
import { isFailure } from '../../host/host.ts';
import { Trust } from '../../host/trust.ts';
import { explainStop } from '../../registry/scan.ts';
import { makeReadError } from '../../registry/spec-file.ts';
import { CdiError } from '../../text/error.ts';
import { quote } from '../../text/quote.ts';
import type { Context } from '../command.ts';
import { showProgress } from '../terminal/progress.ts';
import { makeForeignSpec, parseSpecText, readSpecText, type SpecText, STDIN } from './spec-text.ts';

/** Larger files are not read, whatever the settings say. */
const LARGEST = 64 * 1024 * 1024;

export interface SpecOperands {
  readonly specs: readonly SpecText[];
  /** of files and directories that cannot be read */
  readonly errors: readonly CdiError[];
}

/**
 * Reads what operands name; without any, the files of the spec directories, those of a directory too that no one gets
 * to since one before it cannot be read.
 *
 * @param isWanted which files of a directory
 */
export function readSpecs(
  context: Context,
  operands: readonly string[],
  isWanted: (name: string) => boolean,
): SpecOperands {
  const { host } = context;
  const specs: SpecText[] = [];
  const errors: CdiError[] = [];
  const tell = showProgress(context, 'reading specs');
  const cannot = (path: string, why: string): void => {
    errors.push(new CdiError('CANNOT_READ', { what: `read ${quote(path)}`, path, why }));
  };
  const seen = new Set<string>();
  const trust = new Trust(host);
  /** @param directory that its links may not lead out of, after all links */
  const addFile = (path: string, directory?: string): void => {
    const place = resolve(path);
    if (seen.has(place)) return;
    seen.add(place);
    tell(`${specs.length + 1} files`);
    const file =
      directory === undefined ? host.readFile(place, LARGEST) : host.readFileBelow(directory, place, LARGEST);
    if (isFailure(file) && file.errno === 'EXDEV') specs.push(makeForeignSpec(path, place));
    else if (isFailure(file)) cannot(path, makeReadError(file.errno, LARGEST));
    else specs.push(readSpecText(host, file, path));
  };
  /** @returns the errno name why it is no directory that can be read */
  const addDirectory = (path: string, isHosts: boolean): string | undefined => {
    const { place } = trust.trail(resolve(path));
    const entries = host.listDirectory(resolve(path));
    if (isFailure(entries)) return entries.errno;
    for (const { name, directory } of entries) {
      if (directory || !isWanted(name)) continue;
      // A link that root put into a directory of the host is followed as the shim follows it.
      const isOwn = isHosts && trust.trail(resolve(path, name)).choice === undefined;
      addFile(join(path, name), isOwn ? undefined : place);
    }
    return undefined;
  };
  for (const operand of operands) {
    if (operand === STDIN) specs.push(parseSpecText(context.stdin(LARGEST)));
    else if (addDirectory(operand, false) !== undefined) addFile(operand);
  }
  for (const directory of operands.length > 0 ? [] : context.specDirs()) {
    const errno = addDirectory(directory, true);
    if (errno !== undefined && errno !== 'ENOENT') cannot(directory, explainStop({ directory, errno }));
  }
  tell();
  return { specs, errors };
}
