// The time of the processor that whole programs take, in all their threads.
import { spawnSync } from 'node:child_process';

/** `getrusage` by bash, to the millisecond. Its own status is that of the program. */
const SCRIPT = 'TIMEFORMAT="%3U %3S"; { time "$@" > /dev/null 2> /dev/null; } 2>&1';

/** @throws where it ends with another status */
export function measureCpu(words: readonly string[], statuses: readonly number[] = [0]): number {
  const { status, stdout } = spawnSync('bash', ['-c', SCRIPT, 'bash', ...words], { encoding: 'utf8' });
  if (status === null || !statuses.includes(status)) throw new Error(`${words.join(' ')} ends with ${status}`);
  const [user = Number.NaN, system = Number.NaN] = stdout.trim().split(' ').map(Number);
  return (user + system) * 1000;
}
