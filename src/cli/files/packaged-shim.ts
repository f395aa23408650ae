// Where the shim comes from, and where it is installed.
import { existsSync, lstatSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { CdiError } from '../../text/error.ts';
import { resolveEntryInRoot } from './host-root.ts';

/** Where `install` puts it. */
export const SHIM_PATH = '/usr/local/bin/cdi-runtime';
/** Where a package of the distribution has it. */
export const DISTRIBUTED_SHIM_PATH = '/usr/bin/cdi-runtime';

/** Where the shim of a host is, or is to be: what the operator has put there goes before the distribution's package. */
export function findShimPath(root: string): string {
  const isThere = (path: string): boolean =>
    lstatSync(resolveEntryInRoot(root, path), { throwIfNoEntry: false }) !== undefined;
  return [SHIM_PATH, DISTRIBUTED_SHIM_PATH].find(isThere) ?? SHIM_PATH;
}

/**
 * In the folder above this file as it is published, in the build of a checkout, in the bin/ of what a package or archive
 * has unpacked together, or in the package for this kind of machine.
 *
 * @throws {CdiError} CANNOT_READ
 */
export function findPackagedShim(): string {
  const here = dirname(fileURLToPath(import.meta.url));
  const places = ['../cdi-runtime', '../../../dist/cdi-runtime', '../../../../bin/cdi-runtime'];
  const beside = places.map((path) => resolve(here, path)).find(existsSync);
  if (beside !== undefined) return beside;
  const name = `@cdi-runtime/linux-${process.arch}/bin/cdi-runtime`;
  try {
    return createRequire(import.meta.url).resolve(name);
  } catch {
    const why = `neither this package nor ${name} has it`;
    throw new CdiError('CANNOT_READ', { what: 'find the shim to install', why, hint: 'name it with --shim FILE' });
  }
}
