// A text that goes on below itself, with columns before it.
import { breakLines } from './break-lines.ts';
import { textWidth } from './text-width.ts';

/** No less than this is left to a text, however far in it begins. */
const NARROWEST = 16;

/**
 * Breaks a text into lines.
 *
 * @param width columns of a line
 * @param first what stands before the first line, no wider than `rest`
 * @param rest what stands before the others
 */
export function wrap(text: string, width: number, first: string, rest: string = blanks(first)): string[] {
  const lines = breakLines(text, Math.max(NARROWEST, width - textWidth(rest)));
  return lines.map((line, index) => `${index === 0 ? first : rest}${line}`.trimEnd());
}

function blanks(text: string): string {
  return ' '.repeat(textWidth(text));
}
