// What the shim keeps of spec directories with many files: never missed, so it goes with the shim.
import { rmSync } from 'node:fs';
import { resolveEntryInRoot } from './host-root.ts';

/** As in shim/spec-index.c. */
const FOLDER = '/run/cdi-runtime';

/** Without a word, and without an error: who may not remove it has not made it. */
export function removeSpecIndexes(root: string): void {
  try {
    rmSync(resolveEntryInRoot(root, FOLDER), { recursive: true, force: true });
  } catch {
    // The next start of the machine removes it.
  }
}
