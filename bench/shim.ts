// Measures dist/cdi-runtime as whole processes, against a program that only execs, and against crun: npm run bench.
import { mkdirSync, statSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { caseOf, makeCases } from './cases.ts';
import { measureCrun } from './crun.ts';
import { summary } from './figures.ts';
import { measureIn, readRounds } from './measure.ts';
import { compilePrograms } from './programs.ts';
import { measureMemory, measureStandIn } from './stand-in.ts';
import { type Fact, factIsMet, factTable, isMet, timeTable } from './table.ts';

const SHIM = resolve(import.meta.dirname, '../dist/cdi-runtime');
const HEADING = `Whole processes, wall time, in interleaved rounds. "exec" is a musl static-pie program that only execs the
same stand-in runtime. "quarter" is the mean of the fastest quarter, and targets are judged by it; "paired" is the
median of the differences within one round. Compare inside a row only.`;

/** The fastest quarter of "exec" in the series from which the targets are, in nanoseconds (median of its cases). */
const REFERENCE_EXEC = 150_000;

/** crun takes tens of milliseconds each time. */
const ROUNDS_TO_ONE_OF_CRUN = 8;

const { values } = parseArgs({ options: { rounds: { type: 'string', default: '240' } } });
await measureIn('the shim', bench);

/** Targets in milliseconds are what they are on any machine: this says what to think of a miss on a slow one. */
function paceOf(nanoseconds: number): string {
  const pace = (nanoseconds / REFERENCE_EXEC).toFixed(1);
  const then = (REFERENCE_EXEC / 1000).toFixed(0);
  return `"exec" took ${(nanoseconds / 1000).toFixed(0)} µs: ${pace} × of the ${then} µs where the targets were set.`;
}

function bench(folder: string): void {
  const rounds = readRounds(values.rounds);
  const programs = compilePrograms(folder);
  const cases = makeCases(folder, programs.standIn);
  const bundle = join(folder, 'bundle');
  mkdirSync(bundle);
  const place = { shim: SHIM, programs, folder, bundle };

  console.log(`${HEADING} ${rounds} rounds.\n`);
  const rows = measureStandIn(place, cases, rounds);
  console.log(timeTable('exec', 'shim', rows));

  const typical = summary(rows.map(({ figures }) => figures.base.quarter)).median;
  console.log(`\n${paceOf(typical)}`);

  const facts: readonly Fact[] = [
    ...measureMemory(place, cases),
    { title: 'size of dist/cdi-runtime', value: Math.ceil(statSync(SHIM).size / 1024), unit: 'KiB', most: 1536 },
  ];
  console.log(`\n${factTable(facts)}`);

  const few = Math.ceil(rounds / ROUNDS_TO_ONE_OF_CRUN);
  const crun = measureCrun(place, caseOf(cases, 'none'), caseOf(cases, 'one'), few);
  if (typeof crun === 'string') console.log(`\nreal crun was not measured: ${crun}`);
  else console.log(`\nThe real crun's create, ${few} rounds; without targets.\n${timeTable('crun', 'shim', crun)}`);

  if (!rows.every(isMet) || !facts.every(factIsMet)) process.exitCode = 1;
}
