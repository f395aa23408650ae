// What the shim keeps while the machine is up: never missed, so it goes with the shim.
import { rmSync } from 'node:fs';
import { resolveEntryInRoot } from './host-root.ts';

const FOLDER = '/run/cdi-runtime';

/** Without a word, and without an error: who may not remove it has not made it. */
export function removeRunFolder(root: string): void {
  try {
    rmSync(resolveEntryInRoot(root, FOLDER), { recursive: true, force: true });
  } catch {
    // The next start of the machine removes it.
  }
}
