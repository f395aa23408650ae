// Lines that begin with %.
import type { Cursor } from './yaml-cursor.ts';
import { BAD_TAG, NO_SPACE, scanHandle, scanPrefix } from './yaml-property.ts';
import type { Directive } from './yaml-token.ts';

const BAD_DIRECTIVE = 'a directive is malformed';
const UNKNOWN = 'a directive is unknown';
const LONGEST_NUMBER = 9;

/** @returns the directive and the offset after it; the rest of its line is read as well */
export function scanDirective(cursor: Cursor): { directive: Directive; end: number } {
  cursor.at++;
  const name = cursor.readWord();
  if (name === '') cursor.fail(UNKNOWN);
  if (!cursor.isBlankOrEnd()) cursor.fail(BAD_DIRECTIVE);
  if (name !== 'YAML' && name !== 'TAG') cursor.fail(UNKNOWN);
  cursor.skipBlanks();
  const directive = name === 'YAML' ? scanVersion(cursor) : scanTagPrefix(cursor);
  const end = cursor.at;
  cursor.skipBlanks();
  cursor.skipComment();
  if (!cursor.isBreakOrEnd()) cursor.fail('only a comment may follow here');
  cursor.readBreak();
  return { directive, end };
}

function scanVersion(cursor: Cursor): Directive {
  const major = scanNumber(cursor);
  if (cursor.code() !== 0x2e) cursor.fail(BAD_DIRECTIVE);
  cursor.at++;
  return { kind: 'version', major, minor: scanNumber(cursor) };
}

function scanNumber(cursor: Cursor): number {
  const start = cursor.at;
  while (cursor.code() >= 0x30 && cursor.code() <= 0x39) {
    if (cursor.at - start === LONGEST_NUMBER) cursor.fail(BAD_DIRECTIVE);
    cursor.at++;
  }
  return cursor.at === start ? cursor.fail(BAD_DIRECTIVE) : Number(cursor.slice(start));
}

function scanTagPrefix(cursor: Cursor): Directive {
  const handle = scanHandle(cursor);
  if (handle !== '!' && !handle.endsWith('!')) cursor.fail(BAD_TAG);
  if (!cursor.isBlank()) cursor.fail(NO_SPACE);
  cursor.skipBlanks();
  const prefix = scanPrefix(cursor);
  if (!cursor.isBlankOrEnd()) cursor.fail(NO_SPACE);
  return { kind: 'tag prefix', handle, prefix };
}
