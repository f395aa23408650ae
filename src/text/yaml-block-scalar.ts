// Literal (`|`) and folded (`>`) scalars.
import { type Cursor, END } from './yaml-cursor.ts';

const LITERAL = 0x7c;
const SPACE = 0x20;
const PLUS = '+';
const MINUS = '-';

interface Header {
  readonly literal: boolean;
  /** `+` keeps all line breaks at the end, `-` none, else one stays */
  readonly chomping: string;
  /** columns beyond the parent's; 0 for as many as the first line has */
  readonly increment: number;
}

/** @param indent the parent's column, -1 where there is none */
export function scanBlockScalar(cursor: Cursor, indent: number): string {
  const { literal, chomping, increment } = scanHeader(cursor);
  const given = increment === 0 ? 0 : Math.max(indent, 0) + increment;
  let { breaks, column } = scanBreaks(cursor, given, indent);
  let text = '';
  let lineBreak = '';
  let wasBlank = false;
  while (cursor.column === column && cursor.code() !== END) {
    const isBlank = cursor.isBlank();
    // A folded break becomes a space between two lines of text; beside a line that begins blank it stays.
    if (!literal && lineBreak === '\n' && !wasBlank && !isBlank) text += breaks === '' ? ' ' : '';
    else text += lineBreak;
    text += breaks;
    wasBlank = isBlank;
    const start = cursor.at;
    cursor.skipLine();
    text += cursor.slice(start);
    lineBreak = cursor.readBreak();
    ({ breaks } = scanBreaks(cursor, column, indent));
  }
  return text + (chomping === MINUS ? '' : lineBreak) + (chomping === PLUS ? breaks : '');
}

function scanHeader(cursor: Cursor): Header {
  const literal = cursor.code() === LITERAL;
  cursor.at++;
  let chomping = scanChomping(cursor);
  const increment = scanIncrement(cursor);
  if (chomping === '' && increment > 0) chomping = scanChomping(cursor);
  cursor.skipBlanks();
  cursor.skipComment();
  if (!cursor.isBreakOrEnd()) cursor.fail('only a comment may follow here');
  cursor.readBreak();
  return { literal, chomping, increment };
}

function scanChomping(cursor: Cursor): string {
  const sign = cursor.slice(cursor.at, cursor.at + 1);
  if (sign !== PLUS && sign !== MINUS) return '';
  cursor.at++;
  return sign;
}

function scanIncrement(cursor: Cursor): number {
  const increment = cursor.code() - 0x30;
  if (increment < 0 || increment > 9) return 0;
  if (increment === 0) cursor.fail('an indentation of 0 cannot be asked for');
  cursor.at++;
  return increment;
}

/**
 * Reads empty lines and the indentation of the next line.
 *
 * @param given the scalar's column, 0 where it is to be told from its first line
 */
function scanBreaks(cursor: Cursor, given: number, indent: number): { breaks: string; column: number } {
  let breaks = '';
  let widest = 0;
  for (;;) {
    const isOutside = (): boolean => given === 0 || cursor.column < given;
    while (isOutside() && cursor.code() === SPACE) cursor.at++;
    widest = Math.max(widest, cursor.column);
    if (isOutside() && cursor.isTab()) cursor.fail('a tab stands where spaces must indent');
    if (!cursor.isBreak()) break;
    breaks += cursor.readBreak();
  }
  return { breaks, column: given === 0 ? Math.max(widest, indent + 1, 1) : given };
}
