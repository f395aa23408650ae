import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import {
  assemble,
  type JsonKind,
  type JsonValue,
  type Pieces,
  spellJson,
  valueReader,
  writeJson,
} from '../../src/text/json.ts';

const written: [title: string, value: JsonValue, want: string][] = [
  ['null', null, 'null'],
  ['booleans', [true, false], '[true,false]'],
  ['numbers', [0, -1, 1.5, 1e21], '[0,-1,1.5,1e+21]'],
  ['integers of 64 bits with all their digits', [2n ** 64n - 1n], '[18446744073709551615]'],
  ['text with escapes', 'a"b\\\n\u{1F600}', '"a\\"b\\\\\\n\u{1F600}"'],
  ['halves of pairs as escapes', '\ud800', '"\\ud800"'],
  ['members in order, undefined ones left out', { b: 1, a: undefined, c: 2n }, '{"b":1,"c":2}'],
  ['what is empty', [{}, []], '[{},[]]'],
  ['keys with escapes', { 'a"': 1n }, '{"a\\"":1}'],
];
for (const [title, value, want] of written)
  test(`writeJson() writes ${title}`, () => assert.equal(writeJson(value), want));

test('writeJson() writes the same with and without a bigint', () => {
  fc.assert(
    fc.property(fc.jsonValue(), (value) => {
      // Only -0 differs: JSON.stringify drops its sign.
      const plain: JsonValue = JSON.parse(JSON.stringify(value));
      assert.equal(writeJson([1n, plain]), `[1,${writeJson(plain)}]`);
    }),
    { numRuns: 300 },
  );
});

test('spellJson() keeps the order of a map, where an object would put numbers first', () => {
  const map = new Map([
    ['b', 1n],
    ['2', 2n],
    ['a', undefined],
    ['1', 3n],
  ]);
  assert.equal(spellJson(map), '{"b":1,"2":2,"1":3}');
});

const kinds: [value: unknown, want: JsonKind][] = [
  [null, 'null'],
  [undefined, 'null'],
  [[], 'array'],
  [{}, 'object'],
  [true, 'true'],
  [false, 'false'],
  [1, 'number'],
  [1n, 'number'],
  ['', 'string'],
];
for (const [value, want] of kinds)
  test(`valueReader.kind() of ${typeof value} ${String(value)} is ${want}`, () =>
    assert.equal(valueReader.kind(value), want));

test('valueReader reads values as a document', () => {
  const value = { a: [1, 'x'], b: undefined, c: 2n ** 63n };
  assert.deepEqual(valueReader.members(value), [
    ['a', [1, 'x']],
    ['c', 2n ** 63n],
  ]);
  assert.deepEqual(valueReader.elements(value.a), [1, 'x']);
  assert.equal(valueReader.string('x'), 'x');
  assert.equal(valueReader.number(value.c), '9223372036854775808');
});

test('valueReader gives nothing for what is of another kind', () => {
  assert.deepEqual(valueReader.members('x'), []);
  assert.deepEqual(valueReader.members(null), []);
  assert.deepEqual(valueReader.elements({ a: 1 }), []);
  assert.equal(valueReader.string(1), '');
});

const pieces: [title: string, pieces: Pieces, want: string][] = [
  ['gives nothing for no pieces', [], ''],
  ['puts texts in a row', ['a', 'b'], 'ab'],
  ['takes spans of the old text', [0, 3, 6, 9], 'abcghi'],
  ['mixes both', [0, 3, 'X', 3, 3, 6, 9, 'Y'], 'abcXghiY'],
];
for (const [title, given, want] of pieces)
  test(`assemble() ${title}`, () => assert.equal(assemble('abcdefghi', given), want));
