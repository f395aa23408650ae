// Anchors, aliases and tags.
import type { Cursor } from './yaml-cursor.ts';
import type { Property } from './yaml-token.ts';

const AFTER_NAME = '?:,]}%@`';
const PERCENT = 0x25;
const EXCLAMATION = 0x21;
const URI = /[\w\-;/?:@&=+$.%!~*'()]/;
const VERBATIM = /[\w\-;/?:@&=+$.%!~*'(),[\]]/;
export const BAD_TAG = 'a tag is malformed';
export const NO_SPACE = 'a space is missing';

/** The name of an anchor or alias, `&` or `*` included in what is read. */
export function scanName(cursor: Cursor): string {
  cursor.at++;
  const name = cursor.readWord();
  const ends = cursor.isBlankOrEnd() || AFTER_NAME.includes(cursor.slice(cursor.at, cursor.at + 1));
  return name !== '' && ends ? name : cursor.fail('a name after & or * is missing');
}

/** `!<suffix>`, `!handle!suffix`, `!!suffix`, `!suffix` or `!`. */
export function scanTag(cursor: Cursor, inFlow: boolean): Property {
  const tag = cursor.code(1) === 0x3c ? scanVerbatim(cursor) : scanShorthand(cursor);
  if (!cursor.isBlankOrEnd() && !(inFlow && cursor.code() === 0x2c)) cursor.fail(NO_SPACE);
  return tag;
}

function scanVerbatim(cursor: Cursor): Property {
  cursor.at += 2;
  const suffix = scanUri(cursor, VERBATIM);
  if (suffix === '' || cursor.code() !== 0x3e) cursor.fail(BAD_TAG);
  cursor.at++;
  return { kind: 'tag', handle: '', suffix };
}

function scanShorthand(cursor: Cursor): Property {
  const handle = scanHandle(cursor);
  const rest = scanUri(cursor, URI);
  if (handle.length > 1 && handle.endsWith('!')) {
    return rest === '' ? cursor.fail(BAD_TAG) : { kind: 'tag', handle, suffix: rest };
  }
  const suffix = handle.slice(1) + rest;
  return suffix === '' ? { kind: 'tag', handle: '', suffix: '!' } : { kind: 'tag', handle: '!', suffix };
}

/** `!`, a word after it, and a second `!` if there is one. */
export function scanHandle(cursor: Cursor): string {
  const start = cursor.at;
  if (cursor.code() !== EXCLAMATION) cursor.fail(BAD_TAG);
  cursor.at++;
  cursor.readWord();
  if (cursor.code() === EXCLAMATION) cursor.at++;
  return cursor.slice(start);
}

/** The prefix that a %TAG directive gives. */
export function scanPrefix(cursor: Cursor): string {
  const prefix = scanUri(cursor, VERBATIM);
  return prefix === '' ? cursor.fail(BAD_TAG) : prefix;
}

function scanUri(cursor: Cursor, allowed: RegExp): string {
  let text = '';
  while (allowed.test(cursor.slice(cursor.at, cursor.at + 1))) {
    if (cursor.code() === PERCENT) text += scanOctets(cursor);
    else {
      text += cursor.slice(cursor.at, cursor.at + 1);
      cursor.at++;
    }
  }
  return text;
}

/** One character in escaped UTF-8 bytes. */
function scanOctets(cursor: Cursor): string {
  const lead = scanOctet(cursor);
  const width = lead < 0x80 ? 1 : lead < 0xc0 ? 0 : lead < 0xe0 ? 2 : lead < 0xf0 ? 3 : lead < 0xf8 ? 4 : 0;
  // A NUL would end the tag for libyaml.
  if (width === 0 || lead === 0) cursor.fail(BAD_TAG);
  cursor.at += 3;
  let code = width === 1 ? lead : lead & (0x7f >> width);
  for (let i = 1; i < width; i++) {
    const octet = scanOctet(cursor);
    if ((octet & 0xc0) !== 0x80) cursor.fail(BAD_TAG);
    cursor.at += 3;
    code = (code << 6) | (octet & 0x3f);
  }
  return code > 0x10ffff ? '\ufffd' : String.fromCodePoint(code);
}

function scanOctet(cursor: Cursor): number {
  const text = cursor.slice(cursor.at, cursor.at + 3);
  return /^%[0-9a-fA-F]{2}$/.test(text) ? Number.parseInt(text.slice(1), 16) : cursor.fail(BAD_TAG);
}
