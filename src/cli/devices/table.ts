// Devices on lines of a terminal: a line each, below their kind and file. No name is ever broken.
import { escapeCell } from '../terminal/cell.ts';
import { writeCount } from '../terminal/plural.ts';
import type { Terminal } from '../terminal/terminal.ts';
import { measureText, wrap } from '../terminal/wrap.ts';
import type { DeviceGroup, DeviceRow, Lack } from './rows.ts';

const INDENT = '  ';
const GAP = '  ';

/** A column has a cell as a list of words, none of which is broken. */
export interface Column {
  readonly title: string;
  readonly words: (row: DeviceRow) => readonly string[];
}

/** @param asked columns that stand only where someone asked for them */
export function writeDeviceTable(
  terminal: Terminal,
  groups: readonly DeviceGroup[],
  lineOf: (row: DeviceRow) => number | undefined,
  asked: readonly Column[],
): string {
  const rows = groups.flatMap((group) => group.rows);
  if (rows.length === 0) return '';
  const ofAll = new Map(groups.flatMap((group) => group.rows.map((row) => [row, group.lacks])));
  const listLacks = (row: DeviceRow): readonly Lack[] => [...row.lacks, ...(ofAll.get(row) ?? [])];
  const hasAliases = rows.some(({ names }) => names.length > 1);
  const columns: readonly Column[] = [
    { title: 'DEVICE', words: ({ names: [{ name }] }) => [name] },
    ...(hasAliases ? [{ title: 'ALSO', words: listAliases }] : []),
    { title: 'LINE', words: (row) => [String(lineOf(row) ?? '-')] },
    { title: 'STALE', words: (row) => [listLacks(row)[0]?.why ?? '-'] },
    ...asked.map(({ title, words }) => ({ title, words: (row: DeviceRow) => orDash(words(row)) })),
  ];
  const [cells, widths] = makeCells(columns, rows, terminal.width - INDENT.length);
  const lines = [
    terminal.style(
      'bold',
      INDENT +
        join(
          columns.map(({ title }) => title),
          widths,
        ),
    ),
  ];
  for (const group of groups) {
    lines.push(...writeGroupHead(terminal, group));
    for (const row of group.rows) {
      const texts = layOutRow(cells.get(row) ?? [], widths);
      lines.push(...(listLacks(row).length > 0 ? texts.map((line) => terminal.style('yellow', line)) : texts));
    }
  }
  return `${lines.join('\n')}\n`;
}

type Cells = ReadonlyMap<DeviceRow, readonly (readonly string[])[]>;

/** Devices by their whole names; where there is no room for those, without the kind, which stands above them. */
function makeCells(columns: readonly Column[], rows: readonly DeviceRow[], room: number): readonly [Cells, number[]] {
  const fill = (own: readonly Column[]): Cells =>
    new Map(rows.map((row) => [row, own.map(({ words }) => words(row).map(escapeCell))]));
  const short: Column = { title: 'DEVICE', words: ({ names: [{ device }] }) => [device.name] };
  const cells = fill(columns);
  const isFitting = measureSpare(measureWords(columns, [...cells.values()]), room) >= 0;
  const chosen = isFitting ? cells : fill([short, ...columns.slice(1)]);
  return [chosen, fit(columns, [...chosen.values()], room)];
}

function listAliases({ names: [, ...others] }: DeviceRow): readonly string[] {
  return others.map(({ device }) => device.name);
}

function orDash(words: readonly string[]): readonly string[] {
  return words.length === 0 ? ['-'] : words;
}

/** What all of its devices lack is said here, once. */
function writeGroupHead(terminal: Terminal, { kind, path, rows, lacks }: DeviceGroup): readonly string[] {
  const names = rows.reduce((sum, row) => sum + row.names.length, 0);
  const more = names === rows.length ? '' : ` by ${names} names`;
  const head = `${terminal.style('bold', kind)}: ${writeCount(rows.length, 'device')}${more} in ${escapeCell(path)}`;
  const note = lacks.length === 0 ? [] : wrap(`stale, all of them: ${writeLacks(lacks)}`, terminal.width, INDENT);
  return [head, ...note.map((line) => terminal.style('yellow', line))];
}

/** A sentence about the first, and how many others there are. */
export function writeLacks([first, ...others]: readonly Lack[]): string {
  if (first === undefined) return '';
  const more = others.length === 0 ? '' : `, and ${others.length} more`;
  return `${escapeCell(first.path)} is ${first.why === 'missing' ? 'missing' : 'another device'}${more}`;
}

type Rows = readonly (readonly (readonly string[])[])[];

/**
 * All words beside each other where there is room; else columns of several words are made as narrow as needed, and as
 * if the words were not there that need a line of their own.
 */
function fit(columns: readonly Column[], rows: Rows, room: number): number[] {
  const least = measureWords(columns, rows);
  for (const column of [...least.keys()].sort((a, b) => (least[b] ?? 0) - (least[a] ?? 0))) {
    const lack = -measureSpare(least, room);
    if (lack > 0) least[column] = measureWords(columns, rows, (least[column] ?? 0) - lack)[column] ?? 0;
  }
  const most = measureColumns(columns, rows, (words, column) =>
    words.some((word) => measureText(word) > (least[column] ?? 0)) ? 0 : measureText(words.join(', ')),
  );
  let spare = Math.max(0, measureSpare(least, room));
  return least.map((width, column) => {
    const more = Math.max(0, Math.min(spare, (most[column] ?? width) - width));
    spare -= more;
    return width + more;
  });
}

function measureSpare(widths: readonly number[], room: number): number {
  return widths.reduce((left, width) => left - width, room - GAP.length * (widths.length - 1));
}

/** The widest word of each column. @param longest only of those that are no wider */
function measureWords(columns: readonly Column[], rows: Rows, longest = Number.POSITIVE_INFINITY): number[] {
  const widen = (most: number, width: number): number => (width <= longest ? Math.max(most, width) : most);
  return measureColumns(columns, rows, (words) => words.map(measureText).reduce(widen, 0));
}

function measureColumns(
  columns: readonly Column[],
  rows: Rows,
  measure: (words: readonly string[], column: number) => number,
): number[] {
  return columns.map(({ title }, column) =>
    rows.reduce((most, row) => Math.max(most, measure(row[column] ?? [], column)), title.length),
  );
}

/** A name that is wider than its column stands above the rest of its row, if the row begins with it, or below. */
function layOutRow(cells: readonly (readonly string[])[], widths: readonly number[]): readonly string[] {
  const isWide = (column: number): boolean =>
    cells[column]?.some((word) => measureText(word) > (widths[column] ?? 0)) ?? false;
  const [above = [], ...below] = cells.map((words, column) => (isWide(column) ? words : []));
  const stacks = cells.map((words, column) => (isWide(column) ? [] : stackWords(words, widths[column] ?? 0)));
  const height = Math.max(...stacks.map((stack) => stack.length));
  const beside = Array.from({ length: height }, (_, line) =>
    `${INDENT}${join(
      stacks.map((stack) => stack[line] ?? ''),
      widths,
    )}`.trimEnd(),
  );
  return [
    ...above.map((word) => `${INDENT}${word}`),
    ...beside,
    ...below.flat().map((word) => `${INDENT}${INDENT}${word}`),
  ];
}

/** Words with commas between them, on as few lines as they fit. */
export function stackWords(words: readonly string[], width: number): readonly string[] {
  const lines: string[][] = [];
  let taken = 0;
  for (const [index, word] of words.entries()) {
    const text = index === words.length - 1 ? word : `${word},`;
    const own = measureText(word);
    const line = lines.at(-1);
    if (line !== undefined && taken + ', '.length + own <= width) {
      line.push(text);
      taken += ', '.length + own;
    } else {
      lines.push([text]);
      taken = own;
    }
  }
  return lines.map((line) => line.join(' '));
}

function join(texts: readonly string[], widths: readonly number[]): string {
  return texts
    .map((text, column) => text + ' '.repeat(Math.max(0, (widths[column] ?? 0) - measureText(text))))
    .join(GAP)
    .trimEnd();
}
