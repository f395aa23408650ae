// Writes docs/performance.md and its pictures, of what was measured last: node bench/report.ts.
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { type Counts, readBaseline } from './baseline.ts';
import { exponentOf } from './figures.ts';
import { overExec } from './limits.ts';
import { PEER } from './peer.ts';
import { drawBars, drawGrowth, drawTimes, type Growth, type Part, type Time } from './plots.ts';
import { type Figures, peerOver, writeReport } from './report-text.ts';
import { readResults } from './results.ts';
import { STAGES } from './stages.ts';

const DOCS = resolve(import.meta.dirname, '../docs');

const EXEC = 'exec only';
const OWN = 'cdi-runtime';
const BEFORE = `${PEER}, in another run`;
const COLOURS = { exec: '#8c959f', own: '#1f6feb', peer: '#d29922' } as const;

/** vega's scheme tableau20 */
const STAGE_COLOURS = [
  ...['#4c78a8', '#9ecae9', '#f58518', '#ffbf79', '#54a24b', '#88d27a', '#b79a20', '#f2cf5b', '#439894', '#83bcb6'],
  ...['#e45756', '#ff9d98', '#79706e', '#bab0ac', '#d67195', '#fcbfd2'],
];

/** Inputs whose stages are counted, and the cases that take the time of them. */
const TIMED = new Map([
  ['no request', 'none'],
  ['1 device', 'one'],
  ['8 devices', 'eight'],
  ['1 of 64 specs', 'many'],
]);

/** What no run measures again: kept by hand. */
const LEDGER = join(import.meta.dirname, 'ledger.md');

/** Bytes of docs/performance.md and its pictures, by their paths below docs/. */
export async function makeReport(figures: Figures): Promise<ReadonlyMap<string, string>> {
  const { results, stages, growth } = figures;
  const peer = results.rows.some(({ peer }) => peer !== undefined) ? PEER : BEFORE;
  const programs = new Map([[EXEC, COLOURS.exec] as const, [OWN, COLOURS.own] as const, [peer, COLOURS.peer] as const]);
  const colours = new Map([
    ...STAGES.map((stage, i) => [stage, STAGE_COLOURS[i] ?? ''] as const),
    [EXEC, COLOURS.exec] as const,
    [peer, COLOURS.peer] as const,
  ]);
  const budget = listParts(stages, (count) => count / 1e6).map((part) => ({ ...part, group: '', bar: part.group }));
  return new Map([
    ['performance.md', `${writeReport(figures)}\n${readFileSync(LEDGER, 'utf8')}`],
    ['performance/creates.svg', await drawTimes(listTimes(figures, peer), programs)],
    [
      'performance/budget.svg',
      await drawBars(budget, new Map([...colours].slice(0, STAGES.length)), 'million instructions'),
    ],
    ['performance/side-by-side.svg', await drawBars(listSideBySide(figures, peer), colours, 'µs')],
    ['performance/growth.svg', await drawGrowth(listGrowth(growth))],
  ]);
}

function listTimes({ results }: Figures, peer: string): readonly Time[] {
  return results.rows.flatMap((row): readonly Time[] => {
    const { title, exec, shim } = row;
    const over = peerOver(row);
    return [
      { title, program: EXEC, time: exec.quarter / 1000 },
      { title, program: OWN, time: shim.quarter / 1000 },
      ...(over === undefined ? [] : [{ title, program: peer, time: exec.quarter / 1000 + over }]),
    ];
  });
}

function listParts(stages: Counts, scale: (count: number, title: string) => number): readonly Part[] {
  return Object.entries(stages).flatMap(([title, counts]) =>
    STAGES.map((stage) => ({ group: title, bar: OWN, stage, amount: scale(counts[stage] ?? 0, title) })),
  );
}

function listSideBySide({ results, stages }: Figures, peer: string): readonly Part[] {
  return Object.keys(stages).flatMap((title): readonly Part[] => {
    const row = results.rows.find(({ name }) => name === TIMED.get(title));
    const all = stages[title]?.['all'];
    if (row === undefined || all === undefined) return [];
    const exec = row.exec.quarter / 1000;
    const [group, over] = [`${title}, µs`, peerOver(row)];
    const ofOne = { [title]: stages[title] ?? {} };
    return [
      { group, bar: EXEC, stage: EXEC, amount: exec },
      { group, bar: OWN, stage: EXEC, amount: exec },
      ...listParts(ofOne, (count) => (count / all) * overExec(row)).map((part) => ({ ...part, group })),
      ...(over === undefined
        ? []
        : [
            { group, bar: peer, stage: EXEC, amount: exec },
            { group, bar: peer, stage: peer, amount: over },
          ]),
    ];
  });
}

function listGrowth(growth: Counts): readonly Growth[] {
  return Object.entries(growth).flatMap(([title, counts]) => {
    const [few = 1, more = 1] = Object.keys(counts).map(Number);
    const exponent = exponentOf(Object.values(counts), more / few).toFixed(2);
    return Object.entries(counts).map(([number, instructions]) => {
      return { title: `${title}: ${exponent}`, number: Number(number), instructions };
    });
  });
}

if (import.meta.main) {
  mkdirSync(join(DOCS, 'performance'), { recursive: true });
  for (const [name, text] of await makeReport({ results: readResults(), ...readBaseline() })) {
    writeFileSync(join(DOCS, name), text);
  }
}
