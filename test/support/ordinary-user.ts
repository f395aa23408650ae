// Work without root's rights, for tests that are about rights.
import { relative, resolve } from 'node:path';

/** The ids of the user who owns nothing. */
export const NOBODY = 65534;

/** Does work as `NOBODY` where this process is root's; it must be done when it returns. */
export function asOrdinaryUser<T>(work: () => T): T {
  if (process.geteuid?.() !== 0) return work();
  process.seteuid?.(NOBODY);
  try {
    return work();
  } finally {
    process.seteuid?.(0);
  }
}

const ROOT = resolve(import.meta.dirname, '../..');
/** The checkout may stand where only root enters, so the user sees it at another place. */
const SHOW_CHECKOUT = `mount --bind "$1" /mnt
shift
exec setpriv --reuid ${NOBODY} --regid ${NOBODY} --clear-groups "$@"`;

/** The program and words that run a script of the checkout by this Node as `NOBODY`, where this process is root's. */
export function runAsOrdinaryUser(script: string, words: readonly string[] = []): [program: string, ...string[]] {
  if (process.geteuid?.() !== 0) return [process.execPath, script, ...words];
  const enter = ['--mount', '--propagation', 'private', 'sh', '-euc', SHOW_CHECKOUT, 'sh', ROOT];
  return ['unshare', ...enter, seenBelowMnt(process.execPath), seenBelowMnt(script), ...words];
}

function seenBelowMnt(path: string): string {
  const inside = relative(ROOT, path);
  return inside.startsWith('..') ? path : `/mnt/${inside}`;
}
