// Where the shim comes from, and where it is installed.
import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { CdiError } from '../../text/error.ts';

export const SHIM_PATH = '/usr/local/bin/cdi-runtime';

/**
 * In the folder above this file as it is published, in the build of a checkout, or in the package for this kind of machine.
 *
 * @throws {CdiError} CANNOT_READ
 */
export function findPackagedShim(): string {
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
