import assert from 'node:assert/strict';
import { test } from 'node:test';
import { isSame, writeMeaning } from '../../src/edits/same.ts';
import { type JsonValue, valueReader, writeJson } from '../../src/text/json.ts';
import { parseJson } from '../../src/text/json-syntax.ts';
import { meaningOf } from '../support/json-documents.ts';

const cases: [text: string, value: JsonValue, want: boolean][] = [
  ['"a"', 'a', true],
  ['"\\u0061"', 'a', true],
  ['"A"', 'a', false],
  ['1', '1', false],
  ['"1"', 1, false],
  ['1', 1, true],
  ['-0', 0, true],
  ['18446744073709551615', 18446744073709551615n, true],
  ['18446744073709551614', 18446744073709551615n, false],
  ['true', true, true],
  ['true', false, false],
  ['null', true, false],
  ['null', null, true],
  ['[1,"a"]', [1, 'a'], true],
  ['["a",1]', [1, 'a'], false],
  ['[1]', [1, 'a'], false],
  ['{}', [], false],
  ['{"a":1,"b":[2]}', { b: [2], a: 1 }, true],
  ['{"a":1,"b":null,"c":[]}', { a: 1 }, true],
  ['{"a":1}', { a: 1, b: undefined, c: [], d: null }, true],
  ['{"a":1,"b":{}}', { a: 1 }, false],
  ['{"a":1,"b":""}', { a: 1 }, false],
  ['{"a":1,"b":0}', { a: 1 }, false],
  ['{"a":1}', { a: 1, b: '' }, false],
  ['{"a":null}', { a: 1 }, false],
  ['[]', {}, false],
  ['{"A":1}', { a: 1 }, false],
  ['[["a"],"b"]', [['a', 'b']], false],
  ['["a,","b"]', ['a', ',b'], false],
  ['{"a":{"b":1}}', { a: {}, b: 1 }, false],
  ['[[]]', [null], false],
];
for (const [text, value, want] of cases)
  test(`isSame() of ${text} and ${writeJson(value)} says ${want}`, () => {
    const tree = parseJson(text);
    if ('syntax' in tree) return assert.fail(tree.syntax);
    assert.equal(isSame(tree, 0, value), want);
    assert.equal(isSame(valueReader, meaningOf(tree), value), want);
    assert.equal(writeMeaning(tree, 0) === writeMeaning(valueReader, value), want);
  });

test('isSame() does not believe in an object with a key twice', () => {
  const tree = parseJson('{"a":1,"a":1}');
  assert.ok(!('syntax' in tree));
  assert.equal(isSame(tree, 0, { a: 1 }), false);
  assert.equal(writeMeaning(tree, 0), undefined);
});
