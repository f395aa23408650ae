// Text that goes on below itself where a terminal's line ends.
import stringWidth from 'string-width';

/** No less than this is left to a text, however far in it begins. */
const NARROWEST = 16;

/**
 * Breaks a text at blanks, and where a word is longer than a line, within it.
 *
 * @param width columns of a line
 * @param first what stands before the first line, as many columns as `rest`
 * @param rest what stands before the others
 */
export function wrap(text: string, width: number, first: string, rest: string = blanks(first)): string[] {
  const room = Math.max(NARROWEST, width - stringWidth(rest));
  const lines: string[] = [];
  let line = '';
  for (const word of text.split(' ')) {
    const longer = line === '' ? word : `${line} ${word}`;
    if (stringWidth(longer) <= room) {
      line = longer;
    } else if (stringWidth(word) <= room) {
      lines.push(line);
      line = word;
    } else {
      const parts = pieces(longer, room);
      lines.push(...parts.slice(0, -1));
      line = parts.at(-1) ?? '';
    }
  }
  lines.push(line);
  return lines.map((part, index) => `${index === 0 ? first : rest}${part}`.trimEnd());
}

function blanks(text: string): string {
  return ' '.repeat(stringWidth(text));
}

/** By characters as a reader sees them, as many columns at most as there is room for. */
function pieces(text: string, room: number): string[] {
  const parts: string[] = [];
  let part = '';
  for (const { segment } of new Intl.Segmenter().segment(text)) {
    if (part !== '' && stringWidth(part + segment) > room) {
      parts.push(part);
      part = '';
    }
    part += segment;
  }
  return [...parts, part];
}
