// Edits of JSON files: the layout stays, and what dockerd would not read is refused.
import { deepEqual, equal, throws } from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { editJson, type JsonEdit } from '../../src/engines/edit-json.ts';
import { getJson, readJson } from '../../src/engines/json-file.ts';

const edit = (text: string, ...edits: JsonEdit[]): string => editJson({ path: '/f.json', text }, edits);

const sets: [title: string, text: string, path: string[], value: unknown, want: string][] = [
  ['makes an object of a blank text', '', ['a', 'b'], 'v', '{\n  "a": {\n    "b": "v"\n  }\n}\n'],
  [
    'adds a member as those before it stand',
    '{\n\t"a": 1\n}',
    ['b'],
    { c: 'v' },
    '{\n\t"a": 1,\n\t"b": {\n\t\t"c": "v"\n\t}\n}',
  ],
  [
    'adds to an inner object',
    '{\n    "r": {\n        "a": 1\n    }\n}\n',
    ['r', 'b'],
    2,
    '{\n    "r": {\n        "a": 1,\n        "b": 2\n    }\n}\n',
  ],
  ['stays on one line', '{"a": 1, "r": {"b": 2}}', ['r', 'c'], { d: 'v' }, '{"a": 1, "r": {"b": 2, "c": {"d":"v"}}}'],
  [
    'gives the first member lines of its own',
    '{\n  "r": {}\n}\n',
    ['r', 'a'],
    'v',
    '{\n  "r": {\n    "a": "v"\n  }\n}\n',
  ],
  ['replaces a value', '{ "a" : [1,2] , "b" : "old" }', ['b'], 'new', '{ "a" : [1,2] , "b" : "new" }'],
  ['puts an object in the place of null', '{\n  "r": null\n}', ['r', 'a'], 1, '{\n  "r": {\n    "a": 1\n  }\n}'],
  [
    'keeps CRLF, a mark and large numbers',
    '\uFEFF{\r\n  "n": 18446744073709551615\r\n}',
    ['a'],
    'v',
    '\uFEFF{\r\n  "n": 18446744073709551615,\r\n  "a": "v"\r\n}',
  ],
  ['leaves a text alone that says it already', '{"a":{"b":1,"c":2}}', ['a'], { c: 2, b: 1 }, '{"a":{"b":1,"c":2}}'],
  ['removes the last member', '{\n  "a": 1,\n  "b": 2\n}', ['b'], undefined, '{\n  "a": 1\n}'],
  ['removes the first member', '{\n  "a": 1,\n\n  "b": 2\n}', ['a'], undefined, '{\n  "b": 2\n}'],
  ['removes the only member', '{\n  "r": { "a": 1 }\n}', ['r', 'a'], undefined, '{\n  "r": {}\n}'],
  ['removes what is not there', '{ }', ['r', 'a'], undefined, '{ }'],
];
for (const [title, text, path, value, want] of sets) {
  test(`editJson() ${title}`, () => {
    const edited = edit(text, { path, value });
    equal(edited, want);
    equal(edit(edited, { path, value }), want);
  });
}

const refused: [title: string, text: string, want: string][] = [
  ['a comment', '{\n  // why\n  "a": 1\n}', 'line 2, column 3: the file is no JSON: a key in double quotes is missing'],
  ['a comma before a bracket', '{"a": 1,}', 'line 1, column 9: the file is no JSON: a key in double quotes is missing'],
  ['what is no object', '[1]', 'the file holds no JSON object'],
  ['a key that is there twice', '{\n "a": 1,\n "a": 2\n}', 'line 3, column 2: the key "a" is there twice'],
  ['a runtime that is there twice', '{"r": {"x": 1, "x": 2}}', 'line 1, column 16: the key "x" is there twice'],
];
for (const [title, text, want] of refused) {
  test(`readJson() refuses ${title}`, () => {
    throws(() => readJson({ path: '/f.json', text }), {
      code: 'BAD_ENGINE_CONFIG',
      message: `cannot read "/f.json": ${want}; correct it first`,
    });
  });
}

test('editJson() sets and removes any new member without a trace', () => {
  const key = fc.constantFrom('a', 'b', 'é', '__proto__', '"', 'toString');
  const object = fc.dictionary(key, fc.jsonValue({ maxDepth: 2 }), { minKeys: 1, noNullPrototype: true });
  const indent = fc.constantFrom(undefined, 2, 3, '\t');
  fc.assert(
    fc.property(object, indent, fc.boolean(), fc.jsonValue({ maxDepth: 1 }), (value, space, crlf, added) => {
      const plain = JSON.stringify(value, null, space);
      const text = crlf ? plain.replaceAll('\n', '\r\n') : plain;
      const set = edit(text, { path: ['new'], value: added });
      deepEqual(getJson(readJson({ path: '/f.json', text: set }).object, ['new']), JSON.parse(JSON.stringify(added)));
      equal(edit(set, { path: ['new'], value: undefined }), text);
    }),
  );
});
