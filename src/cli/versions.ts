// The versions of cdictl and of the shim that is installed.
import type { Arguments } from './command.ts';
import { readHostRoot, resolveInRoot } from './files/host-root.ts';
import { findShimPath } from './files/packaged-shim.ts';
import { tryReadShim } from './files/shim-file.ts';

/** Ours, and that of the shim, which cannot be asked: its own `--version` is the real runtime's. */
export function writeVersions(version: string, given: Arguments): string {
  const root = readHostRoot(given);
  const path = findShimPath(root);
  const shim = tryReadShim(resolveInRoot(root, path));
  const about = shim === undefined ? 'not installed' : `${shim.version} at ${path}`;
  return `cdictl ${version}\ncdi-runtime ${about}\nlicense ${shim?.license ?? 'Apache-2.0'}\n`;
}
