// cdictl install: the shim to a fixed path.
import { existsSync, lstatSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { ENGINE_IDS } from '../../engines/engine.ts';
import { CdiError } from '../../text/error.ts';
import { quote } from '../../text/quote.ts';
import type { Run } from '../command.ts';
import { entryInRoot, hostRoot } from '../host-root.ts';
import { print } from '../print.ts';
import { demandShim } from '../shim-file.ts';

export const SHIM_PATH = '/usr/local/bin/cdi-runtime';

/** Everybody may run it, only root may write it. */
const PROGRAM_MODE = 0o755;

/** Puts the shim in place; the same bytes again change nothing. */
export const run: Run = (context, given) => {
  const source = given.value('shim') ?? packagedShim();
  const bytes = readProgram(source);
  const { version } = demandShim(source, bytes, process.arch);
  const root = hostRoot(given);
  const path = resolve(given.value('path') ?? SHIM_PATH);
  const file = entryInRoot(root, path);
  const isThere = isProgram(file) && readFileSync(file).equals(bytes);
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

/**
 * In the folder above this file as it is published, in the build of a checkout, or in the package for this kind of machine.
 *
 * @throws {CdiError} CANNOT_READ
 */
export function packagedShim(): string {
  const here = dirname(fileURLToPath(import.meta.url));
  const beside = ['../cdi-runtime', '../../../dist/cdi-runtime'].map((path) => resolve(here, path)).find(existsSync);
  if (beside !== undefined) return beside;
  const name = `@cdi-runtime/linux-${process.arch}/bin/cdi-runtime`;
  try {
    return createRequire(import.meta.url).resolve(name);
  } catch {
    const why = `neither this package nor ${name} has it`;
    throw new CdiError('CANNOT_READ', { what: 'find the shim to install', why, hint: 'name it with --shim FILE' });
  }
}

/** A regular file that everybody may run and only its owner may write. */
function isProgram(path: string): boolean {
  const status = lstatSync(path, { throwIfNoEntry: false });
  return status?.isFile() === true && (status.mode & 0o7777) === PROGRAM_MODE;
}

function readProgram(path: string): Buffer {
  try {
    return readFileSync(path);
  } catch (error) {
    const errno = error instanceof Error && 'code' in error ? String(error.code) : 'unknown';
    throw new CdiError('CANNOT_READ', {
      what: `read the shim ${quote(path)}`,
      path,
      why: `it cannot be read (${errno})`,
    });
  }
}
