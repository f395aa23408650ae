// Counts the instructions of a create, from the start of the shim to where it would become the runtime. Steady on a busy
// machine, unlike times.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { execa } from 'execa';
import type { Place } from './lay-out.ts';
import { END } from './marked-source.ts';
import { SHIM_STAGES, STAGES, type Stage } from './stages.ts';

/** With a folder of our own for /etc, and none of what other creates leave in /run, so that nothing else counts. */
const BEHIND_OUR_ETC = `mount -t tmpfs -o mode=755 none /run && mount --bind "$1" /etc || exit
shim=$2 bundle=$3
shift 3
exec "$@" "$shim" create --bundle "$bundle" bench`;

/** In all. @throws where the create ended otherwise than at the runtime that cannot be run */
export async function countInstructions(shim: string, place: Place): Promise<number> {
  const said = await runCounted(
    ['--tool=cachegrind', '--cache-sim=no', '--cachegrind-out-file=/dev/null'],
    shim,
    place,
  );
  const [, count] = /I refs: +([0-9,]+)/.exec(said) ?? [];
  if (count === undefined) throw new Error(`cachegrind counted nothing: ${said}`);
  return Number(count.replaceAll(',', ''));
}

export type StageCounts = ReadonlyMap<Stage, number>;

/** What becomes the runtime. Here it comes back, and what follows does not count. */
const LAST = 'execve';

/** By stage. @param shim built with marks */
export async function countStages(shim: string, place: Place): Promise<StageCounts> {
  const out = join(place.bundle, 'callgrind.out');
  const dumps = Object.keys(SHIM_STAGES).flatMap((name) => [`--dump-before=${name}`, `--dump-after=${name}`]);
  dumps.push(`--dump-before=${LAST}`);
  await runCounted(['--tool=callgrind', '--combine-dumps=yes', `--callgrind-out-file=${out}`, ...dumps], shim, place);
  return readStages(readFileSync(out, 'latin1'));
}

/** @param dumps what callgrind wrote: at each mark what was counted since the one before it */
export function readStages(dumps: string): StageCounts {
  const counts = new Map<Stage, number>(STAGES.map((stage) => [stage, 0]));
  const open: Stage[] = ['start'];
  for (const [, trigger = '', count] of dumps.matchAll(/^desc: Trigger: (.*)$[\s\S]*?^totals: ([0-9]+)/gm)) {
    const stage = open.at(-1) ?? 'start';
    counts.set(stage, (counts.get(stage) ?? 0) + Number(count));
    const [, before, after, mark] =
      /^--dump-before=(\w+)|^--dump-after=(\w+)|^Client Request: (.*)/.exec(trigger) ?? [];
    if (before === LAST) break;
    if (after !== undefined || mark === END) open.pop();
    const begun = before === undefined ? STAGES.find((name) => name === mark) : SHIM_STAGES[before];
    if (begun !== undefined) open.push(begun);
  }
  return counts;
}

/** @returns what it says, after which the document is as it was */
async function runCounted(tool: readonly string[], shim: string, { bundle, etc }: Place): Promise<string> {
  const words = ['-m', 'sh', '-c', BEHIND_OUR_ETC, 'sh', etc, shim, bundle, 'valgrind', ...tool];
  const { stderr } = await execa('unshare', words, {
    env: { PATH: '/usr/sbin:/usr/bin:/sbin:/bin' },
    extendEnv: false,
    reject: false,
  });
  const said = stderr.split('\n').filter((line) => !line.startsWith('=='));
  if (!said.join('\n').includes('cannot start the real runtime')) {
    throw new Error(`a create did not end where it should: ${said.join('\n') || stderr}`);
  }
  return stderr;
}
