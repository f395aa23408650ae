import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { layOutJson } from '../../src/text/lay-out-json.ts';
import { anyWritten, print } from '../support/json-documents.ts';

test('layOutJson() lays values out as JSON.stringify does', () => {
  fc.assert(
    fc.property(fc.jsonValue(), fc.constantFrom(undefined, '\t', 1), (value, space) => {
      assert.equal(layOutJson(JSON.stringify(value, undefined, space)), `${JSON.stringify(value, undefined, 2)}\n`);
    }),
  );
});

test('layOutJson() keeps the meaning of any document, however it is written', () => {
  fc.assert(
    fc.property(anyWritten, fc.nat(), (written, seed) => {
      const text = print(written, seed);
      assert.deepEqual(JSON.parse(layOutJson(text)), JSON.parse(text));
    }),
  );
});

test('layOutJson() keeps strings and numbers as they are spelled', () => {
  assert.equal(
    layOutJson('{"a":[1.0e+2,18446744073709551615],"\\u0062":"\\/ { [ , : \\"","c":{},"d":[ ]}'),
    `{
  "a": [
    1.0e+2,
    18446744073709551615
  ],
  "\\u0062": "\\/ { [ , : \\"",
  "c": {},
  "d": []
}
`,
  );
});
