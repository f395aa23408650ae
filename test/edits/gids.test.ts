import assert from 'node:assert/strict';
import { test } from 'node:test';
import { edited, editedText, refusal } from '../support/edit-document.ts';

const cases: [title: string, there: unknown, given: number[], want: unknown][] = [
  ['adds groups in order', [7], [5, 3], [7, 5, 3]],
  ['leaves out group 0', [7], [0, 5], [7, 5]],
  ['leaves out what is there', [5], [5, 6, 6], [5, 6]],
  ['takes the largest group', [], [4294967295], [4294967295]],
  ['adds nothing at all', [0], [0], [0]],
];
for (const mode of ['append', 'once'] as const)
  for (const [title, there, given, want] of cases)
    test(`applyGids() ${title} (${mode})`, () => {
      const document = { process: { user: { uid: 1, additionalGids: there } } };
      const after: unknown = edited(document, { additionalGids: given }, mode);
      assert.deepEqual(after, { process: { user: { uid: 1, additionalGids: want } } });
    });

test('applyGids() makes a process and a user only for a group', () => {
  assert.equal(editedText('{}', { additionalGids: [0] }, 'append'), '{}');
  const text = '{"process":{"user":{"uid":0,"gid":0,"additionalGids":[5]},"cwd":""}}';
  assert.equal(editedText('{}', { additionalGids: [5] }, 'append'), text);
  assert.deepEqual(edited({ process: {} }, { additionalGids: [5] }, 'append'), {
    process: { user: { uid: 0, gid: 0, additionalGids: [5] } },
  });
});

const odd: [title: string, additionalGids: unknown, why: string][] = [
  ['a number for the list', 5, 'is not a list'],
  ['a text among them', [1, '5'], 'is not a list of whole numbers'],
  ['null among them', [null], 'is not a list of whole numbers'],
];
for (const [title, additionalGids, why] of odd)
  test(`applyGids() refuses ${title}, if it has groups to add`, () => {
    const document = { process: { user: { additionalGids } } };
    assert.deepEqual(edited(document, { additionalGids: [] }, 'once'), document);
    assert.equal(
      refusal(() => edited(document, { additionalGids: [5] }, 'once')),
      `BAD_BUNDLE: cannot edit the container configuration: "process.user.additionalGids" ${why}; ` +
        'the OCI runtime specification says its form',
    );
  });
