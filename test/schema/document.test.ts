import { deepEqual, equal, throws } from 'node:assert/strict';
import { test } from 'node:test';
import { parseYaml } from '../../src/host/yaml.ts';
import { looksLikeJson, readJsonDocument, readMemoryDocument, readYamlDocument } from '../../src/schema/document.ts';
import { makePlain } from '../../src/schema/value.ts';

const SOURCE = { what: 'validate the spec' };

const starts: [title: string, text: string, isJson: boolean][] = [
  ['takes a brace for JSON', '{', true],
  ['skips blanks, a no-break space included', ' \t\r\n\u00a0{', true],
  ['does not skip a byte order mark', '\ufeff{', false],
  ['takes a bracket for YAML', '[{}]', false],
  ['takes nothing for YAML', '', false],
];
for (const [title, text, isJson] of starts) {
  test(`looksLikeJson() ${title}`, () => equal(looksLikeJson(text), isJson));
}

const firsts: [title: string, text: string, want: unknown][] = [
  ['takes white space around the value', ' \t{"a":1}\r\n', { a: 1 }],
  ['lets the last of equal keys count', '{"a":1,"a":{"b":2},"a":{"c":3}}', { a: { c: 3 } }],
  ['takes any other value as a whole', ' [1, "x", null, true]', [1, 'x', null, true]],
];
for (const [title, text, want] of firsts) {
  test(`readJsonDocument() ${title}`, () => deepEqual(makePlain(readJsonDocument(text, SOURCE).value), want));
}

test('readJsonDocument() keeps "__proto__" an ordinary key', () => {
  const value = makePlain(readJsonDocument('{"__proto__":{"kind":"x"}}', SOURCE).value);
  deepEqual(Object.entries(Object(value)), [['__proto__', { kind: 'x' }]]);
});

const broken: [title: string, text: string, message: string][] = [
  ['an object that does not end', '{"a":1', 'cannot validate the spec: line 1, column 7: a comma or } is missing'],
  ['brackets that do not fit', '{"a":1]', 'cannot validate the spec: line 1, column 7: a comma or } is missing'],
  ['a string that does not end', '{"a', 'cannot validate the spec: line 1, column 2: a string does not end'],
  [
    'something behind an object',
    '{"a":1} x',
    'cannot validate the spec: line 1, column 9: something follows the end of the value',
  ],
  [
    'another object behind it',
    '{"a":{}}\n{}',
    'cannot validate the spec: line 2, column 1: something follows the end of the value',
  ],
  [
    'something behind another value',
    '1 2',
    'cannot validate the spec: line 1, column 3: something follows the end of the value',
  ],
];
for (const [title, text, message] of broken) {
  test(`readJsonDocument() refuses ${title}`, () =>
    throws(() => readJsonDocument(text, SOURCE), { code: 'BAD_SPEC', message }));
}

test('readJsonDocument() finds what a path leads to, or as much of it as there is', () => {
  const document = readJsonDocument('{\n  "a": [1, {"é": 2, "b": 3}]\n}', SOURCE);
  deepEqual(document.locate([]), { line: 1, column: 1 });
  deepEqual(document.locate(['a', 1, 'b']), { line: 2, column: 26 });
  deepEqual(document.locate(['a', 1, 'c', 5]), { line: 2, column: 12 });
  deepEqual(document.locate(['a', 'b']), { line: 2, column: 8 });
});

test('readYamlDocument() takes nothing for a null, and refuses other things than mappings', () => {
  for (const text of ['', '# c', '~', 'null']) equal(readYamlDocument(parseYaml(text), SOURCE).value, null);
  const message = 'cannot validate the spec: line 1, column 1: a list stands where a mapping is needed';
  throws(() => readYamlDocument(parseYaml('[]'), SOURCE), { code: 'BAD_SPEC', message });
});

test('readYamlDocument() has values as YAML 1.1 means them', () => {
  const { value } = readYamlDocument(
    parseYaml('a: &x [yes, 010, 1.50, "1", ~]\nb: *x\n1: 18446744073709551615'),
    SOURCE,
  );
  const list = [true, 8, 1.5, '1', null];
  deepEqual(makePlain(value), { a: list, b: list, 1: 2 ** 64 * (1 + Number.EPSILON) });
  const message = 'cannot validate the spec: line 1, column 4: the number has no form in JSON';
  throws(() => readYamlDocument(parseYaml('a: .inf'), SOURCE), { code: 'BAD_SPEC', message });
});

test('readYamlDocument() lets the last of equal keys count, in messages as well, and a merged one if it is later', () => {
  const document = readYamlDocument(parseYaml('a: 1\nx: &x {b: 1, c: 1}\nz: {b: 2, <<: *x, c: 2}\na: 5'), SOURCE);
  deepEqual(makePlain(document.value), { a: 5, x: { b: 1, c: 1 }, z: { b: 1, c: 2 } });
  deepEqual(document.locate(['a']), { line: 4, column: 4 });
});

test('readMemoryDocument() leaves undefined members out, and refuses what contains itself', () => {
  deepEqual(makePlain(readMemoryDocument({ a: undefined, b: [undefined], c: 5n }, SOURCE).value), { b: [null], c: 5 });
  const loop: Record<string, unknown> = {};
  loop['self'] = loop;
  const message = 'cannot validate the spec: nested deeper than 200 levels';
  throws(() => readMemoryDocument(loop, SOURCE), { code: 'BAD_SPEC', message });
});
