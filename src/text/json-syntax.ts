// JSON into a tree of spans, strictly (RFC 8259) or as runtimes read it; in the shim, C does the latter.
import { JSON_DEPTH, type JsonKind, type JsonTree } from './json.ts';
import { findPosition, Malformed } from './malformed.ts';
import type { SyntaxFailure } from './yaml-tree.ts';

const KINDS = ['object', 'array', 'string', 'number', 'true', 'false', 'null'] as const;
const OBJECT = 0;
const ARRAY = 1;
const STRING = 2;
const NUMBER = 3;

/** Reads a JSON text; offsets of the tree are string indexes. */
export function parseJson(text: string): JsonTree | SyntaxFailure {
  return parse(new Parser(text, true), (raw) => raw);
}

/**
 * Reads what one of the runtimes takes for JSON, as shim/json.c does: besides comments and the white space of crun's
 * reader, any depth, and whatever follows the value.
 *
 * @param decode makes characters of what stands in a string, where the text has something else in their place
 */
export function parseDocument(text: string, decode: (raw: string) => string = (raw) => raw): JsonTree | SyntaxFailure {
  return parse(new Parser(text, false), decode);
}

function parse(parser: Parser, decode: (raw: string) => string): JsonTree | SyntaxFailure {
  try {
    parser.document();
  } catch (error) {
    if (!(error instanceof Malformed)) throw error;
    return { syntax: error.message, at: findPosition(parser.text, error.offset ?? 0) };
  }
  return parser.tree(decode);
}

const isDigit = (code: number): boolean => code >= 0x30 && code <= 0x39;

class Parser {
  readonly text: string;
  readonly #isStrict: boolean;
  #at = 0;
  readonly #kinds: number[] = [];
  readonly #starts: number[] = [];
  readonly #ends: number[] = [];
  readonly #nexts: number[] = [];
  readonly #keyStarts: number[] = [];

  constructor(text: string, isStrict: boolean) {
    this.text = text;
    this.#isStrict = isStrict;
  }

  /** Without recursion: a text may nest as deep as it likes. */
  document(): void {
    const open: number[] = [];
    this.#space();
    this.#value(0);
    for (let node = 0; ; ) {
      if (this.#isOpen(node)) {
        open.push(node);
        this.#space();
      }
      const around = open.at(-1);
      if (around === undefined) break;
      const close = this.#kinds[around] === OBJECT ? '}' : ']';
      const isFirst = around === node;
      if (!isFirst) this.#space();
      const next = this.text[this.#at];
      if (next === close) {
        this.#at++;
        open.pop();
        this.#end(around);
        node = around;
        continue;
      }
      if (!isFirst) {
        if (next !== ',') this.#fail(`a comma or ${close} is missing`);
        this.#at++;
        this.#space();
      }
      const keyStart = close === '}' ? this.#key() : 0;
      if (this.#isStrict && open.length > JSON_DEPTH) this.#fail(`nested deeper than ${JSON_DEPTH} levels`);
      node = this.#value(keyStart);
    }
    this.#space();
    if (this.#isStrict && this.#at < this.text.length) this.#fail('something follows the end of the value');
  }

  tree(decode: (raw: string) => string): JsonTree {
    const { text } = this;
    const children = (node: number): number[] => {
      const out: number[] = [];
      const end = this.#nexts[node] ?? 0;
      for (let child = node + 1; child < end; child = this.#nexts[child] ?? end) out.push(child);
      return out;
    };
    const slice = (start: number, end: number): string => text.slice(start, end);
    const start = (node: number): number => this.#starts[node] ?? 0;
    const end = (node: number): number => this.#ends[node] ?? 0;
    const keyStart = (node: number): number => this.#keyStarts[node] ?? 0;
    const literalAt = (from: number): string => String(JSON.parse(decode(text.slice(from, findStringEnd(text, from)))));
    return {
      kind: (node): JsonKind => KINDS[this.#kinds[node] ?? NUMBER] ?? 'null',
      members: (node) => children(node).map((child) => [literalAt(keyStart(child)), child] as const),
      elements: children,
      string: (node) => String(JSON.parse(decode(slice(start(node), end(node))))),
      number: (node) => slice(start(node), end(node)),
      start,
      end,
      keyStart,
      slice,
    };
  }

  #fail(reason: string): never {
    throw new Malformed(reason, this.#at);
  }

  #space(): void {
    for (;;) {
      const code = this.text.charCodeAt(this.#at);
      if (code === 0x20 || code === 0x0a || code === 0x0d || code === 0x09) this.#at++;
      else if (this.#isStrict) return;
      else if (code === 0x0b || code === 0x0c) this.#at++;
      else if (this.text.startsWith('//', this.#at)) this.#skipComment('\n');
      else if (this.text.startsWith('/*', this.#at)) this.#skipComment('*/');
      else return;
    }
  }

  #skipComment(end: string): void {
    const at = this.text.indexOf(end, this.#at + 2);
    this.#at = at < 0 ? this.text.length : at + end.length;
  }

  /** A scalar as a whole; of an object or a list only its beginning. */
  #value(keyStart: number): number {
    const node = this.#kinds.length;
    this.#starts[node] = this.#at;
    this.#keyStarts[node] = keyStart;
    const first = this.text[this.#at];
    this.#kinds[node] = first === '{' ? OBJECT : first === '[' ? ARRAY : first === '"' ? STRING : NUMBER;
    if (first === '{' || first === '[') {
      this.#at++;
      return node;
    }
    if (first === '"') this.#string();
    else this.#literal(node);
    this.#end(node);
    return node;
  }

  #end(node: number): void {
    this.#ends[node] = this.#at;
    this.#nexts[node] = this.#kinds.length;
  }

  /** Whether what is in a node comes next: nothing has an end that is still open. */
  #isOpen(node: number): boolean {
    return this.#ends[node] === undefined;
  }

  #key(): number {
    const keyStart = this.#at;
    if (this.text[this.#at] !== '"') this.#fail('a key in double quotes is missing');
    this.#string();
    this.#space();
    if (this.text[this.#at] !== ':') this.#fail('a colon is missing');
    this.#at++;
    this.#space();
    return keyStart;
  }

  #string(): void {
    const start = this.#at;
    this.#at++;
    for (;;) {
      const code = this.text.charCodeAt(this.#at);
      if (Number.isNaN(code)) {
        this.#at = start;
        this.#fail('a string does not end');
      }
      if (code < 0x20) this.#fail('a control character stands in a string');
      this.#at++;
      if (code === 0x22) return;
      if (code === 0x5c) this.#escape();
    }
  }

  #escape(): void {
    const letter = this.text[this.#at] ?? '';
    const digits = this.text.slice(this.#at + 1, this.#at + 5);
    const known = letter === 'u' ? /^[0-9a-fA-F]{4}$/.test(digits) : letter !== '' && '"\\/bfnrt'.includes(letter);
    if (!known) this.#fail('an escape is not one of JSON');
    this.#at += letter === 'u' ? 5 : 1;
  }

  #literal(node: number): void {
    for (const [kind, word] of KINDS.entries()) {
      if (kind > NUMBER && this.text.startsWith(word, this.#at)) {
        this.#kinds[node] = kind;
        this.#at += word.length;
        return;
      }
    }
    this.#number();
  }

  #number(): void {
    if (this.text[this.#at] === '-') this.#at++;
    if (this.text[this.#at] === '0') this.#at++;
    else this.#digits('a value is missing');
    if (this.text[this.#at] === '.') {
      this.#at++;
      this.#digits('a number has no digit after its point');
    }
    if (this.text[this.#at] === 'e' || this.text[this.#at] === 'E') {
      this.#at++;
      if (this.text[this.#at] === '+' || this.text[this.#at] === '-') this.#at++;
      this.#digits('a number has no digit in its exponent');
    }
  }

  #digits(otherwise: string): void {
    if (!isDigit(this.text.charCodeAt(this.#at))) this.#fail(otherwise);
    while (isDigit(this.text.charCodeAt(this.#at))) this.#at++;
  }
}

/** The offset after a string that is known to be well-formed. */
function findStringEnd(text: string, start: number): number {
  let at = start + 1;
  while (text[at] !== '"') at += text[at] === '\\' ? 2 : 1;
  return at + 1;
}
