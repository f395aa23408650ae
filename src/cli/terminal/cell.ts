// Outside text on a terminal: on one line, and without what would steer it.
import { quote } from '../../text/quote.ts';

/** The text itself, with escapes in place of control characters and their like. */
export function escapeCell(text: string): string {
  if (PLAIN.test(text)) return text;
  return [...text].map((character) => (PLAIN.test(character) ? character : quote(character).slice(1, -1))).join('');
}

/** Quotes and backslashes need no escape here: nothing ends with them. */
const PLAIN = /^[\x20-\x7e]*$/;
