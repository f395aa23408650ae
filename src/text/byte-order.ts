// Go's order and length of texts, by their UTF-8 bytes: UTF-16 sorts U+E000 to U+FFFF above the emoji.

/**
 * Compares two texts by their UTF-8 bytes, for `sort`. A lone U+DC80 to U+DCFF counts as the byte that hosts
 * hand in by it; other lone surrogates sort where their number would.
 * @returns negative, zero or positive
 */
export function compareBytes(a: string, b: string): number {
  const shared = Math.min(a.length, b.length);
  let i = 0;
  while (i < shared && a.charCodeAt(i) === b.charCodeAt(i)) i++;
  if (i === shared) return a.length - b.length;
  const left = a.charCodeAt(i);
  const right = b.charCodeAt(i);
  // Below the surrogates both orders agree, and an ASCII character is below every other byte.
  if ((left < 0xd800 && right < 0xd800) || left < 0x80 || right < 0x80) return left - right;
  return compareCharacters(a, b, i > 0 && isHighSurrogate(a.charCodeAt(i - 1)) ? i - 1 : i);
}

/** Where UTF-16 has another order, and surrogates are. */
const HIGH = /[\ud800-\uffff]/;

/** Sorts texts by `compareBytes`; the engine's own order is found much sooner. @returns the same list */
export function sortByBytes(texts: string[]): string[] {
  return texts.some((text) => HIGH.test(text)) ? texts.sort(compareBytes) : texts.sort();
}

const ASCII = /^[\0-\x7f]*/;

/** The length of a text in UTF-8 bytes; lone surrogates count as in `compareBytes`. */
export function countBytes(text: string): number {
  let bytes = text.length;
  // Most texts are ASCII, which the engine sees sooner than this loop.
  const [plain = ''] = ASCII.exec(text) ?? [];
  for (let i = plain.length; i < text.length; i++) {
    const unit = text.charCodeAt(i);
    if (unit < 0x80) continue;
    if (isHighSurrogate(unit) && isLowSurrogate(text.charCodeAt(i + 1))) {
      bytes += 2;
      i++;
    } else if (!isRawByte(unit)) bytes += unit < 0x800 ? 1 : 2;
  }
  return bytes;
}

/** Compares from a character on in which the texts differ: two differing ones do so within four bytes. */
function compareCharacters(a: string, b: string, start: number): number {
  const left = takeBytes(a, start);
  const right = takeBytes(b, start);
  for (let i = 0; i < left.length && i < right.length; i++) {
    const difference = (left[i] ?? 0) - (right[i] ?? 0);
    if (difference !== 0) return difference;
  }
  return left.length - right.length;
}

/** At least four bytes, where the text has as many. */
function takeBytes(text: string, start: number): number[] {
  return encodeUtf8(text.slice(start, start + 5));
}

/** The UTF-8 bytes of a text; lone surrogates count as in `compareBytes`. */
export function encodeUtf8(text: string): number[] {
  const bytes: number[] = [];
  for (const character of text) {
    const code = character.codePointAt(0) ?? 0;
    if (code < 0x80) bytes.push(code);
    else if (isRawByte(code)) bytes.push(code & 0xff);
    else if (code < 0x800) bytes.push(0xc0 | (code >> 6), makeContinuationByte(code));
    else if (code < 0x10000)
      bytes.push(0xe0 | (code >> 12), makeContinuationByte(code >> 6), makeContinuationByte(code));
    else
      bytes.push(
        0xf0 | (code >> 18),
        makeContinuationByte(code >> 12),
        makeContinuationByte(code >> 6),
        makeContinuationByte(code),
      );
  }
  return bytes;
}

function makeContinuationByte(code: number): number {
  return 0x80 | (code & 0x3f);
}

function isHighSurrogate(unit: number): boolean {
  return unit >= 0xd800 && unit < 0xdc00;
}

function isLowSurrogate(unit: number): boolean {
  return unit >= 0xdc00 && unit < 0xe000;
}

function isRawByte(unit: number): boolean {
  return unit >= 0xdc80 && unit <= 0xdcff;
}
