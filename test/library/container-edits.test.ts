import assert from 'node:assert/strict';
import { test } from 'node:test';
import { applyEdits, parseEdits } from '../../src/library/container-edits.ts';
import { refusal } from '../support/edit-document.ts';
import { deepFrozen } from '../support/json-documents.ts';

test('applyEdits() changes an object in place and gives it back', () => {
  const mounts = [{ destination: '/a' }];
  const spec = { ociVersion: '1.2.0', mounts, process: { env: ['A=0'] } };
  const after = applyEdits(deepFrozen({ env: ['A=1'], mounts: [{ hostPath: '/h', containerPath: '/b' }] }), spec);
  assert.equal(after, spec);
  assert.deepEqual(spec, {
    ociVersion: '1.2.0',
    mounts: [{ destination: '/a' }, { destination: '/b', source: '/h' }],
    process: { env: ['A=1'] },
  });
  assert.equal(spec.mounts[0], mounts[0]);
});

test('applyEdits() gives a text with all that it does not touch', () => {
  const text = '{ "big": 18446744073709551615,\n\t"process": {"env": [ "A=0" ]} }\n';
  assert.equal(applyEdits({ env: ['A=1'] }, text), text.replace('A=0', 'A=1'));
  assert.equal(applyEdits(undefined, text), text);
  assert.equal(applyEdits({}, text), text);
});

test('applyEdits() appends as Go does', () => {
  const edits = { hooks: [{ hookName: 'prestart', path: '/h' }] };
  const spec: { hooks?: { prestart?: unknown[] } } = {};
  applyEdits(edits, applyEdits(edits, spec));
  assert.equal(spec.hooks?.prestart?.length, 2);
});

const failing: [title: string, spec: object | string, want: RegExp][] = [
  [
    'an object that cannot take them',
    { mounts: [], process: { env: 5 } },
    /^BAD_BUNDLE: .* "process\.env" is not a list; /,
  ],
  ['a text that is no JSON', '{', /^BAD_JSON: cannot read the OCI specification: line 1, column 2: /],
  ['a text with a comment', '{} // x', /^BAD_JSON: cannot read the OCI specification: line 1, column 4: /],
];
for (const [title, spec, want] of failing)
  test(`applyEdits() leaves alone ${title}`, () => {
    const before = structuredClone(spec);
    const edits = { mounts: [{ hostPath: '/h', containerPath: '/b' }], env: ['A=1'] };
    assert.match(
      refusal(() => applyEdits(edits, spec)),
      want,
    );
    assert.deepEqual(spec, before);
  });

test('applyEdits() refuses a node that the host does not have, before it changes anything', () => {
  const spec = {};
  const edits = { env: ['A=1'], deviceNodes: [{ path: '/dev/null' }, { path: '/dev/cdi-test-none' }] };
  assert.match(
    refusal(() => applyEdits(edits, spec)),
    /^BAD_DEVICE_NODE: .*"\/dev\/cdi-test-none" is missing/,
  );
  assert.deepEqual(spec, {});
  applyEdits({ deviceNodes: [{ path: '/dev/null' }] }, spec);
  assert.deepEqual(JSON.parse(JSON.stringify(spec)).linux.resources.devices, [
    { allow: true, type: 'c', major: 1, minor: 3, access: 'rwm' },
  ]);
});

test('parseEdits() reads YAML and JSON', () => {
  const want = { env: ['A=1'], hooks: [{ hookName: 'prestart', path: '/h', timeout: 5 }] };
  assert.deepEqual(parseEdits('env: [A=1]\nhooks:\n- { hookName: prestart, path: /h, timeout: 5 }\n'), want);
  assert.deepEqual(parseEdits(JSON.stringify(want)), want);
  for (const nothing of ['', '# x\n', '~', 'null']) assert.equal(parseEdits(nothing), undefined);
});

const refused: [title: string, text: string, want: string][] = [
  ['no YAML', 'env: [\n', 'BAD_EDITS: cannot read container edits: line 2, column 1: '],
  [
    'an unknown field',
    'envs: []\n',
    'BAD_EDITS: cannot read container edits: line 1, column 1: field "envs" is unknown; did you mean "env"?',
  ],
  [
    'a wrong type',
    'mounts: {}\n',
    'BAD_EDITS: cannot read container edits: line 1, column 9: a mapping stands where a list is needed',
  ],
];
for (const [title, text, want] of refused)
  test(`parseEdits() refuses ${title}`, () => assert.ok(refusal(() => parseEdits(text)).startsWith(want)));
