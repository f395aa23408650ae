// Measures how long cdictl takes to start, against Node alone: npm run bench.
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { fillDirectory } from './specs.ts';

const CDICTL = resolve(import.meta.dirname, '../dist/cdictl.js');
const ROUNDS = 25;
const SPECS = 64;
/** `cdictl devices` may take so many times what Node takes to do nothing. */
const MUST = 2.5;

const folder = mkdtempSync(join(tmpdir(), 'cdi-bench-'));
try {
  bench();
} finally {
  rmSync(folder, { recursive: true, force: true });
}

function bench(): void {
  fillDirectory(join(folder, 'cdi'), SPECS, (number) => `vendor${number}.example/class`);
  const config = join(folder, 'config.yaml');
  writeFileSync(config, `specDirs: [${join(folder, 'cdi')}]\n`);
  const nothing: number[] = [];
  const devices: number[] = [];
  for (let round = 0; round < ROUNDS; round++) {
    nothing.push(timed(['-e', '0']));
    devices.push(timed([CDICTL, 'devices', '--config', config]));
  }
  const [base, own] = [median(nothing), median(devices)];
  const ratio = own / base;
  console.log(`\ncdictl devices over ${SPECS} specs, in ${ROUNDS} pairs (ms, medians; node ${process.version})`);
  console.log(
    `node -e 0  ${base.toFixed(1)}   cdictl devices  ${own.toFixed(1)}   ratio ${ratio.toFixed(2)}   must ${MUST}`,
  );
  if (ratio > MUST) process.exitCode = 1;
}

/** Milliseconds of one run. */
function timed(args: readonly string[]): number {
  const begin = process.hrtime.bigint();
  const { status, stderr } = spawnSync(process.execPath, args, { encoding: 'utf8' });
  if (status !== 0) throw new Error(`cannot measure node ${args.join(' ')}: ${stderr}`);
  return Number(process.hrtime.bigint() - begin) / 1e6;
}

function median(times: readonly number[]): number {
  return [...times].sort((a, b) => a - b)[Math.floor(times.length / 2)] ?? Number.NaN;
}
