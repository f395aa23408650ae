// Tables: columns, two blanks between, no lines; on a terminal that is too narrow, cells go on below themselves.

import { escapeCell } from './cell.ts';
import type { Terminal } from './terminal.ts';
import { breakLines, measureText } from './wrap.ts';

const GAP = '  ';
/** No column is made narrower than this. */
const NARROWEST = 4;
/** More of a cell than this is no help to anybody. */
const MOST_LINES = 8;

/** Rows below a head. Cells may have anything in them: what would steer the terminal is shown as escapes. */
export function layOutTable(terminal: Terminal, head: readonly string[], rows: readonly (readonly string[])[]): string {
  const cells = rows.map((row) => head.map((_, column) => escapeCell(row[column] ?? '')));
  const widths = fit(
    head.map((title, column) => Math.max(title.length, ...cells.map((row) => measureText(row[column] ?? '')))),
    terminal.width,
  );
  const [first = [], ...others] = [head, ...cells].map((row) => layOutRow(row, widths));
  return `${[...first.map((line) => terminal.style('bold', line)), ...others.flat()].join('\n')}\n`;
}

/** Takes from the widest columns what the terminal does not have. */
function fit(widths: readonly number[], room: number): number[] {
  const fitted = [...widths];
  for (;;) {
    const surplus = fitted.reduce((sum, width) => sum + width, GAP.length * (fitted.length - 1)) - room;
    const widest = Math.max(...fitted);
    if (surplus <= 0 || widest <= NARROWEST) return fitted;
    const next = Math.max(NARROWEST, ...fitted.filter((width) => width < widest));
    fitted[fitted.indexOf(widest)] = Math.max(next - 1, NARROWEST, widest - surplus);
  }
}

/** A row as lines of the terminal. */
function layOutRow(row: readonly string[], widths: readonly number[]): string[] {
  const broken = row.map((text, column) => shortenCell(breakLines(text, widths[column] ?? 0)));
  const height = Math.max(...broken.map((parts) => parts.length));
  return Array.from({ length: height }, (_, line) =>
    widths
      .map((width, column) => padCell(broken[column]?.[line] ?? '', width))
      .join(GAP)
      .trimEnd(),
  );
}

function shortenCell(parts: readonly string[]): readonly string[] {
  return parts.length <= MOST_LINES ? parts : [...parts.slice(0, MOST_LINES - 1), '…'];
}

function padCell(text: string, width: number): string {
  return text + ' '.repeat(Math.max(0, width - measureText(text)));
}
