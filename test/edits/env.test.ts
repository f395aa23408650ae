import assert from 'node:assert/strict';
import { test } from 'node:test';
import { edited, editedText, refusal } from '../support/edit-document.ts';

const cases: [title: string, there: string[], given: string[], want: string[]][] = [
  ['appends a new variable', ['B=1'], ['A=1'], ['B=1', 'A=1']],
  ['replaces a variable in its place', ['A=0', 'B=1'], ['A=1'], ['A=1', 'B=1']],
  ['replaces the last entry of a variable, and leaves the others', ['A=1', 'A=2'], ['A=9'], ['A=1', 'A=9']],
  ['takes the last value, at the place of the first', [], ['A=1', 'B=1', 'A=2'], ['A=2', 'B=1']],
  ['reads a bare name as the variable', ['A'], ['A=1'], ['A=1']],
  ['puts a bare name in the place of the variable', ['A=1'], ['A'], ['A']],
  ['ends the name at the first =', ['A=1=2'], ['A=1=3'], ['A=1=3']],
  ['has one empty name', ['', 'B=1'], ['=x', '==y'], ['==y', 'B=1']],
  ['tells names apart by case and blanks', ['a=1', 'A =1', ' A=1'], ['A=2'], ['a=1', 'A =1', ' A=1', 'A=2']],
  ['has no special names', [], ['__proto__=1', 'constructor=1'], ['__proto__=1', 'constructor=1']],
  ['leaves a document alone that says so already', ['A=1', 'B=1'], ['B=1', 'A=1'], ['A=1', 'B=1']],
  ['finds that the last of several values is there', ['A=2'], ['A=1', 'A=2'], ['A=2']],
  ['does nothing without variables', ['A=1'], [], ['A=1']],
];
for (const mode of ['append', 'once'] as const)
  for (const [title, there, given, want] of cases)
    test(`applyEnv() ${title} (${mode})`, () => {
      assert.deepEqual(edited({ process: { env: there } }, { env: given }, mode), { process: { env: want } });
    });

test('applyEnv() makes a process with what it needs', () => {
  const want = { process: { user: { uid: 0, gid: 0 }, cwd: '', env: ['A=1'] } };
  for (const document of [{}, { process: null }]) assert.deepEqual(edited(document, { env: ['A=1'] }, 'once'), want);
});

test('applyEnv() writes what the document spells with escapes only where it changes', () => {
  const text = '{"process":{"env":["A=\\u0031","B=\\u0031"]}}';
  assert.equal(editedText(text, { env: ['A=1', 'B=2'] }, 'once'), '{"process":{"env":["A=\\u0031","B=2"]}}');
});

const odd: [title: string, process: unknown, why: string][] = [
  ['a number in the list', { env: ['A=1', 5] }, '"process.env" is not a list of texts'],
  ['null in the list', { env: [null] }, '"process.env" is not a list of texts'],
  ['an object for the list', { env: {} }, '"process.env" is not a list'],
  ['a list for the process', [], '"process" is not an object'],
];
for (const [title, process, why] of odd)
  test(`applyEnv() refuses ${title}`, () => {
    assert.equal(
      refusal(() => edited({ process }, { env: ['A=1'] }, 'once')),
      `BAD_BUNDLE: cannot edit the container configuration: ${why}; the OCI runtime specification says its form`,
    );
    edited({ process }, { additionalGids: [] }, 'once');
  });
