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
  const [cells, taken] = fillCells(columns, rows, room);
  if (taken.reduce((sum, width) => sum + width, GAP.length * (columns.length - 1)) <= room) return [cells, taken];
  const short: Column = { title: 'DEVICE', words: ({ names: [{ device }] }) => [device.name] };
  return fillCells([short, ...columns.slice(1)], rows, room);
}

function fillCells(columns: readonly Column[], rows: readonly DeviceRow[], room: number): readonly [Cells, number[]] {
  const cells = new Map(rows.map((row) => [row, columns.map(({ words }) => words(row).map(escapeCell))]));
  return [cells, fit(columns, [...cells.values()], room)];
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

/** All words beside each other where there is room; else columns of several words are made as narrow as needed. */
function fit(columns: readonly Column[], rows: readonly (readonly (readonly string[])[])[], room: number): number[] {
  const measure = (from: (words: readonly string[]) => number): number[] =>
    columns.map(({ title }, column) =>
      rows.reduce((most, row) => Math.max(most, from(row[column] ?? [])), title.length),
    );
  const least = measure((words) => words.reduce((most, word) => Math.max(most, measureText(word) + 1), 1) - 1);
  const most = measure((words) => measureText(words.join(', ')));
  const taken = least.reduce((sum, width) => sum + width, GAP.length * (columns.length - 1));
  let spare = Math.max(0, room - taken);
  return least.map((width, column) => {
    const more = Math.min(spare, (most[column] ?? width) - width);
    spare -= more;
    return width + more;
  });
}

function layOutRow(cells: readonly (readonly string[])[], widths: readonly number[]): readonly string[] {
  const stacks = cells.map((words, column) => stackWords(words, widths[column] ?? 0));
  const height = Math.max(...stacks.map((stack) => stack.length));
  return Array.from({ length: height }, (_, line) =>
    `${INDENT}${join(
      stacks.map((stack) => stack[line] ?? ''),
      widths,
    )}`.trimEnd(),
  );
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
