// Scalars without quotes.
import type { Cursor } from './yaml-cursor.ts';
import { readWhite } from './yaml-white.ts';

const HASH = 0x23;
const COLON = 0x3a;
const FLOW_ENDS = ',[]{}';

/**
 * @param inFlow inside brackets, where commas and brackets end a scalar and indentation does not
 * @param leastColumn of its further lines
 * @returns its text, and whether a line break follows it
 */
export function scanPlain(cursor: Cursor, inFlow: boolean, leastColumn: number): { text: string; broken: boolean } {
  let text = '';
  let white = { text: '', broken: false };
  while (cursor.documentMarker() === undefined && cursor.code() !== HASH) {
    const word = scanWord(cursor, inFlow);
    if (word !== '') {
      text += white.text + word;
      white = { text: '', broken: false };
    }
    if (!cursor.isBlank() && !cursor.isBreak()) break;
    white = readWhite(cursor, false, leastColumn);
    if (!inFlow && cursor.column < leastColumn) break;
  }
  return { text, broken: white.broken };
}

function scanWord(cursor: Cursor, inFlow: boolean): string {
  const start = cursor.at;
  while (!cursor.isBlankOrEnd()) {
    const code = cursor.code();
    if (code === COLON) {
      if (inFlow && `?${FLOW_ENDS}`.includes(cursor.slice(cursor.at + 1, cursor.at + 2))) {
        cursor.fail('a colon stands inside a word');
      }
      if (cursor.isBlankOrEnd(1)) break;
    } else if (inFlow && FLOW_ENDS.includes(String.fromCharCode(code))) break;
    cursor.at++;
  }
  return cursor.slice(start);
}
