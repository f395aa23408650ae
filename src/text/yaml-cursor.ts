// A place in a YAML text that moves forward, and what YAML 1.1 says of single characters.
import type { Position } from './error.ts';
import { Malformed } from './malformed.ts';

const TAB = 0x09;
const LINE_FEED = 0x0a;
const CARRIAGE_RETURN = 0x0d;
const SPACE = 0x20;

/** What stands at the end of the text: no character that YAML allows. */
export const END = 0;

/** What may stand anywhere, for `skip`. */
const BLANKS = /[ \t]*/y;
const SPACES = / */y;
const LINE = /[^\n\r\x85\u2028\u2029\0]*/y;
const WORD = /[A-Za-z0-9_-]*/y;
const LINE_BREAK = /\r\n|[\n\r\x85\u2028\u2029]/;

/** Offset of the first character that YAML does not allow. */
export function strangeCharacter(text: string): number | undefined {
  return /[^\t\n\r\x20-\x7e\x85\xa0-\ud7ff\ue000-\ufffd\u{10000}-\u{10ffff}]/u.exec(text)?.index;
}

export class Cursor {
  /** index of the character that is next; one past the end once the end has been made a line of its own */
  at = 0;
  lineStart = 0;
  readonly #text: string;
  readonly #length: number;

  constructor(text: string) {
    this.#text = `${text}\0`;
    this.#length = text.length;
  }

  /** Spaces and characters since the start of the line; exact where only ASCII stands before. */
  get column(): number {
    return this.at - this.lineStart;
  }

  /** The UTF-16 unit at a distance. */
  code(ahead = 0): number {
    return this.#text.charCodeAt(this.at + ahead);
  }

  slice(start: number, end: number = this.at): string {
    return this.#text.slice(start, end);
  }

  /** Number of characters from an offset to here. */
  charactersSince(start: number): number {
    return [...this.slice(start)].length;
  }

  /**
   * Moves past what a sticky pattern matches here; it must match nothing, too. Most commands read few texts, and for
   * those an expression is several times as fast as a loop of ours.
   */
  skip(pattern: RegExp): void {
    pattern.lastIndex = this.at;
    pattern.test(this.#text);
    this.at = pattern.lastIndex;
  }

  isBlank(ahead = 0): boolean {
    const code = this.code(ahead);
    return code === SPACE || code === TAB;
  }

  isTab(): boolean {
    return this.code() === TAB;
  }

  isBreak(ahead = 0): boolean {
    const code = this.code(ahead);
    return code === LINE_FEED || code === CARRIAGE_RETURN || code === 0x85 || code === 0x2028 || code === 0x2029;
  }

  isBreakOrEnd(): boolean {
    return this.code() === END || this.isBreak();
  }

  isBlankOrEnd(ahead = 0): boolean {
    return this.code(ahead) === END || this.isBlank(ahead) || this.isBreak(ahead);
  }

  skipBlanks(): void {
    this.skip(BLANKS);
  }

  skipSpaces(): void {
    this.skip(SPACES);
  }

  /** Up to the line break. */
  skipLine(): void {
    this.skip(LINE);
  }

  /** Skips a comment, if one begins here, up to its line break. */
  skipComment(): void {
    if (this.code() === 0x23) this.skipLine();
  }

  /** Moves past a line break, if there is one, and gives what it counts as. */
  readBreak(): string {
    if (!this.isBreak()) return '';
    const code = this.code();
    this.at += code === CARRIAGE_RETURN && this.code(1) === LINE_FEED ? 2 : 1;
    this.lineStart = this.at;
    return code >= 0x2028 ? String.fromCharCode(code) : '\n';
  }

  /** `-` or `.` where the line begins with three of them alone. */
  documentMarker(): '-' | '.' | undefined {
    if (this.at !== this.lineStart || !this.isBlankOrEnd(3)) return undefined;
    const three = this.slice(this.at, this.at + 3);
    return three === '---' ? '-' : three === '...' ? '.' : undefined;
  }

  /** Takes letters, digits, `_` and `-`. */
  readWord(): string {
    const start = this.at;
    this.skip(WORD);
    return this.slice(start);
  }

  /** What comes after the last character begins a new line. */
  endLine(): void {
    if (this.column === 0) return;
    this.at++;
    this.lineStart = this.at;
  }

  fail(reason: string, at: number = this.at): never {
    throw new Malformed(reason, at);
  }

  /** Line and column of offsets. */
  position(offset: number): Position {
    const lines = this.#text.slice(0, Math.min(offset, this.#length)).split(LINE_BREAK);
    if (offset > this.#length) return { line: lines.length + 1, column: 1 };
    return { line: lines.length, column: [...(lines.at(-1) ?? '')].length + 1 };
  }
}
