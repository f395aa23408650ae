// The words and tables of docs/performance.md.
import type { Counts } from './baseline.ts';
import { exponentOf, perOne } from './figures.ts';
import { describe, isKept, judge, type Measured, overExec, type Verdict } from './limits.ts';
import { PEER, PEER_BEFORE } from './peer.ts';
import type { Results } from './results.ts';
import { STAGES } from './stages.ts';
import { factIsMet } from './table.ts';

/** Of which the pictures and the tables are made. */
export interface Figures {
  readonly results: Results;
  readonly stages: Counts;
  readonly growth: Counts;
}

/** What the peer took over the program that only execs, in µs; where it was not measured now, what it was once. */
export function peerOver(row: Measured): number | undefined {
  return row.peer === undefined ? PEER_BEFORE.overExec[row.name] : overExec(row, row.peer);
}

export function writeReport({ results, stages, growth }: Figures): string {
  const { machine, commit, rounds, pace, rows, facts } = results;
  const hasPeer = rows.some(({ peer }) => peer !== undefined);
  const ofPeer = hasPeer ? `${PEER} was measured in the same run.` : PEER_BEFORE.note;
  const times = rows.map((row) => [
    row.title,
    micro(row.exec.quarter / 1000),
    micro(row.shim.quarter / 1000),
    micro(overExec(row)),
    writePeer(row, hasPeer),
    judge(row, rows, pace).map(writeVerdict).join('<br>'),
  ]);
  const memory = facts.map((fact) => {
    const { title, value, unit, most } = fact;
    return [title, `${value} ${unit}`, `${most} ${unit}${factIsMet(fact) ? '' : MISSED}`];
  });
  return `# Performance

Written by \`node bench/report.ts\`. [CONTRIBUTING.md](../CONTRIBUTING.md) says how it is measured.

- Times: ${machine}; commit ${commit}.
  ${rounds} interleaved rounds of whole processes, of which the fastest quarter counts; the audit is on, all else by default.
- Instructions: counted by valgrind, without the kernel; [bench/baseline.json](../bench/baseline.json) has them. valgrind's
  processor has no instructions for SHA-256, so that the audit's part is larger there than in time.

## A create

"exec only" is the least that any shim must cost: a program that becomes the same runtime and does nothing else.
${ofPeer}

![What a create takes, beside a program that only execs and ${PEER}](performance/creates.svg)

${table(['µs', 'exec only', 'cdi-runtime', 'over exec only', `${PEER}, over exec only`, 'limits'], times)}

Limits in µs are of one machine. A yardstick, a fixed piece of work that ran in the same rounds, took ${pace.toFixed(2)} times what
it takes there, and so may each row.

${table(['', 'is', 'at most'], memory)}

## Where it goes

The instructions of a create by stage:

![The instructions of a create by stage](performance/budget.svg)

The same in time, beside ${PEER}: a stage has the part of the time that it has of the instructions.

![The time of a create by stage, beside ${PEER}](performance/side-by-side.svg)

${stageTable(stages)}

## How it grows

Each input from a few to many, all else being equal, with one device asked for. Lines are straight at 45° where the work is
in proportion to the number; flat where the number hardly matters yet.

![How the instructions grow with each input](performance/growth.svg)

${growthTable(growth)}
`;
}

const MISSED = ' **missed**';

function writePeer(row: Measured, isMeasured: boolean): string {
  const over = peerOver(row);
  return over === undefined ? '' : `${micro(over)}${isMeasured ? '' : ' (before)'}`;
}

function writeVerdict(verdict: Verdict): string {
  return `${describe(verdict)}${isKept(verdict) ? '' : MISSED}`;
}

function stageTable(stages: Counts): string {
  const titles = Object.keys(stages);
  const rows = [...STAGES, 'all'].map((stage) => [
    stage,
    ...titles.map((title) => ((stages[title]?.[stage] ?? 0) / 1000).toFixed(0)),
  ]);
  return table(['thousand instructions', ...titles], rows);
}

function growthTable(growth: Counts): string {
  const rows = Object.entries(growth).map(([title, counts]) => {
    const numbers = Object.keys(counts).map(Number);
    const costs = Object.values(counts);
    const [few = 1, more = 1] = numbers;
    return [
      title,
      numbers.join(', '),
      costs.map((count) => (count / 1e6).toFixed(1)).join(', '),
      perOne(numbers, costs).toFixed(0),
      exponentOf(costs, more / few).toFixed(2),
    ];
  });
  return table(['input', 'numbers', 'million instructions', 'instructions for one more', 'exponent'], rows);
}

function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const lines = [head, head.map((_, i) => (i === 0 ? '---' : '---:')), ...rows];
  return lines.map((cells) => `| ${cells.join(' | ')} |`).join('\n');
}

function micro(microseconds: number): string {
  return microseconds.toFixed(0);
}
