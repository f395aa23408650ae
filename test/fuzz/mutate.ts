// Changes to inputs: most keep the form of a text and say something else; some damage it, down to single bits.
import type { Random } from './random.ts';

const LONGEST_PART = 40;

/** What mutations are made from. */
export interface Material {
  /** inputs to take parts from */
  readonly others: readonly Buffer[];
  /** what stands for something in the format */
  readonly words: readonly (string | Buffer)[];
}

/** An input with one change or some. */
export function mutated(input: Buffer, material: Material, random: Random): Buffer {
  let bytes = input;
  for (let changes = random.below(1 + random.below(6)); changes >= 0; changes--)
    bytes = random.pick(CHANGES)(bytes, material, random);
  return bytes;
}

type Change = (bytes: Buffer, material: Material, random: Random) => Buffer;

/** The bytes with others in place of a part; the part may be empty. */
function replaced(bytes: Buffer, start: number, length: number, instead: Uint8Array): Buffer {
  return Buffer.concat([bytes.subarray(0, start), instead, bytes.subarray(start + length)]);
}

const TOKEN = /"(?:[^"\\\n]|\\.)*"|[\w./+-]+|[ \t\r\n]+|[\x80-\xff]+|[\s\S]/g;

/** A text in quotes, a word, white space, bytes beyond ASCII, or a mark: a token is exchanged for one that is alike. */
function tokenClass(token: string): string {
  if (token.startsWith('"') && token.length > 1) return 'text';
  if (/^[\w./+-]/.test(token)) return 'word';
  return /^[ \t\r\n]/.test(token) ? 'white' : /^[\x80-\xff]/.test(token) ? 'wide' : 'mark';
}

/** Byte for byte, so that what is no UTF-8 comes through. */
function tokensOf(bytes: string | Buffer): string[] {
  return Buffer.from(bytes).toString('latin1').match(TOKEN) ?? [];
}

/** A token in the place of one of its class; marks seldom, since they hold all together. */
const exchange: Change = (bytes, { others, words }, random) => {
  const tokens = tokensOf(bytes);
  const places = [...tokens.keys()].filter((at) => tokenClass(tokens[at] ?? '') !== 'mark' || random.below(8) === 0);
  if (places.length === 0) return bytes;
  const at = random.pick(places);
  const wanted = tokenClass(tokens[at] ?? '');
  const source = random.below(3) === 0 ? words.flatMap(tokensOf) : tokensOf(random.pick([bytes, ...others]));
  const alike = source.filter((token) => tokenClass(token) === wanted);
  return alike.length === 0 ? bytes : Buffer.from(tokens.with(at, random.pick(alike)).join(''), 'latin1');
};

/** Some tokens cut out, once more, or at another place. */
const move: Change = (bytes, _, random) => {
  const tokens = tokensOf(bytes);
  const start = random.below(tokens.length + 1);
  const some = tokens.slice(start, start + 1 + random.below(6));
  if (random.below(2) === 0) tokens.splice(start, some.length);
  if (random.below(2) === 0) tokens.splice(random.below(tokens.length + 1), 0, ...some);
  return Buffer.from(tokens.join(''), 'latin1');
};

const insert: Change = (bytes, { words }, random) =>
  replaced(bytes, random.below(bytes.length + 1), random.below(2) * random.below(8), Buffer.from(random.pick(words)));

/** A part of this input or of another one, put in somewhere. */
const splice: Change = (bytes, { others }, random) => {
  const from = random.pick([bytes, ...others]);
  const start = random.below(from.length + 1);
  const part = from.subarray(start, start + random.below(LONGEST_PART));
  return replaced(bytes, random.below(bytes.length + 1), random.below(2) * random.below(8), part);
};

const cut: Change = (bytes, _, random) => {
  const start = random.below(bytes.length + 1);
  return random.below(8) === 0 ? bytes.subarray(0, start) : replaced(bytes, start, random.below(8), Buffer.of());
};

const flip: Change = (bytes, _, random) => {
  if (bytes.length === 0) return bytes;
  const at = random.below(bytes.length);
  // the highest bit seldom: it makes the whole no UTF-8
  const bit = random.below(8) === 0 ? 128 : 1 << random.below(7);
  return replaced(bytes, at, 1, Buffer.of((bytes[at] ?? 0) ^ bit));
};

const CHANGES: readonly Change[] = [exchange, exchange, exchange, exchange, exchange, move, insert, splice, cut, flip];
