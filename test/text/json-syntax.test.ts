import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import type { JsonTree } from '../../src/text/json.ts';
import { parseJson } from '../../src/text/json-syntax.ts';

function tree(text: string): JsonTree {
  const parsed = parseJson(text);
  assert.ok(!('syntax' in parsed), JSON.stringify(parsed));
  return parsed;
}

const refused: [title: string, text: string, syntax: string, line: number, column: number][] = [
  ['nothing', '', 'a value is missing', 1, 1],
  ['white space alone', ' \n ', 'a value is missing', 2, 2],
  ['a second value', '{} {}', 'something follows the end of the value', 1, 4],
  ['a byte order mark', '\ufeff{}', 'a value is missing', 1, 1],
  ['a word that is none', 'nul', 'a value is missing', 1, 1],
  ['words in capitals', '[True]', 'a value is missing', 1, 2],
  ['a key without quotes', '{a: 1}', 'a key in double quotes is missing', 1, 2],
  ['single quotes', "['a']", 'a value is missing', 1, 2],
  ['a key without a colon', '{"a" 1}', 'a colon is missing', 1, 6],
  ['a comma at the end of a list', '[1,]', 'a value is missing', 1, 4],
  ['a comma at the end of an object', '{"a":1,}', 'a key in double quotes is missing', 1, 8],
  ['two values without a comma', '[1 2]', 'a comma or ] is missing', 1, 4],
  ['two members without a comma', '{"a":1 "b":2}', 'a comma or } is missing', 1, 8],
  ['an object that does not end', '{"a":1', 'a comma or } is missing', 1, 7],
  ['a list that ends as an object', '[1}', 'a comma or ] is missing', 1, 3],
  ['a string that does not end', '\n ["abc', 'a string does not end', 2, 3],
  ['a line break in a string', '"a\nb"', 'a control character stands in a string', 1, 3],
  ['a tab in a string', '"a\tb"', 'a control character stands in a string', 1, 3],
  ['an unknown escape', '"\\q"', 'an escape is not one of JSON', 1, 3],
  ['an escape without its digits', '"\\u12"', 'an escape is not one of JSON', 1, 3],
  ['an escape at the end', '"\\', 'an escape is not one of JSON', 1, 3],
  ['a comment', '{} // x', 'something follows the end of the value', 1, 4],
  ['a number with leading zero', '01', 'something follows the end of the value', 1, 2],
  ['a number with a plus', '+1', 'a value is missing', 1, 1],
  ['a minus alone', '-', 'a value is missing', 1, 2],
  ['a number that ends in its point', '1.', 'a number has no digit after its point', 1, 3],
  ['a number that begins with its point', '.5', 'a value is missing', 1, 1],
  ['a number that ends in its exponent', '1e+', 'a number has no digit in its exponent', 1, 4],
  ['a hexadecimal number', '0x10', 'something follows the end of the value', 1, 2],
  ['NaN', 'NaN', 'a value is missing', 1, 1],
  ['white space that JSON does not have', '[\u00a01]', 'a value is missing', 1, 2],
  ['201 levels below the root', `${'['.repeat(202)}`, 'nested deeper than 200 levels', 1, 202],
  ['100,000 levels', '{"a":'.repeat(100_000), 'nested deeper than 200 levels', 1, 1006],
];
for (const [title, text, syntax, line, column] of refused)
  test(`parseJson() refuses ${title}`, () => assert.deepEqual(parseJson(text), { syntax, at: { line, column } }));

test('parseJson() counts columns in characters', () => {
  assert.deepEqual(parseJson('\r\n"ä\u{1F600}" x'), {
    syntax: 'something follows the end of the value',
    at: { line: 2, column: 6 },
  });
});

test('parseJson() takes 200 levels below the root', () => {
  assert.equal(tree(`${'['.repeat(201)}${']'.repeat(201)}`).kind(200), 'array');
});

test('parseJson() keeps spans, key order, duplicates and the spelling of numbers', () => {
  const text = ' {"b" : 1.0e+2, "a":[ true ,null],"b":"x\\u0041"} ';
  const json = tree(text);
  const cut = (node: number): string => text.slice(json.start(node), json.end(node));
  assert.equal(cut(0), text.trim());
  const members = json.members(0);
  assert.deepEqual(
    members.map(([key, node]) => [key, json.kind(node), cut(node), text.slice(json.keyStart(node), json.start(node))]),
    [
      ['b', 'number', '1.0e+2', '"b" : '],
      ['a', 'array', '[ true ,null]', '"a":'],
      ['b', 'string', '"x\\u0041"', '"b":'],
    ],
  );
  const [first, second, third] = members.map(([, node]) => node);
  assert.equal(json.number(first ?? 0), '1.0e+2');
  assert.deepEqual(
    json.elements(second ?? 0).map((node) => json.kind(node)),
    ['true', 'null'],
  );
  assert.equal(json.string(third ?? 0), 'xA');
  assert.equal(json.slice(0, 2), ' {');
});

test('parseJson() reads keys with escapes', () => {
  assert.deepEqual(
    tree('{"\\"\\\\\\u0061\\/":1, "__proto__":2, "":3}')
      .members(0)
      .map(([key]) => key),
    ['"\\a/', '__proto__', ''],
  );
});

test('parseJson() agrees with JSON.parse on what is JSON', () => {
  const bits = fc.constantFrom(
    ...'{}[],:"\\/ \n\t0123456789.-+eEtrufalsn\u0000\u00e4',
    'true',
    'null',
    '"a"',
    '\\u0041',
  );
  const texts = fc.oneof(
    fc.json(),
    fc.array(bits, { maxLength: 12 }).map((parts) => parts.join('')),
  );
  fc.assert(
    fc.property(texts, (text) => assert.equal('syntax' in parseJson(text), !isJson(text))),
    { numRuns: 2000 },
  );
});

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}
