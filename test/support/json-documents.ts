// Random JSON documents as texts: any white space, key order, escapes and numbers; and what they mean.
import fc from 'fast-check';
import type { JsonTree } from '../../src/text/json.ts';

/**
 * How many documents a property tries, or how many times as many. `npm run test:system` runs `*.random.test.ts` once
 * more, with more.
 */
export const RUNS: number = Number(process.env['FUZZ_RUNS'] ?? 100);

/** A JSON value as it is to be written: members in order, numbers by their literals. */
export type Written =
  | { readonly members: readonly (readonly [key: string, value: Written])[] }
  | { readonly items: readonly Written[] }
  | { readonly text: string }
  | { readonly literal: string };

export const text = (value: string): Written => ({ text: value });
export const literal = (value: unknown): Written => ({ literal: String(value) });
export const list = (items: readonly Written[]): Written => ({ items });
export const object = (members: Readonly<Record<string, Written | undefined>>): Written => ({
  members: Object.entries(members).flatMap(([key, value]) => (value === undefined ? [] : [[key, value] as const])),
});

const LITERALS = ['null', 'true', 'false', '0', '-0', '1.0', '-1e3', '2.5E-07', '12', '9007199254740993'];
const WIDE = ['18446744073709551615', '9223372036854775807', '-9223372036854775808', '123456789012345678901234567890'];

/** Texts with what is hard in them: quotes, escapes, line breaks, pairs, halves of pairs, keys of objects. */
export const anyText: fc.Arbitrary<string> = fc.oneof(
  fc.string({ unit: 'grapheme', maxLength: 8 }),
  fc.string({ unit: 'binary', maxLength: 4 }),
  fc.constantFrom(
    '',
    '"',
    '\\',
    '/',
    '\n\u2028',
    '\u0000',
    '\u{1f600}',
    '\ud800',
    '__proto__',
    'constructor',
    '1',
    'path',
  ),
);

/** Any value, not deep; keys may repeat. */
export const anyWritten: fc.Arbitrary<Written> = fc.letrec<{ value: Written }>((tie) => ({
  value: fc.oneof(
    { maxDepth: 3, depthSize: 'small' },
    fc.constantFrom(...LITERALS, ...WIDE).map(literal),
    anyText.map(text),
    fc.array(tie('value'), { maxLength: 3 }).map(list),
    fc.array(fc.tuple(anyText, tie('value')), { maxLength: 3 }).map((members) => ({ members })),
  ),
})).value;

/** Adds members that no one knows, between the others and in another order. */
export function withUnknown(known: fc.Arbitrary<Written>): fc.Arbitrary<Written> {
  const unknown = fc.tuple(
    fc.constantFrom('x', 'org.example/y', 'é', '\u{1f600}', '__proto__', '7', '', 'a"b\\c'),
    anyWritten,
  );
  const options = { maxLength: 3, selector: ([key]: readonly [string, Written]) => key };
  return fc.tuple(known, fc.uniqueArray(unknown, options), fc.nat()).map(([value, extra, seed]) => {
    if (!('members' in value)) return value;
    return { members: shuffled([...value.members, ...extra], randomizer(seed)) };
  });
}

/** Small whole numbers, 0 to `below` - 1, from a seed. */
type Random = (below: number) => number;

function randomizer(seed: number): Random {
  let state = (seed ^ 0x2545f491) >>> 0 || 1;
  return (below) => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    state >>>= 0;
    return state % below;
  };
}

function shuffled<T>(items: readonly T[], random: Random): T[] {
  const out = [...items];
  for (let i = out.length - 1; i > 0; i--) {
    const k = random(i + 1);
    const [a, b] = [out[i], out[k]];
    if (a !== undefined && b !== undefined) [out[i], out[k]] = [b, a];
  }
  return out;
}

interface Style {
  /** white space at a depth */
  readonly gap: (depth: number) => string;
  readonly afterColon: () => string;
  readonly beforeColon: () => string;
  readonly escape: (character: string) => string;
}

/** Writes a value in one of the ways that programs and people have, or in none. */
export function print(value: Written, seed: number): string {
  const random = randomizer(seed);
  const style = STYLES[seed % STYLES.length]?.(random) ?? compact;
  return style.gap(0).trimStart() + write(value, 0, style) + (seed % 3 === 0 ? '\n' : '');
}

const compact: Style = { gap: () => '', afterColon: () => '', beforeColon: () => '', escape: (character) => character };

const STYLES: readonly ((random: Random) => Style)[] = [
  () => compact,
  () => ({ ...compact, gap: (depth) => `\n${'  '.repeat(depth)}`, afterColon: () => ' ' }),
  () => ({ ...compact, gap: (depth) => `\r\n${'\t'.repeat(depth)}`, beforeColon: () => ' ', afterColon: () => ' ' }),
  (random) => {
    const blank = (): string => Array.from({ length: random(4) }, () => ' \n\t\r'[random(4)]).join('');
    return {
      gap: blank,
      afterColon: blank,
      beforeColon: blank,
      escape: (c) => (random(4) === 0 ? escaped(c, random) : c),
    };
  },
];

function escaped(character: string, random: Random): string {
  if (character === '/' && random(2) === 0) return '\\/';
  const hex = [...Array(character.length).keys()].map((i) => character.charCodeAt(i).toString(16).padStart(4, '0'));
  return hex.map((code) => `\\u${random(2) === 0 ? code : code.toUpperCase()}`).join('');
}

function write(value: Written, depth: number, style: Style): string {
  if ('literal' in value) return value.literal;
  if ('text' in value) return writeText(value.text, style);
  const [open, close] = 'items' in value ? '[]' : '{}';
  const parts =
    'items' in value
      ? value.items.map((item) => write(item, depth + 1, style))
      : value.members.map(([key, member]) => {
          const colon = `${style.beforeColon()}:${style.afterColon()}`;
          return `${writeText(key, style)}${colon}${write(member, depth + 1, style)}`;
        });
  if (parts.length === 0) return `${open}${depth % 2 === 0 ? '' : style.gap(0).trimStart()}${close}`;
  const inner = parts.map((part) => style.gap(depth + 1) + part).join(',');
  return `${open}${inner}${style.gap(depth)}${close}`;
}

function writeText(value: string, style: Style): string {
  const characters = [...value].map((character) => {
    const code = character.codePointAt(0) ?? 0;
    if (character === '"' || character === '\\' || code < 0x20) return JSON.stringify(character).slice(1, -1);
    // a half of a pair has no other spelling in a file
    if (code >= 0xd800 && code <= 0xdfff) return `\\u${code.toString(16)}`;
    return style.escape(character);
  });
  return `"${characters.join('')}"`;
}

/** What a document means, in memory: whole numbers beyond 2^53 are bigints, of equal keys the last one counts. */
export function meaningOf(tree: JsonTree, node = 0): unknown {
  switch (tree.kind(node)) {
    case 'object':
      return Object.fromEntries(tree.members(node).map(([key, member]) => [key, meaningOf(tree, member)]));
    case 'array':
      return tree.elements(node).map((element) => meaningOf(tree, element));
    case 'string':
      return tree.string(node);
    case 'number': {
      const number = tree.number(node);
      return Number.isSafeInteger(Number(number)) || !/^-?\d+$/.test(number) ? Number(number) : BigInt(number);
    }
    case 'null':
      return null;
    default:
      return tree.kind(node) === 'true';
  }
}

/** Freezes a value and all in it, so that any change to it throws. */
export function deepFrozen<T>(value: T): T {
  if (typeof value === 'object' && value !== null)
    for (const member of Object.values(Object.freeze(value))) deepFrozen(member);
  return value;
}
