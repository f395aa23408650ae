// Tables: columns, two blanks between, no lines; on a terminal that is too narrow, sentences go on below themselves, and
// columns for which there is no room stand on a line of their own. No name is broken that a line has room for.

import { escapeCell } from './cell.ts';
import type { Terminal } from './terminal.ts';
import { breakLines, measureText } from './wrap.ts';

const GAP = '  ';
/** Of the lines of a row behind the first. */
const INDENT = '  ';
/** A sentence is given as much, if it needs it. */
const LEAST_OF_TEXT = 20;
/** More of a cell than this is no help to anybody. */
const MOST_LINES = 8;

/** Neighbours that stand side by side. */
interface Band {
  readonly indent: string;
  readonly columns: readonly number[];
  readonly widths: readonly number[];
}

/** Rows below a head. Cells may have anything in them: what would steer the terminal is shown as escapes. */
export function layOutTable(
  terminal: Terminal,
  head: readonly string[],
  rows: readonly (readonly string[])[],
  hasHead = true,
): string {
  const cells = rows.map((row) => head.map((_, column) => escapeCell(row[column] ?? '')));
  const bands = makeBands([head, ...cells], terminal.width);
  const lines = cells.flatMap((row) => layOutRow(row, bands));
  if (hasHead) lines.unshift(...layOutRow(head, bands).map((line) => terminal.style('bold', line)));
  return lines.map((line) => `${line}\n`).join('');
}

/** From the last column on, as many beside each other as there is room for: what a row is about stands above the rest. */
function makeBands([head = [], ...rows]: readonly (readonly string[])[], room: number): readonly Band[] {
  const measure = (of: (text: string) => number): number[] =>
    head.map((title, column) =>
      rows.reduce((widest, row) => Math.max(widest, of(row[column] ?? '')), measureText(title)),
    );
  const [least, most] = [measure(measureLeast), measure(measureText)];
  const pick = (widths: readonly number[], columns: readonly number[]): number[] =>
    columns.map((column) => widths[column] ?? 0);
  const bands: number[][] = [];
  for (const column of [...head.keys()].reverse()) {
    const [first] = bands;
    const [columns, indent] = [[column, ...(first ?? [])], column === 0 ? '' : INDENT];
    if (first !== undefined && sum(pick(least, columns)) <= room - indent.length) bands[0] = columns;
    else bands.unshift([column]);
  }
  return bands.map((columns, index) => {
    const indent = index === 0 ? '' : INDENT;
    return { indent, columns, widths: fit(pick(most, columns), pick(least, columns), room - indent.length) };
  });
}

/** Its longest word. */
function measureLeast(text: string): number {
  const whole = measureText(text);
  if (whole <= LEAST_OF_TEXT) return whole;
  return text.split(' ').reduce((widest, word) => Math.max(widest, measureText(word)), LEAST_OF_TEXT);
}

function sum(widths: readonly number[]): number {
  return widths.reduce((all, width) => all + width, GAP.length * (widths.length - 1));
}

/** Takes from the widest columns what the terminal does not have. */
function fit(widths: readonly number[], least: readonly number[], room: number): number[] {
  const fitted = widths.map((width) => Math.min(width, room));
  for (;;) {
    const surplus = sum(fitted) - room;
    const spare = fitted.map((width, column) => (width > (least[column] ?? 0) ? width : 0));
    const widest = Math.max(...spare);
    if (surplus <= 0 || widest === 0) return fitted;
    const column = spare.indexOf(widest);
    const next = Math.max(0, ...spare.filter((width) => width < widest));
    fitted[column] = Math.max(next - 1, least[column] ?? 0, widest - surplus);
  }
}

/** A row as lines of the terminal. */
function layOutRow(row: readonly string[], bands: readonly Band[]): string[] {
  return bands.flatMap(({ indent, columns, widths }, index) => {
    const broken = columns.map((column, at) => shortenCell(breakLines(row[column] ?? '', widths[at] ?? 0)));
    const height = Math.max(...broken.map((parts) => parts.length));
    const lines = Array.from({ length: height }, (_, line) => {
      const texts = widths.map((width, at) => padCell(broken[at]?.[line] ?? '', width));
      return `${indent}${texts.join(GAP)}`.trimEnd();
    });
    // What nothing is to be said about takes no line.
    return index > 0 && lines.every((line) => line === '') ? [] : lines;
  });
}

function shortenCell(parts: readonly string[]): readonly string[] {
  return parts.length <= MOST_LINES ? parts : [...parts.slice(0, MOST_LINES - 1), '…'];
}

function padCell(text: string, width: number): string {
  return text + ' '.repeat(Math.max(0, width - measureText(text)));
}
