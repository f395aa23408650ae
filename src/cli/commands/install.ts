// cdictl install: the shim to a fixed path.
import { lstatSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { ENGINE_IDS } from '../../engines/engine.ts';
import { CdiError } from '../../text/error.ts';
import { quote } from '../../text/quote.ts';
import type { Run } from '../command.ts';
import { readHostRoot, resolveEntryInRoot } from '../files/host-root.ts';
import { findPackagedShim, findShimPath, SHIM_PATH } from '../files/packaged-shim.ts';
import { readBytes } from '../files/read-bytes.ts';
import { demandShim } from '../files/shim-file.ts';
import { sweep } from '../files/sweep.ts';
import { print } from '../print.ts';

/** Everybody may run it, only root may write it. */
const PROGRAM_MODE = 0o755;

/** Puts the shim in place; the same bytes again change nothing. */
export const run: Run = (context, given) => {
  const source = given.value('shim') ?? findPackagedShim();
  const bytes = readProgram(source);
  const { version } = demandShim(source, bytes, process.arch);
  const root = readHostRoot(given);
  const path = resolve(given.value('path') ?? choosePath(root, bytes));
  const file = resolveEntryInRoot(root, path);
  sweep(file);
  const isThere = isProgram(file) && isSame(file, bytes);
  if (!isThere) {
    const failure = context.host.makeDirectory(dirname(file)) ?? context.host.writeFile(file, bytes, PROGRAM_MODE);
    if (failure !== undefined) {
      const why = `it was refused (${failure.errno})`;
      throw new CdiError('CANNOT_WRITE', {
        what: `install the shim as ${quote(path)}`,
        path,
        why,
        hint: 'run it as root',
      });
    }
  }
  print(context, { path, version, changed: !isThere }, () =>
    context.quiet
      ? ''
      : `${path}: version ${version}${isThere ? ', as before' : ''}\nnext: cdictl engine configure ${ENGINE_IDS.join('|')}\n`,
  );
  return 0;
};

/** The distribution's package has put the same there already; its files are not ours to replace. */
function choosePath(root: string, bytes: Buffer): string {
  const there = findShimPath(root);
  const file = resolveEntryInRoot(root, there);
  return there !== SHIM_PATH && isProgram(file) && isSame(file, bytes) ? there : SHIM_PATH;
}

function isSame(path: string, bytes: Buffer): boolean {
  return lstatSync(path).size === bytes.length && readBytes(path).equals(bytes);
}

/** A regular file that everybody may run and only its owner may write. */
function isProgram(path: string): boolean {
  const status = lstatSync(path, { throwIfNoEntry: false });
  return status?.isFile() === true && (status.mode & 0o7777) === PROGRAM_MODE;
}

function readProgram(path: string): Buffer {
  try {
    return readBytes(path);
  } catch (error) {
    const errno = error instanceof Error && 'code' in error ? String(error.code) : 'unknown';
    throw new CdiError('CANNOT_READ', {
      what: `read the shim ${quote(path)}`,
      path,
      why: `it cannot be read (${errno})`,
    });
  }
}
