// JSON as the shim's host reads it: what it refuses, and where everything stands.
import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { createNodeHost } from '../../src/host/node.ts';
import type { Operation } from './fixtures/probe.ts';
import { operate, scratch } from './probe-binary.ts';

const folder = scratch();
const host = createNodeHost();

function ask(text: string | Uint8Array, ...operations: Operation[]): unknown[] {
  const file = join(folder, 'text.json');
  writeFileSync(file, text);
  return operate(folder, [['readFile', file, 1 << 24], ['parseJson', '$0'], ...operations]).slice(1);
}

const bytes = (hex: string): Uint8Array => Buffer.from(hex, 'hex');
const ESCAPE = 'an escape is not one of JSON';

const refused: [text: string | Uint8Array, words: string, line: number, column: number][] = [
  ['', 'a value is missing', 1, 1],
  [' \n ', 'a value is missing', 2, 2],
  ['\ufeff{}', 'a value is missing', 1, 1],
  ['[1\n 2]', 'a comma or ] is missing', 2, 2],
  ['[1', 'a comma or ] is missing', 1, 3],
  ['[1}', 'a comma or ] is missing', 1, 3],
  ['{"a": 1 "b": 2}', 'a comma or } is missing', 1, 9],
  ['{"a" 1}', 'a colon is missing', 1, 6],
  ['{a: 1}', 'a key in double quotes is missing', 1, 2],
  ['{"a": 1,}', 'a key in double quotes is missing', 1, 9],
  ['{', 'a key in double quotes is missing', 1, 2],
  ['[1,]', 'a value is missing', 1, 4],
  ['[,1]', 'a value is missing', 1, 2],
  ['{"a":}', 'a value is missing', 1, 6],
  ['[', 'a value is missing', 1, 2],
  ['tru', 'a value is missing', 1, 1],
  ['True', 'a value is missing', 1, 1],
  ['NaN', 'a value is missing', 1, 1],
  ['"ä', 'a string does not end', 1, 1],
  ['["äö\u{1F600}", "x]', 'a string does not end', 1, 9],
  ['"a\nb"', 'a control character stands in a string', 1, 3],
  ['"\0"', 'a control character stands in a string', 1, 2],
  ['[1\0]', 'a comma or ] is missing', 1, 3],
  ['"\\x"', ESCAPE, 1, 3],
  ['"\\u12g4"', ESCAPE, 1, 3],
  ['"\\u12"', ESCAPE, 1, 3],
  ['"\\', ESCAPE, 1, 3],
  ['"\\\0"', ESCAPE, 1, 3],
  ['[01]', 'a comma or ] is missing', 1, 3],
  ['[-]', 'a value is missing', 1, 3],
  ['[-01]', 'a comma or ] is missing', 1, 4],
  ['+1', 'a value is missing', 1, 1],
  ['.5', 'a value is missing', 1, 1],
  ['1.', 'a number has no digit after its point', 1, 3],
  ['1.e1', 'a number has no digit after its point', 1, 3],
  ['1e', 'a number has no digit in its exponent', 1, 3],
  ['1E+', 'a number has no digit in its exponent', 1, 4],
  ['[/x]', 'a value is missing', 1, 2],
  ['[1 // x', 'a comma or ] is missing', 1, 8],
  ['[1 /* x', 'a comma or ] is missing', 1, 8],
  ['[/*/1]', 'a value is missing', 1, 7],
  ["['x']", 'a value is missing', 1, 2],
  // what is no UTF-8 outside of strings
  [bytes('5be95d'), 'a value is missing', 1, 2],
  // columns behind it, a byte that is no character counted as one
  [bytes('5b22e282c3f09f982220785d'), 'a comma or ] is missing', 1, 11],
  ['['.repeat(100_000), 'a value is missing', 1, 100_001],
  ['{"a":'.repeat(100_000), 'a value is missing', 1, 500_001],
];
for (const [text, words, line, column] of refused)
  test(`parseJson() refuses ${JSON.stringify(typeof text === 'string' ? text.slice(0, 20) : Buffer.from(text).toString('hex'))}`, () => {
    assert.deepEqual(ask(text)[0], [words, line, column]);
    assert.deepEqual(inNode(text), [words, line, column]);
  });

/** What Node's host says of the same text. */
function inNode(text: string | Uint8Array): unknown {
  const file = join(folder, 'text.json');
  writeFileSync(file, text);
  const content = host.readFile(file, 1 << 24);
  assert.ok('size' in content);
  const tree = host.parseJson(content);
  return 'syntax' in tree ? [tree.syntax, tree.at?.line ?? 0, tree.at?.column ?? 0] : null;
}

for (const text of [
  '0',
  '-0.0e-10',
  '""',
  ' null\r\n\t',
  '[]',
  '{ }',
  '"\\u0000\\"\\\\\\/\\b\\f\\n\\r\\t"',
  '{"a":1,"a":2}',
  '"\x7f"',
  // what follows the value, comments, white space and depth: as some runtimes have it
  '{} {}',
  'truex',
  '1\0',
  '{}}',
  '// x\n1',
  '/* x *//**/{/*"*/"a"/**/:/**/1/***/}//',
  '\v\f[\f1\v]',
  `${'['.repeat(100_000)}${']'.repeat(100_000)}`,
])
  test(`parseJson() accepts ${JSON.stringify(text.slice(0, 50))}`, () => {
    assert.equal(ask(text)[0], null);
    assert.equal(inNode(text), null);
  });

test('bytes that are no UTF-8 are read as U+FFFD, as by Go and the WHATWG', () => {
  for (const hex of [
    'c0af',
    'e080af',
    'eda080',
    'f4908080',
    'e282',
    '80',
    'f09f98',
    'e9',
    'c35c7564383030',
    'e95c6e',
  ]) {
    const text = bytes(`7b22${hex}223a22${hex}227d`);
    const [, members, string] = ask(text, ['jsonMembers', '$0', 0], ['jsonString', '$0', 1]);
    const file = join(folder, 'text.json');
    const content = host.readFile(file, 1 << 24);
    const tree = 'size' in content ? host.parseJson(content) : assert.fail();
    assert.ok(!('syntax' in tree));
    assert.deepEqual([members, string], [tree.members(0).flat(), tree.string(1)], hex);
  }
});

test('jsonMembers() leaves out only what no runtime takes for a name', () => {
  const text = '{"hooks": 1, "Hooks": 2, "\\u0068ooks": 3, "ħ": 4, "hooks\\u0000": 5, "hooks": 6, "mounts": 7, "": 8}';
  const named = (like: string) => (ask(text, ['jsonMembers', '$0', 0, like])[1] as unknown[]).filter((_, i) => i % 2);
  assert.deepEqual(named('hooks'), [1, 2, 3, 4, 5, 6]);
  assert.deepEqual(named('Mounts'), [3, 4, 7]);
  assert.deepEqual(named(''), [1, 2, 3, 4, 5, 6, 7, 8]);
});

test('nodes, spans, keys and spellings are those of the text', () => {
  const text = ' {"a": [1e3, {"b\\u0062": "x\\ty"}, []], "ä": 18446744073709551615, "a": null} ';
  const [, kinds, members, elements, inner, string, number, start, end, keyStart, slice] = ask(
    text,
    ['jsonKind', '$0', 0],
    ['jsonMembers', '$0', 0],
    ['jsonElements', '$0', 1],
    ['jsonMembers', '$0', 3],
    ['jsonString', '$0', 4],
    ['jsonNumber', '$0', 6],
    ['jsonStart', '$0', 1],
    ['jsonEnd', '$0', 1],
    ['jsonKeyStart', '$0', 6],
    ['jsonSlice', '$0', 0, 5],
  );
  assert.equal(kinds, 'object');
  assert.deepEqual(members, ['a', 1, 'ä', 6, 'a', 7]);
  assert.deepEqual(elements, [2, 3, 5]);
  assert.deepEqual(inner, ['bb', 4]);
  assert.equal(string, 'x\ty');
  assert.equal(number, '18446744073709551615');
  const buffer = Buffer.from(text);
  assert.equal(buffer.subarray(Number(start), Number(end)).toString(), '[1e3, {"b\\u0062": "x\\ty"}, []]');
  assert.equal(buffer.subarray(Number(keyStart)).toString().slice(0, 5), '"ä": ');
  assert.equal(slice, ' {"a"');
});

test('kinds have their names', () => {
  const indices = [0, 1, 2, 3, 4, 5, 6];
  const kinds = ask('[{}, "", 0, true, false, null]', ...indices.map((node): Operation => ['jsonKind', '$0', node]));
  assert.deepEqual(kinds.slice(1), ['array', 'object', 'string', 'number', 'true', 'false', 'null']);
});

const strings: string[] = [
  '"plain"',
  '"\\ud83d\\ude00 \u{1F600} \\uD83D\\uDE00x"',
  '"\\ud83d"',
  '"\\ude00\\ud83d"',
  '"\\ud83dx\\ud83d\\u0041\\udc00"',
  '"\\ud83d\\ud83d\\ude00"',
  '"\\"\\\\\\/\\b\\f\\n\\r\\t\\u0000\\u007f\\u0080\\u07ff\\u0800\\uffff"',
  '"a\\\\\\"b"',
  '"\\u00e4ä\\u20ac€"',
];
for (const text of strings)
  test(`jsonString() decodes ${text}`, () => {
    assert.equal(ask(text, ['jsonString', '$0', 0])[1], JSON.parse(text));
    const key = ask(`{${text}: 0}`, ['jsonMembers', '$0', 0])[1] as unknown[];
    assert.equal(key[0], JSON.parse(text));
  });

test('random texts are read as JSON.parse reads them', () => {
  const texts = Array.from({ length: 150 }, (_, seed) => JSON.stringify(randomValue(numbers(seed)), null, seed % 3));
  for (const text of texts) {
    const [failure, root] = ask(text, ['jsonEnd', '$0', 0]);
    assert.deepEqual([failure, root], [null, Buffer.byteLength(text)]);
  }
});

test('random damage is refused as in Node, in the same words', () => {
  const letters = '{}[],:"\\0123truefalsn -+.eE\nx';
  const random = numbers(7);
  for (let i = 0; i < 300; i++) {
    const text = JSON.stringify(randomValue(random));
    const at = Math.floor(random() * text.length);
    const damaged =
      text.slice(0, at) + letters[Math.floor(random() * letters.length)] + text.slice(at + Math.floor(random() * 3));
    assert.deepEqual(ask(damaged)[0], inNode(damaged), damaged);
  }
});

function numbers(seed: number): () => number {
  let state = seed * 2654435761 + 1;
  return () => {
    state = (Math.imul(state ^ (state >>> 15), 2246822519) + 0x9e3779b9) >>> 0;
    return state / 2 ** 32;
  };
}

function randomValue(random: () => number, depth = 0): unknown {
  const kind = Math.floor(random() * (depth > 4 ? 4 : 6));
  const children = () => Array.from({ length: Math.floor(random() * 5) }, () => randomValue(random, depth + 1));
  if (kind === 0) return (random() - 0.5) * 10 ** Math.floor(random() * 40 - 10);
  if (kind === 1) return [null, true, false][Math.floor(random() * 3)];
  if (kind < 4)
    return String.fromCodePoint(
      ...Array.from({ length: Math.floor(random() * 9) }, () => 1 + Math.floor(random() * 0xd000)),
    );
  return kind === 4 ? children() : Object.fromEntries(children().map((value, i) => [`k${i}"\n`, value]));
}

for (const value of [
  [],
  {},
  { a: undefined, b: null, c: [undefined, true, -0.5, 1e300, 9007199254740991] },
  { ['"\\\b\f\n\r\t\v\0\x1f']: 'é\u2028\u{1f600}"\\\b\f\n\r\t\v\0\x7f' },
  [{ a: [{ b: 'x'.repeat(100_000) }] }],
])
  test(`JSON.stringify() spells ${JSON.stringify(value).slice(0, 50)} in the shim as elsewhere`, () =>
    assert.deepEqual(operate(folder, [['stringify', value]]), [JSON.stringify(value)]));
