// White space inside plain and quoted scalars: spaces stay, line breaks fold.
import type { Cursor } from './yaml-cursor.ts';

export interface White {
  /** what it becomes before more text */
  readonly text: string;
  readonly broken: boolean;
}

/**
 * Reads spaces, tabs and line breaks. One break becomes a space, of several all but the first stay.
 *
 * @param escaped a break came before, escaped: it counts, but becomes nothing
 * @param leastColumn a tab left of it, on a new line, is an error
 */
export function readWhite(cursor: Cursor, escaped: boolean, leastColumn: number): White {
  let broken = escaped;
  let spaces = '';
  let first = '';
  let more = '';
  for (;;) {
    const start = cursor.at;
    cursor.skipBlanks();
    const blanks = cursor.slice(start);
    if (!broken) spaces += blanks;
    else {
      const tab = blanks.indexOf('\t');
      const isLeft = tab >= 0 && start + tab - cursor.lineStart < leastColumn;
      if (isLeft) cursor.fail('a tab stands where spaces must indent', start + tab);
    }
    if (!cursor.isBreak()) break;
    if (broken) more += cursor.readBreak();
    else {
      first = cursor.readBreak();
      broken = true;
    }
  }
  if (!broken) return { text: spaces, broken };
  if (first !== '\n') return { text: first + more, broken };
  return { text: more === '' ? ' ' : more, broken };
}
