// Outside text inside messages: quoted, on one line, printable, and not endless.
import { STEERING } from './steering.ts';

const LONGEST = 160;
/** Nothing in it to escape or to cut, which is the rule: a look at once, and not at each character. */
const PLAIN = /^[ !#-[\]-~]{0,160}$/;

/**
 * Quotes outside text for a message. Control characters, line breaks and bytes that are not
 * UTF-8 (which hosts hand in as U+DC80 to U+DCFF) appear as escapes; long text is cut.
 */
export function quote(text: string): string {
  if (PLAIN.test(text)) return `"${text}"`;
  let out = '"';
  let count = 0;
  for (const character of text) {
    if (++count > LONGEST) return `${out}…"`;
    out += escapeCharacter(character);
  }
  return `${out}"`;
}

function escapeCharacter(character: string): string {
  const code = character.codePointAt(0) ?? 0;
  if (character === '"' || character === '\\') return `\\${character}`;
  if (code === 0x0a) return '\\n';
  if (code === 0x09) return '\\t';
  if (code < 0x20 || (code >= 0x7f && code < 0xa0)) return `\\x${writeHex(code, 2)}`;
  if (code >= 0xdc80 && code <= 0xdcff) return `\\x${writeHex(code - 0xdc00, 2)}`;
  if (character.search(STEERING) === 0 || (code >= 0xd800 && code <= 0xdfff)) return `\\u${writeHex(code, 4)}`;
  return character;
}

function writeHex(code: number, digits: number): string {
  return code.toString(16).padStart(digits, '0');
}

/** Quotes each and joins them: `"a", "b" and "c"`; after five, the number of the rest. */
export function quoteList(texts: readonly string[]): string {
  const shown = texts.slice(0, 5).map(quote);
  if (texts.length > shown.length) return `${shown.join(', ')} and ${texts.length - shown.length} more`;
  const last = shown.pop() ?? '';
  return shown.length === 0 ? last : `${shown.join(', ')} and ${last}`;
}
