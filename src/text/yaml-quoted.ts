// Scalars in single or double quotes.
import type { Cursor } from './yaml-cursor.ts';
import { END } from './yaml-cursor.ts';
import { readWhite } from './yaml-white.ts';

const BACKSLASH = 0x5c;
const SINGLE = 0x27;
const DOUBLE = 0x22;

const DOUBLE_RUN = /[^ \t\n\r\x85\u2028\u2029\0"\\]*/y;
const SINGLE_RUN = /[^ \t\n\r\x85\u2028\u2029\0']*/y;

const ESCAPES: Readonly<Record<string, string>> = {
  '0': '\0',
  a: '\x07',
  b: '\b',
  t: '\t',
  '\t': '\t',
  n: '\n',
  v: '\v',
  f: '\f',
  r: '\r',
  e: '\x1b',
  ' ': ' ',
  '"': '"',
  '/': '/',
  '\\': '\\',
  N: '\x85',
  _: '\xa0',
  L: '\u2028',
  P: '\u2029',
};

const DIGITS: Readonly<Record<string, number>> = { x: 2, u: 4, U: 8 };

/** Words for an escape that YAML 1.1 does not have, and for what only the Go reader refuses. */
export const STRANGE_ESCAPE = 'an escape that YAML 1.1 does not have';

/** Reads a scalar in quotes; `slashEscape` is the offset of its first `\/`. */
export function scanQuoted(cursor: Cursor): { text: string; slashEscape: number | undefined } {
  const quote = cursor.code();
  let slashEscape: number | undefined;
  let text = '';
  cursor.at++;
  for (;;) {
    if (cursor.documentMarker() !== undefined || cursor.code() === END) cursor.fail('a quoted text does not end');
    let escapedBreak = false;
    while (!cursor.isBlankOrEnd()) {
      const code = cursor.code();
      if (code === quote && (quote === DOUBLE || cursor.code(1) !== SINGLE)) break;
      if (code === BACKSLASH && quote === DOUBLE) {
        if (cursor.code(1) === 0x2f) slashEscape ??= cursor.at;
        escapedBreak = cursor.isBreak(1);
        text += scanEscape(cursor);
        if (escapedBreak) break;
      } else text += scanRun(cursor, quote);
    }
    if (cursor.code() === quote) break;
    text += readWhite(cursor, escapedBreak, 0).text;
  }
  cursor.at++;
  return { text, slashEscape };
}

/** Text up to what means something in quotes; of two single quotes, one. */
function scanRun(cursor: Cursor, quote: number): string {
  const start = cursor.at;
  if (cursor.code() === quote) {
    cursor.at += 2;
    return "'";
  }
  cursor.skip(quote === DOUBLE ? DOUBLE_RUN : SINGLE_RUN);
  return cursor.slice(start);
}

function scanEscape(cursor: Cursor): string {
  const start = cursor.at;
  const letter = cursor.slice(start + 1, start + 2);
  if (cursor.isBreak(1)) {
    cursor.at++;
    cursor.readBreak();
    return '';
  }
  const length = Object.hasOwn(DIGITS, letter) ? DIGITS[letter] : undefined;
  const simple = Object.hasOwn(ESCAPES, letter) ? ESCAPES[letter] : undefined;
  if (length === undefined && simple === undefined) cursor.fail(STRANGE_ESCAPE);
  cursor.at += 2;
  if (length === undefined) return simple ?? '';
  const digits = cursor.slice(cursor.at, cursor.at + length);
  if (digits.length < length || !/^[0-9a-fA-F]+$/.test(digits)) {
    cursor.fail('an escape in a quoted text lacks hexadecimal digits');
  }
  const code = Number.parseInt(digits, 16);
  if ((code >= 0xd800 && code <= 0xdfff) || code > 0x10ffff) cursor.fail(STRANGE_ESCAPE, start);
  cursor.at += length;
  return String.fromCodePoint(code);
}
