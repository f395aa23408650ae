// Scalars without quotes.
import type { Cursor } from './yaml-cursor.ts';
import { readWhite } from './yaml-white.ts';

const HASH = 0x23;
const COLON = 0x3a;
/** Up to white space, the end, or what may end a scalar. */
const RUN = /[^ \t\n\r\x85\u2028\u2029\0:]*/y;
const FLOW_RUN = /[^ \t\n\r\x85\u2028\u2029\0:,[\]{}]*/y;
const NOT_BEHIND_COLON = '?,[]{}';

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
  for (;;) {
    cursor.skip(inFlow ? FLOW_RUN : RUN);
    if (cursor.code() !== COLON) break;
    if (inFlow && NOT_BEHIND_COLON.includes(cursor.slice(cursor.at + 1, cursor.at + 2))) {
      cursor.fail('a colon stands inside a word');
    }
    if (cursor.isBlankOrEnd(1)) break;
    cursor.at++;
  }
  return cursor.slice(start);
}
