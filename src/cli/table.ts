// Tables for a terminal: columns, two blanks between, no lines; wide characters count as two.
import stringWidth from 'string-width';
import type { Terminal } from './terminal.ts';

const GAP = '  ';
/** A column is not made narrower than this to fit a terminal. */
const NARROW = 12;

/**
 * Rows below a head; the widest column is cut where the terminal is too narrow. Cells are one line: control characters
 * must have been quoted away before.
 */
export function table(terminal: Terminal, head: readonly string[], rows: readonly (readonly string[])[]): string {
  const widths = fit(
    head.map((title, column) => Math.max(stringWidth(title), ...rows.map((row) => stringWidth(row[column] ?? '')))),
    terminal.width,
  );
  const line = (cells: readonly string[]): string =>
    widths
      .map((width, column) => padded(cut(cells[column] ?? '', width), width))
      .join(GAP)
      .trimEnd();
  const lines = rows.map(line);
  return `${[terminal.style('bold', line(head)), ...lines].join('\n')}\n`;
}

function fit(widths: readonly number[], room: number): number[] {
  const fitted = [...widths];
  const total = (): number => fitted.reduce((sum, width) => sum + width, GAP.length * (fitted.length - 1));
  while (total() > room) {
    const widest = Math.max(...fitted);
    if (widest <= NARROW) break;
    fitted[fitted.indexOf(widest)] = Math.max(NARROW, widest - (total() - room));
  }
  return fitted;
}

function padded(text: string, width: number): string {
  return text + ' '.repeat(Math.max(0, width - stringWidth(text)));
}

/** @returns the text, or as much of it as fits before an ellipsis */
export function cut(text: string, width: number): string {
  if (stringWidth(text) <= width) return text;
  let kept = '';
  for (const character of text) {
    if (stringWidth(kept + character) > width - 1) break;
    kept += character;
  }
  return `${kept}…`;
}
