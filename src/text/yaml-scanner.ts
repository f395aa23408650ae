// Cuts a YAML 1.1 text into tokens, exactly as libyaml does in the shim: what is a key shows only at its colon.
import { scanBlockScalar } from './yaml-block-scalar.ts';
import { type Cursor, END } from './yaml-cursor.ts';
import { scanDirective } from './yaml-directive.ts';
import { scanPlain } from './yaml-plain.ts';
import { PossibleKeys } from './yaml-possible-keys.ts';
import { scanName, scanTag } from './yaml-property.ts';
import { scanQuoted } from './yaml-quoted.ts';
import type { Mark, Token } from './yaml-token.ts';

const BYTE_ORDER_MARK = 0xfeff;
const NO_PLAIN_START = '-?:,[]{}#&*!|>\'"%@`';

export class Scanner {
  readonly #cursor: Cursor;
  readonly #queue: Token[] = [];
  #taken = 0;
  /** whether the first token of the queue is there and stays the first */
  #isDecided = false;
  /** column of the block collection that is open, -1 outside of all; and those around it */
  #indent = -1;
  readonly #indents: number[] = [];
  readonly #keys: PossibleKeys;
  #keyAllowed = true;

  constructor(cursor: Cursor) {
    this.#cursor = cursor;
    this.#keys = new PossibleKeys(cursor);
  }

  /** The next token. There is none after the end of the stream. */
  peek(): Token {
    if (!this.#isDecided) {
      while (this.#isUndecided()) this.#scanNext();
      this.#isDecided = true;
    }
    return this.#queue[0] ?? this.#cursor.fail('the text has ended');
  }

  take(): Token {
    const token = this.peek();
    this.#queue.shift();
    this.#taken++;
    this.#isDecided = false;
    return token;
  }

  /** Whether the first token of the queue is not there yet, or may turn out to begin a key. */
  #isUndecided(): boolean {
    if (this.#queue.length === 0) return true;
    this.#keys.dropStale();
    return this.#keys.mayBegin(this.#taken);
  }

  #scanNext(): void {
    const cursor = this.#cursor;
    this.#skipToToken();
    this.#keys.dropStale();
    this.#closeBlocks(cursor.column);
    const marker = cursor.documentMarker();
    if (cursor.code() === END) this.#scanEnd();
    else if (cursor.column === 0 && cursor.code() === 0x25) this.#scanDirective();
    else if (marker !== undefined) this.#scanMarker(marker === '-' ? 'document start' : 'document end');
    else this.#scanToken(cursor.slice(cursor.at, cursor.at + 1));
  }

  #scanToken(letter: string): void {
    const indicates = this.#cursor.isBlankOrEnd(1);
    if (letter === '[') this.#openFlow('flow sequence');
    else if (letter === '{') this.#openFlow('flow mapping');
    else if (letter === ']') this.#closeFlow('flow sequence end');
    else if (letter === '}') this.#closeFlow('flow mapping end');
    else if (letter === ',') this.#scanIndicator('flow entry', true);
    else if (letter === '-' && indicates) this.#scanBlockEntry();
    else if (letter === '?' && (this.#keys.inFlow || indicates)) this.#scanKey();
    else if (letter === ':' && (this.#keys.inFlow || indicates)) this.#scanValue();
    else if ((letter === '|' || letter === '>') && !this.#keys.inFlow) this.#scanBlockScalar();
    else this.#scanContent(letter);
  }

  #scanBlockScalar(): void {
    this.#keys.drop();
    this.#keyAllowed = true;
    const start = this.#cursor.at;
    const text = scanBlockScalar(this.#cursor, this.#indent);
    this.#push({ kind: 'scalar', text, plain: false, start, end: this.#cursor.at });
  }

  #scanContent(letter: string): void {
    const cursor = this.#cursor;
    const start = cursor.at;
    const isPlain = this.#startsPlain(letter);
    if (!isPlain && !'*&!\'"'.includes(letter)) cursor.fail('this character cannot begin a value');
    this.#rememberKey();
    this.#keyAllowed = false;
    if (isPlain) {
      const { text, broken } = scanPlain(cursor, this.#keys.inFlow, this.#indent + 1);
      this.#keyAllowed = broken;
      this.#push({ kind: 'scalar', text, plain: true, start, end: cursor.at });
    } else if (letter === '!') this.#push({ ...scanTag(cursor, this.#keys.inFlow), start, end: cursor.at });
    else if (letter === '&' || letter === '*') {
      const name = scanName(cursor);
      this.#push({ kind: letter === '&' ? 'anchor' : 'alias', name, start, end: cursor.at });
    } else this.#push({ kind: 'scalar', ...scanQuoted(cursor), plain: false, start, end: cursor.at });
  }

  /** Three indicators may begin a word where no space follows. */
  #startsPlain(letter: string): boolean {
    const cursor = this.#cursor;
    if (letter === '-') return !cursor.isBlank(1);
    if (letter === '?' || letter === ':') return !this.#keys.inFlow && !cursor.isBlankOrEnd(1);
    return !cursor.isBlankOrEnd() && !NO_PLAIN_START.includes(letter);
  }

  /** Past white space and comments. In block context a tab is white space only behind something on its line. */
  #skipToToken(): void {
    const cursor = this.#cursor;
    for (;;) {
      if (cursor.column === 0 && cursor.code() === BYTE_ORDER_MARK) cursor.at++;
      if (this.#keys.inFlow || !this.#keyAllowed) cursor.skipBlanks();
      else cursor.skipSpaces();
      cursor.skipComment();
      if (!cursor.isBreak()) return;
      cursor.readBreak();
      if (!this.#keys.inFlow) this.#keyAllowed = true;
    }
  }

  #push(token: Token): void {
    this.#queue.push(token);
  }

  #scanIndicator(kind: Mark, keyAllowed: boolean, length = 1): void {
    this.#keys.drop();
    this.#keyAllowed = keyAllowed;
    this.#pushMark(kind, length);
  }

  #pushMark(kind: Mark, length: number): void {
    const start = this.#cursor.at;
    this.#cursor.at += length;
    this.#push({ kind, start, end: this.#cursor.at });
  }

  #scanEnd(): void {
    this.#cursor.endLine();
    this.#closeBlocks(-1);
    this.#scanIndicator('stream end', false, 0);
  }

  #scanMarker(kind: Mark): void {
    this.#closeBlocks(-1);
    this.#scanIndicator(kind, false, 3);
  }

  #scanDirective(): void {
    this.#closeBlocks(-1);
    this.#keys.drop();
    this.#keyAllowed = false;
    const start = this.#cursor.at;
    const { directive, end } = scanDirective(this.#cursor);
    this.#push({ ...directive, start, end });
  }

  #openFlow(kind: Mark): void {
    this.#rememberKey();
    this.#keys.enterFlow();
    this.#keyAllowed = true;
    this.#pushMark(kind, 1);
  }

  #closeFlow(kind: Mark): void {
    this.#keys.drop();
    this.#keys.leaveFlow();
    this.#keyAllowed = false;
    this.#pushMark(kind, 1);
  }

  #scanBlockEntry(): void {
    this.#openBlockHere('block sequence', 'a list entry cannot stand here');
    this.#scanIndicator('block entry', true);
  }

  #scanKey(): void {
    this.#openBlockHere('block mapping', 'a key cannot stand here');
    this.#scanIndicator('key', !this.#keys.inFlow);
  }

  #scanValue(): void {
    const key = this.#keys.take();
    if (key === undefined) {
      this.#openBlockHere('block mapping', 'a colon stands where no key can be');
      this.#keyAllowed = !this.#keys.inFlow;
    } else {
      const { at } = key;
      const place = key.token - this.#taken;
      this.#queue.splice(place, 0, { kind: 'key', start: at, end: at });
      this.#openBlock('block mapping', at, at - this.#cursor.lineStart, place);
      this.#keyAllowed = false;
    }
    this.#pushMark('value', 1);
  }

  #openBlockHere(kind: Mark, otherwise: string): void {
    const { at, column } = this.#cursor;
    if (!this.#keys.inFlow && !this.#keyAllowed) this.#cursor.fail(otherwise);
    this.#openBlock(kind, at, column, this.#queue.length);
  }

  /** A block collection begins where something stands further to the right than the one that is open. */
  #openBlock(kind: Mark, at: number, column: number, place: number): void {
    if (this.#keys.inFlow || this.#indent >= column) return;
    this.#indents.push(this.#indent);
    this.#indent = column;
    this.#queue.splice(place, 0, { kind, start: at, end: at });
  }

  #closeBlocks(column: number): void {
    if (this.#keys.inFlow) return;
    while (this.#indent > column) {
      this.#pushMark('block end', 0);
      this.#indent = this.#indents.pop() ?? -1;
    }
  }

  #rememberKey(): void {
    if (!this.#keyAllowed) return;
    const { at, column } = this.#cursor;
    const required = !this.#keys.inFlow && this.#indent === column;
    this.#keys.remember({ token: this.#taken + this.#queue.length, at, required });
  }
}
