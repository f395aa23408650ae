// A shim whose settings cannot be read audits where the default settings say: in /var/log. Root's tests run with one of
// their own, so that none of their lines is among the host's: this process goes on in a mount namespace, as the same one.
import { readFileSync } from 'node:fs';
import { hasMountNamespaces } from '../shim/mount-namespace.ts';

const NAME = 'cdi-test-log';
const ENTER = `mount -t tmpfs -o mode=755 ${NAME} /var/log; exec "$@"`;

/** Starts the program anew, once; what is imported before should leave nothing that needs to be tidied up. */
export function takeOwnLog(): void {
  if (process.geteuid?.() !== 0 || process.execve === undefined) return;
  if (readFileSync('/proc/self/mounts', 'utf8').includes(`${NAME} /var/log `) || !hasMountNamespaces()) return;
  const again = ['sh', process.execPath, ...process.execArgv, ...process.argv.slice(1)];
  const words = ['unshare', '--mount', '--propagation', 'private', 'sh', '-euc', ENTER, ...again];
  process.execve('/usr/bin/unshare', words, process.env);
}
