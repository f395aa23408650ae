// Counts the instructions of a create, from the start of the shim to where it would become the runtime. Steady on a busy
// machine, unlike times.
import { execaSync } from 'execa';
import type { Place } from './growth-inputs.ts';

/** With a folder of our own for /etc, so that nothing of the host counts. */
const BEHIND_OUR_ETC = 'mount --bind "$1" /etc && shift && exec "$@"';

/** @throws where the create ended otherwise than at the runtime that cannot be run */
export function countInstructions(shim: string, { bundle, etc }: Place): number {
  const counted = ['valgrind', '--tool=cachegrind', '--cache-sim=no', '--cachegrind-out-file=/dev/null'];
  const create = [shim, 'create', '--bundle', bundle, 'bench'];
  const { stderr } = execaSync('unshare', ['-m', 'sh', '-c', BEHIND_OUR_ETC, 'sh', etc, ...counted, ...create], {
    env: { PATH: '/usr/sbin:/usr/bin:/sbin:/bin' },
    extendEnv: false,
    reject: false,
  });
  const [, count] = /I refs: +([0-9,]+)/.exec(stderr) ?? [];
  const said = stderr.split('\n').filter((line) => !line.startsWith('=='));
  if (count === undefined || !said.join('\n').includes('cannot start the real runtime')) {
    throw new Error(`a create did not end where it should: ${said.join('\n') || stderr}`);
  }
  return Number(count.replaceAll(',', ''));
}
