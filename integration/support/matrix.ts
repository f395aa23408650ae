// The matrix of engines and behaviours: gathered by a reporter of the tests, drawn when they have ended.
import type { EventData } from 'node:test';
import type { TestEvent } from 'node:test/reporters';
import { BEHAVIOURS, behavioursOf, REQUIRED } from './behaviours.ts';

type Verdict = 'FAIL' | 'skip' | 'pass' | 'MISSING';

/** What became of the tests of one cell. */
interface Cell {
  readonly verdict: Verdict;
  readonly reason: string;
}

/** Engine → behaviour → what its tests came to; `*` stands for an engine that was skipped as a whole. */
export type Matrix = Record<string, Record<string, Cell | undefined>>;

const ALL = '*';
/** The verdict of a cell with several tests is the first of these that one of them has. */
const WORST_FIRST: readonly Verdict[] = ['FAIL', 'skip', 'pass'];

/** The reporter: yields one JSON text when all tests have ended. */
export default async function* matrixReporter(events: AsyncIterable<TestEvent>): AsyncGenerator<string> {
  const matrix: Matrix = {};
  let engine = '';
  for await (const { type, data } of events) {
    if (type === 'test:start' && data.nesting === 0) engine = data.name;
    if (type === 'test:pass' || type === 'test:fail') note(matrix, engine, data, type === 'test:pass');
  }
  yield JSON.stringify(matrix);
}

function note(matrix: Matrix, engine: string, data: EventData.TestPass | EventData.TestFail, passed: boolean): void {
  const skipped = data.skip !== undefined && data.skip !== false;
  const verdict = !passed ? 'FAIL' : skipped ? 'skip' : 'pass';
  const reason = typeof data.skip === 'string' ? data.skip : '';
  const behaviours = data.nesting === 0 && skipped ? [ALL] : behavioursOf(data.name);
  for (const behaviour of behaviours) {
    matrix[engine] ??= {};
    const cells = matrix[engine];
    const before = cells[behaviour];
    if (before === undefined || WORST_FIRST.indexOf(verdict) < WORST_FIRST.indexOf(before.verdict))
      cells[behaviour] = { verdict, reason };
  }
}

/** The cell of an engine; undefined where the engine has no such behaviour. */
function cellOf(cells: Readonly<Record<string, Cell | undefined>>, behaviour: string): Cell | undefined {
  const cell = cells[behaviour] ?? cells[ALL];
  if (cell !== undefined) return cell;
  return isRequired(behaviour) ? { verdict: 'MISSING', reason: '' } : undefined;
}

function isRequired(behaviour: string): boolean {
  return REQUIRED.some((required) => required === behaviour);
}

/** The required behaviours that engines show nothing for. */
export function missing(matrix: Matrix): string[] {
  return Object.entries(matrix).flatMap(([engine, cells]) =>
    REQUIRED.filter((behaviour) => cellOf(cells, behaviour)?.verdict === 'MISSING').map(
      (behaviour) => `${engine}: ${BEHAVIOURS[behaviour]}`,
    ),
  );
}

/** The matrix as a table, with the reason of each skip below it. */
export function drawMatrix(matrix: Matrix): string {
  const engines = Object.entries(matrix);
  const reasons: string[] = [];
  const word = ({ verdict, reason }: Cell): string => {
    if (verdict !== 'skip') return verdict;
    if (!reasons.includes(reason)) reasons.push(reason);
    return `skip ${reasons.indexOf(reason) + 1}`;
  };
  const isShown = (behaviour: string): boolean =>
    isRequired(behaviour) || engines.some(([, cells]) => cells[behaviour] !== undefined);
  const rows = Object.entries(BEHAVIOURS)
    .filter(([behaviour]) => isShown(behaviour))
    .map(([behaviour, title]) => {
      const cells = engines.map(([, own]) => cellOf(own, behaviour));
      return [title, ...cells.map((cell) => (cell === undefined ? '·' : word(cell)))];
    });
  const table = [...heads(engines.map(([engine]) => engine)), ...rows];
  const widths = (table[0] ?? []).map((_, column) => Math.max(...table.map((row) => (row[column] ?? '').length)));
  const lines = table.map((row) =>
    row
      .map((text, column) => text.padEnd(widths[column] ?? 0))
      .join('  ')
      .trimEnd(),
  );
  const notes = reasons.map((reason, index) => `skip ${index + 1}: ${reason}`);
  return `${[...lines, ...(notes.length === 0 ? [] : ['', ...notes])].join('\n')}\n`;
}

/** The names of the columns, a word a line, since their cells are short. */
function heads(engines: readonly string[]): string[][] {
  const words = engines.map((engine) => engine.split(' '));
  const height = Math.max(...words.map(({ length }) => length));
  const padded = words.map((own) => [...Array.from({ length: height - own.length }, () => ''), ...own]);
  return Array.from({ length: height }, (_, line) => ['', ...padded.map((own) => own[line] ?? '')]);
}
