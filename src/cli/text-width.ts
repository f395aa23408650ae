// How many columns of a terminal a text takes.

const ASCII = /^[\x20-\x7e]*$/;

/** Columns: none for marks on a letter, two for the wide letters of East Asia and for emoji. */
export function textWidth(text: string): number {
  if (ASCII.test(text)) return text.length;
  let width = 0;
  for (const character of text) width += characterWidth(character);
  return width;
}

function characterWidth(character: string): number {
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
