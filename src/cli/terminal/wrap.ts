// Text on lines of a terminal: how many columns it takes, where it is broken, and how it goes on below itself.

/** No less than this is left to a text, however far in it begins. */
const NARROWEST = 16;

/**
 * Breaks a text into lines.
 *
 * @param width columns of a line
 * @param first what stands before the first line, no wider than `rest`
 * @param rest what stands before the others
 */
export function wrap(text: string, width: number, first: string, rest: string = makeBlanks(first)): string[] {
  const lines = breakLines(text, Math.max(NARROWEST, width - measureText(rest)));
  return lines.map((line, index) => `${index === 0 ? first : rest}${line}`.trimEnd());
}

function makeBlanks(text: string): string {
  return ' '.repeat(measureText(text));
}

/** Where a word that is longer than a line is best broken: behind what joins paths, kinds and names. */
const JOINTS = /(?<=[/=,:])/;

/**
 * Breaks at blanks; a word that is longer than a line behind a slash or the like, and where there is none, anywhere.
 *
 * @param room columns of a line, at least 2
 * @param ofFirst those of the first line, where it has less: it is empty where a word needs a whole one
 */
export function breakLines(text: string, room: number, ofFirst: number = room): string[] {
  if (measureText(text) <= ofFirst) return [text];
  const lines: string[] = [];
  let line = '';
  const add = (piece: string): void => {
    const isFirst = lines.length === 0;
    if (measureText(`${line}${piece}`.trimEnd()) > (isFirst ? ofFirst : room)) {
      if (line !== '' || (isFirst && ofFirst < room)) lines.push(line.trimEnd());
      line = '';
    }
    line += piece;
  };
  for (const word of text.split(/(?<= )/)) {
    if (measureText(word.trimEnd()) <= room) add(word);
    else for (const part of word.split(JOINTS)) for (const piece of breakWord(part, room)) add(piece);
  }
  return [...lines, line.trimEnd()];
}

function breakWord(word: string, room: number): string[] {
  if (measureText(word.trimEnd()) <= room) return [word];
  const parts: string[] = [];
  let [part, width] = ['', 0];
  for (const character of word) {
    const more = measureText(character);
    if (width + more > room) {
      parts.push(part);
      [part, width] = ['', 0];
    }
    part += character;
    width += more;
  }
  return [...parts, part];
}
const ASCII = /^[\x20-\x7e]*$/;

/** Columns: none for marks on a letter, two for the wide letters of East Asia and for emoji. */
export function measureText(text: string): number {
  if (ASCII.test(text)) return text.length;
  let width = 0;
  for (const character of text) width += measureCharacter(character);
  return width;
}

function measureCharacter(character: string): number {
  if (ASCII.test(character)) return 1;
  patterns ??= makePatterns();
  if (patterns.none.test(character)) return 0;
  return patterns.wide.test(character) ? 2 : 1;
}

let patterns: ReturnType<typeof makePatterns> | undefined;

/** Only where they are needed, and not as literals: to read tables of Unicode takes longer than to print most lists. */
function makePatterns(): { readonly none: RegExp; readonly wide: RegExp } {
  return {
    none: new RegExp(`[${UNSEEN}]`, 'u'),
    wide: new RegExp(`(?![\\u{1f1e6}-\\u{1f1ff}])[\\p{Emoji_Presentation}${EAST_ASIAN_WIDE}]`, 'u'),
  };
}

const UNSEEN = ['Cc', 'Cf', 'Mn', 'Me', 'Default_Ignorable_Code_Point'].map((name) => `\\p{${name}}`).join('');

/** Unicode's East_Asian_Width W and F, gaps that are not assigned included; emoji are told by their own property. */
const EAST_ASIAN_WIDE = [
  '\\u1100-\\u115f\\u2329\\u232a\\u2630-\\u2637\\u268a-\\u268f\\u2e80-\\u303e\\u3041-\\u3247\\u3250-\\ua4c6',
  '\\ua960-\\ua97c\\uac00-\\ud7a3\\uf900-\\ufad9\\ufe10-\\ufe19\\ufe30-\\ufe6b\\uff01-\\uff60\\uffe0-\\uffe6',
  '\\u{16fe0}-\\u{16fe3}\\u{16ff0}-\\u{1b2fb}\\u{1d300}-\\u{1d376}\\u{1f200}-\\u{1f320}\\u{20000}-\\u{33479}',
].join('');
