import assert from 'node:assert/strict';
import { test } from 'node:test';
import { spellWholeNumber } from '../../src/edits/whole-number.ts';
import { editedText } from '../support/edit-document.ts';

const cases: [literal: string, want: string][] = [
  ['0', '0'],
  ['-0', '0'],
  ['-0.0e5', '0'],
  ['7', '7'],
  ['-7', '-7'],
  ['1e2', '100'],
  ['1.0', '1'],
  ['50E-1', '5'],
  ['4294967295.0', '4294967295'],
  ['1.5', '1.5'],
  ['1e-2', '1e-2'],
  ['18446744073709551615', '18446744073709551615'],
  ['9007199254740993', '9007199254740993'],
  ['1e400', '1e400'],
];
for (const [literal, want] of cases)
  test(`spellWholeNumber() of ${literal} is ${want}`, () => assert.equal(spellWholeNumber(literal), want));

const node = { path: '/dev/a', type: 'c', major: 10, minor: 0 };

test('groups of another spelling are there', () => {
  const text = '{"process":{"user":{"additionalGids":[1.0,20e-1]}}}';
  for (const mode of ['append', 'once'] as const)
    assert.equal(editedText(text, { additionalGids: [1, 2] }, mode), text);
});

test('a hook and a device of another spelling are there', () => {
  const text =
    '{"hooks":{"prestart":[{"path":"/h","timeout":5.0}]},"linux":{"devices":[{"path":"/dev/a","type":"c","major":1e1,"minor":-0}],' +
    '"resources":{"devices":[{"allow":true,"type":"c","major":10,"minor":0,"access":"rwm"}]}}}';
  const edits = { hooks: [{ hookName: 'prestart', path: '/h', timeout: 5 }], deviceNodes: [node] } as const;
  assert.equal(editedText(text, edits, 'once'), text);
});

test('a rule of another spelling that denies a device later makes the rule be added', () => {
  const there = '{"allow":true,"type":"c","major":10,"minor":0,"access":"rwm"}';
  const denied = (major: string): string =>
    `{"linux":{"devices":[{"path":"/dev/a","type":"c","major":10,"minor":0}],"resources":{"devices":[${there},{"allow":false,"type":"c","major":${major},"minor":0}]}}}`;
  for (const major of ['10', '1e1', '10.0', '-1', '-1.0'])
    assert.equal(
      editedText(denied(major), { deviceNodes: [node] }, 'once'),
      denied(major).replace(']}}}', `,${there}]}}}`),
      major,
    );
  assert.equal(editedText(denied('11.0'), { deviceNodes: [node] }, 'once'), denied('11.0'));
});
