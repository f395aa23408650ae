// Texts that no byte is lost of, whatever is no UTF-8 in them: such a byte is U+DC80 to U+DCFF, as in the shim.

const UTF8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });
const CHARACTERS =
  /[\0-\x7f]+|[\xc2-\xdf][\x80-\xbf]|\xe0[\xa0-\xbf][\x80-\xbf]|[\xe1-\xec\xee\xef][\x80-\xbf]{2}|\xed[\x80-\x9f][\x80-\xbf]|\xf0[\x90-\xbf][\x80-\xbf]{2}|[\xf1-\xf3][\x80-\xbf]{3}|\xf4[\x80-\x8f][\x80-\xbf]{2}|[\x80-\xff]/g;
const STRANGE = /[\udc80-\udcff]/;

export function decodeText(bytes: Buffer): string {
  try {
    return UTF8.decode(bytes);
  } catch {
    return bytes
      .toString('latin1')
      .replace(CHARACTERS, (one) =>
        one.length === 1 && one > '\x7f'
          ? String.fromCharCode(0xdc00 + one.charCodeAt(0))
          : Buffer.from(one, 'latin1').toString('utf8'),
      );
  }
}

/** Whether bytes of it may be no UTF-8: a pair's second half looks the same. */
export function isStrange(text: string): boolean {
  return STRANGE.test(text);
}

export function encodeText(text: string): Buffer {
  if (!isStrange(text)) return Buffer.from(text);
  // A pair's second half is in the range, too, but never alone.
  const parts = [...text].map((one) =>
    one.length === 1 && isStrange(one) ? Buffer.of(one.charCodeAt(0) - 0xdc00) : Buffer.from(one),
  );
  return Buffer.concat(parts);
}

/** A path for `node:fs`. */
export function encodePath(path: string): string | Buffer {
  return isStrange(path) ? encodeText(path) : path;
}
