// Measures dist/cdi-runtime as whole processes, against a program that only execs, a peer, and crun: npm run bench.
import { mkdirSync, statSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { caseOf, makeCases } from './cases.ts';
import { measureCrun } from './crun.ts';
import { isKept, judge } from './limits.ts';
import { measureApart, readRounds } from './measure.ts';
import { compilePrograms } from './programs.ts';
import { keepResults } from './results.ts';
import { shimTable } from './shim-table.ts';
import { measureMemory, measureStandIn } from './stand-in.ts';
import { type Fact, factIsMet, factTable, timeTable } from './table.ts';

const SHIM = resolve(import.meta.dirname, '../dist/cdi-runtime');
const HEADING = `Whole processes, wall time, in interleaved rounds, with the audit and all other defaults. "exec" is a musl static-pie
program that only execs the same stand-in runtime. Bundles are in memory, as containerd and Docker have them. Figures are
means of the fastest quarters. Limits in µs are from one machine; a yardstick that ran in the same rounds says what they
are here.`;

/** crun takes tens of milliseconds each time. */
const ROUNDS_TO_ONE_OF_CRUN = 8;

const { values } = parseArgs({ options: { rounds: { type: 'string', default: '240' } } });
await measureApart('the shim', bench);

function bench(folder: string): void {
  const rounds = readRounds(values.rounds);
  const programs = compilePrograms(folder);
  const cases = makeCases(folder, programs.standIn);
  const [bundle, bundleOnDisk] = ['/run/bundle', join(folder, 'bundle')];
  for (const made of [bundle, bundleOnDisk]) mkdirSync(made);
  const given = process.env['PEER'] ?? '';
  const place = { shim: SHIM, peer: given === '' ? undefined : resolve(given), programs, folder, bundle, bundleOnDisk };

  console.log(`${HEADING} ${rounds} rounds.\n`);
  const { rows, pace } = measureStandIn(place, cases, rounds);
  console.log(shimTable(rows, pace));
  console.log(`\nThe yardstick took ${pace.toFixed(2)} × what it takes where the limits were set.`);

  const size = Math.ceil(statSync(SHIM).size / 1024);
  const facts: readonly Fact[] = [
    ...measureMemory(place, cases),
    { title: 'size of dist/cdi-runtime', value: size, unit: 'KiB', most: 1536 },
  ];
  console.log(`\n${factTable(facts)}`);
  keepResults({ rounds, pace, rows, facts });

  const few = Math.ceil(rounds / ROUNDS_TO_ONE_OF_CRUN);
  const crun = measureCrun(place, caseOf(cases, 'none'), caseOf(cases, 'one'), few);
  if (typeof crun === 'string') console.log(`\nreal crun was not measured: ${crun}`);
  else console.log(`\nThe real crun's create, ${few} rounds; without targets.\n${timeTable('crun', 'shim', crun)}`);

  const verdicts = rows.flatMap((row) => judge(row, rows, pace));
  if (!verdicts.every(isKept) || !facts.every(factIsMet)) process.exitCode = 1;
}
