// All fuzzers for a time: the doors of the shim's C under libFuzzer, and the tests that compare it with TypeScript or a
// model. `npm run fuzz -- --minutes N [--seed S] [NAME…]`; names are parts of those that it prints.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { globSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { basename, join, resolve } from 'node:path';
import { text as textOf } from 'node:stream/consumers';
import { parseArgs } from 'node:util';
import { DOORS, type DoorRun, fuzzDoor } from './door.ts';

interface Target {
  readonly name: string;
  /** how many parts it has, each of which runs as long as is said */
  readonly parts: number;
  readonly run: (seconds: number) => Promise<DoorRun>;
}

const root = resolve(import.meta.dirname, '../..');
const { values, positionals } = parseArgs({
  options: {
    minutes: { type: 'string', default: '10' },
    seed: { type: 'string', default: String(Date.now() % 2 ** 31) },
  },
  allowPositionals: true,
});
const [minutes, seed] = [Number(values.minutes), Number(values.seed)];

const doors = DOORS.map(
  (door): Target => ({
    name: `doors/${door}`,
    parts: 1,
    run: (seconds) => fuzzDoor(door, `-max_total_time=${seconds}`, seed),
  }),
);

/** Tests that go on for FUZZ_SECONDS; some have two parts. */
const files = globSync('*.system.test.ts', { cwd: import.meta.dirname }).filter((file) => !file.startsWith('doors.'));
const tests = files.map(
  (file): Target => ({
    name: basename(file, '.system.test.ts'),
    parts: /^(?:argv|yaml)\./.test(file) ? 2 : 1,
    run: (seconds) => runTest(join(import.meta.dirname, file), seconds),
  }),
);

async function runTest(file: string, seconds: number): Promise<DoorRun> {
  const env = { ...process.env, FUZZ_SECONDS: String(seconds), FUZZ_SEED: String(seed) };
  const words = ['--test', '--test-reporter=tap', file];
  const child = spawn(process.execPath, words, { cwd: root, env, stdio: ['ignore', 'pipe', 'inherit'] });
  const ended = once(child, 'close');
  const said = await textOf(child.stdout);
  const [status] = await ended;
  const inputs = [...said.matchAll(/(\d+) inputs tried/g)].reduce((sum, [, count]) => sum + Number(count), 0);
  return { inputs, found: status === 0 ? undefined : said };
}

/** Each for an equal share of the time, as many at once as there are processors. */
async function runAll(targets: readonly Target[]): Promise<void> {
  const workers = Math.min(availableParallelism(), targets.length);
  const parts = targets.reduce((sum, target) => sum + target.parts, 0);
  const seconds = Math.max(1, Math.floor((minutes * 60 * workers) / parts));
  console.log(`${parts} parts, ${seconds} s each, --seed ${seed}`);
  const waiting = [...targets];
  const work = async (): Promise<void> => {
    for (let target = waiting.shift(); target !== undefined; target = waiting.shift()) {
      const { inputs, found } = await target.run(seconds);
      console.log(`${target.name}: ${inputs} inputs, ${found === undefined ? 'nothing found' : `FOUND\n${found}`}`);
      if (found !== undefined) process.exitCode = 1;
    }
  };
  await Promise.all(Array.from({ length: workers }, work));
}

const meant = [...doors, ...tests].filter(
  ({ name }) => positionals.length === 0 || positionals.some((word) => name.includes(word)),
);
if (meant.length === 0 || !(minutes > 0) || !Number.isSafeInteger(seed)) {
  console.error(
    `cannot fuzz: give --minutes N, --seed S and names out of ${[...doors, ...tests].map(({ name }) => name)}`,
  );
  process.exitCode = 2;
} else await runAll(meant);
