import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { IntelRdt } from '../../src/edits/intel-rdt.ts';
import { edited, editedText, refusal } from '../support/edit-document.ts';

const cases: [title: string, given: IntelRdt, want: object][] = [
  [
    'every field',
    { closID: 'c', l3CacheSchema: 'L3', memBwSchema: 'MB', schemata: ['L2'], enableMonitoring: true },
    { closID: 'c', l3CacheSchema: 'L3', memBwSchema: 'MB', schemata: ['L2'], enableMonitoring: true },
  ],
  ['nothing empty', { closID: '', l3CacheSchema: '', memBwSchema: '', schemata: [], enableMonitoring: false }, {}],
  ['nothing', {}, {}],
];
for (const mode of ['append', 'once'] as const)
  for (const [title, intelRdt, want] of cases)
    test(`applyIntelRdt() writes ${title}, in place of all that was there (${mode})`, () => {
      assert.deepEqual(edited({}, { intelRdt }, mode), { linux: { intelRdt: want } });
      const before = { linux: { intelRdt: { closID: 'old', enableCMT: true }, x: 1 } };
      assert.deepEqual(edited(before, { intelRdt }, mode), { linux: { intelRdt: want, x: 1 } });
    });

test('applyIntelRdt() leaves what says the same, in any order of keys', () => {
  const text = '{"linux":{"intelRdt":{ "schemata":["a"], "memBwSchema":null, "closID":"c" }}}';
  assert.equal(editedText(text, { intelRdt: { closID: 'c', schemata: ['a'] } }, 'append'), text);
});

test('applyIntelRdt() replaces what is no object, but not in a section that is none', () => {
  assert.deepEqual(edited({ linux: { intelRdt: 5 } }, { intelRdt: {} }, 'once'), { linux: { intelRdt: {} } });
  assert.match(
    refusal(() => edited({ linux: 5 }, { intelRdt: {} }, 'once')),
    /"linux" is not an object/,
  );
});
