// Cuts a YAML 1.1 text into tokens, exactly as libyaml does in the shim: what is a key shows only at its colon.
import { scanBlockScalar } from './yaml-block-scalar.ts';
import { type Cursor, END } from './yaml-cursor.ts';
import { scanDirective } from './yaml-directive.ts';
import { scanPlain } from './yaml-plain.ts';
import { scanName, scanTag } from './yaml-property.ts';
import { scanQuoted } from './yaml-quoted.ts';
import type { Mark, Token } from './yaml-token.ts';

/** Something that will have been a key if a colon follows it, on its line and near enough. */
interface PossibleKey {
  /** its token's number, counted from the first of the text */
  readonly token: number;
  readonly at: number;
  /** nothing but a key can stand there */
  readonly required: boolean;
}

/** In characters. */
const LONGEST_KEY = 1024;
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
  /** by level of brackets, the outermost first */
  readonly #keys: (PossibleKey | undefined)[] = [undefined];
  #keyAllowed = true;

  constructor(cursor: Cursor) {
    this.#cursor = cursor;
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

  get #inFlow(): boolean {
    return this.#keys.length > 1;
  }

  /** Whether the first token of the queue is not there yet, or may turn out to begin a key. */
  #isUndecided(): boolean {
    if (this.#queue.length === 0) return true;
    this.#dropStaleKeys();
    for (let level = 0; level < this.#keys.length; level++) {
      if (this.#keys[level]?.token === this.#taken) return true;
    }
    return false;
  }

  #scanNext(): void {
    const cursor = this.#cursor;
    this.#skipToToken();
    this.#dropStaleKeys();
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
    else if (letter === '?' && (this.#inFlow || indicates)) this.#scanKey();
    else if (letter === ':' && (this.#inFlow || indicates)) this.#scanValue();
    else if ((letter === '|' || letter === '>') && !this.#inFlow) this.#scanBlockScalar();
    else this.#scanContent(letter);
  }

  #scanBlockScalar(): void {
    this.#dropKey();
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
      const { text, broken } = scanPlain(cursor, this.#inFlow, this.#indent + 1);
      this.#keyAllowed = broken;
      this.#push({ kind: 'scalar', text, plain: true, start, end: cursor.at });
    } else if (letter === '!') this.#push({ ...scanTag(cursor, this.#inFlow), start, end: cursor.at });
    else if (letter === '&' || letter === '*') {
      const name = scanName(cursor);
      this.#push({ kind: letter === '&' ? 'anchor' : 'alias', name, start, end: cursor.at });
    } else this.#push({ kind: 'scalar', ...scanQuoted(cursor), plain: false, start, end: cursor.at });
  }

  /** Three indicators may begin a word where no space follows. */
  #startsPlain(letter: string): boolean {
    const cursor = this.#cursor;
    if (letter === '-') return !cursor.isBlank(1);
    if (letter === '?' || letter === ':') return !this.#inFlow && !cursor.isBlankOrEnd(1);
    return !cursor.isBlankOrEnd() && !NO_PLAIN_START.includes(letter);
  }

  /** Past white space and comments. In block context a tab is white space only behind something on its line. */
  #skipToToken(): void {
    const cursor = this.#cursor;
    for (;;) {
      if (cursor.column === 0 && cursor.code() === BYTE_ORDER_MARK) cursor.at++;
      while (cursor.code() === 0x20 || (cursor.isTab() && (this.#inFlow || !this.#keyAllowed))) cursor.at++;
      cursor.skipComment();
      if (!cursor.isBreak()) return;
      cursor.readBreak();
      if (!this.#inFlow) this.#keyAllowed = true;
    }
  }

  #push(token: Token): void {
    this.#queue.push(token);
  }

  #scanIndicator(kind: Mark, keyAllowed: boolean, length = 1): void {
    this.#dropKey();
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
    this.#dropKey();
    this.#keyAllowed = false;
    const start = this.#cursor.at;
    const { directive, end } = scanDirective(this.#cursor);
    this.#push({ ...directive, start, end });
  }

  #openFlow(kind: Mark): void {
    this.#rememberKey();
    this.#keys.push(undefined);
    this.#keyAllowed = true;
    this.#pushMark(kind, 1);
  }

  #closeFlow(kind: Mark): void {
    this.#dropKey();
    if (this.#inFlow) this.#keys.pop();
    this.#keyAllowed = false;
    this.#pushMark(kind, 1);
  }

  #scanBlockEntry(): void {
    this.#openBlockHere('block sequence', 'a list entry cannot stand here');
    this.#scanIndicator('block entry', true);
  }

  #scanKey(): void {
    this.#openBlockHere('block mapping', 'a key cannot stand here');
    this.#scanIndicator('key', !this.#inFlow);
  }

  #scanValue(): void {
    const key = this.#keys.at(-1);
    if (key === undefined) {
      this.#openBlockHere('block mapping', 'a colon stands where no key can be');
      this.#keyAllowed = !this.#inFlow;
    } else {
      const { at } = key;
      const place = key.token - this.#taken;
      this.#queue.splice(place, 0, { kind: 'key', start: at, end: at });
      this.#openBlock('block mapping', at, at - this.#cursor.lineStart, place);
      this.#keys[this.#keys.length - 1] = undefined;
      this.#keyAllowed = false;
    }
    this.#pushMark('value', 1);
  }

  #openBlockHere(kind: Mark, otherwise: string): void {
    const { at, column } = this.#cursor;
    if (!this.#inFlow && !this.#keyAllowed) this.#cursor.fail(otherwise);
    this.#openBlock(kind, at, column, this.#queue.length);
  }

  /** A block collection begins where something stands further to the right than the one that is open. */
  #openBlock(kind: Mark, at: number, column: number, place: number): void {
    if (this.#inFlow || this.#indent >= column) return;
    this.#indents.push(this.#indent);
    this.#indent = column;
    this.#queue.splice(place, 0, { kind, start: at, end: at });
  }

  #closeBlocks(column: number): void {
    if (this.#inFlow) return;
    while (this.#indent > column) {
      this.#pushMark('block end', 0);
      this.#indent = this.#indents.pop() ?? -1;
    }
  }

  #rememberKey(): void {
    if (!this.#keyAllowed) return;
    const { at, column } = this.#cursor;
    this.#dropKey();
    const required = !this.#inFlow && this.#indent === column;
    this.#keys[this.#keys.length - 1] = { token: this.#taken + this.#queue.length, at, required };
  }

  #dropKey(): void {
    this.#giveUp(this.#keys.length - 1);
  }

  #giveUp(level: number): void {
    if (this.#keys[level]?.required === true) this.#cursor.fail('a colon after the key is missing');
    this.#keys[level] = undefined;
  }

  #dropStaleKeys(): void {
    const { at: here, lineStart } = this.#cursor;
    for (let level = 0; level < this.#keys.length; level++) {
      const at = this.#keys[level]?.at ?? here;
      const isFar = here - at > LONGEST_KEY && this.#cursor.charactersSince(at) > LONGEST_KEY;
      if (at < lineStart || isFar) this.#giveUp(level);
    }
  }
}
