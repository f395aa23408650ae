import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { gatherAlone, joinEdits, planEdits } from '../../src/edits/apply.ts';
import { Draft } from '../../src/edits/draft.ts';
import { type ContainerEdits, KINDS } from '../../src/edits/kinds.ts';
import { valueReader } from '../../src/text/json.ts';
import { nodesOf, refusal } from '../support/edit-document.ts';
import { deepFrozen } from '../support/json-documents.ts';

const NONE = {
  env: [],
  deviceNodes: [],
  netDevices: [],
  hooks: [],
  mounts: [],
  intelRdt: undefined,
  additionalGids: [],
};
const ALL: ContainerEdits = {
  env: ['A=1'],
  deviceNodes: [{ path: '/dev/a', type: 'c', major: 1, minor: 2 }],
  netDevices: [{ hostInterfaceName: 'eth0', name: 'x' }],
  hooks: [{ hookName: 'prestart', path: '/h' }],
  mounts: [{ hostPath: '/h', containerPath: '/c' }],
  intelRdt: { closID: 'c' },
  additionalGids: [5],
};

function changed(edits: ContainerEdits): string[] {
  return planEdits(new Draft<unknown>(valueReader, {}), gatherAlone(edits), nodesOf({}), 'once').map(({ path }) =>
    path.join('.'),
  );
}

test('planEdits() applies all kinds, in the order of the Go library', () => {
  assert.deepEqual(changed(ALL), [
    'process.env',
    'linux.devices',
    'linux.resources.devices',
    'linux.netDevices.eth0',
    'mounts',
    'hooks.prestart',
    'linux.intelRdt',
    'process.user.additionalGids',
  ]);
});

test('planEdits() plans nothing for edits that ask for nothing', () => {
  for (const edits of [{}, NONE, joinEdits([])]) assert.deepEqual(changed(edits), []);
});

test('planEdits() refuses a document that is no object, whatever the edits', () => {
  for (const document of [null, [], 'x', 5])
    assert.match(
      refusal(() => planEdits(new Draft<unknown>(valueReader, document), [], nodesOf({}), 'once')),
      /^BAD_BUNDLE: .* the document is not an object; /,
    );
});

test('joinEdits() joins every kind in order, and takes the last Intel RDT', () => {
  const more: ContainerEdits = {
    env: ['B=1'],
    deviceNodes: [{ path: '/dev/b' }],
    netDevices: [{ hostInterfaceName: 'eth1', name: 'y' }],
    hooks: [{ hookName: 'poststop', path: '/i' }],
    mounts: [{ hostPath: '/i', containerPath: '/d' }],
    intelRdt: {},
    additionalGids: [0],
  };
  assert.deepEqual(joinEdits(deepFrozen([ALL, undefined, more, {}])), {
    env: ['A=1', 'B=1'],
    deviceNodes: [...(ALL.deviceNodes ?? []), { path: '/dev/b' }],
    netDevices: [...(ALL.netDevices ?? []), { hostInterfaceName: 'eth1', name: 'y' }],
    hooks: [...(ALL.hooks ?? []), { hookName: 'poststop', path: '/i' }],
    mounts: [...(ALL.mounts ?? []), { hostPath: '/i', containerPath: '/d' }],
    intelRdt: {},
    additionalGids: [5, 0],
  });
  assert.deepEqual(joinEdits([]), NONE);
});

test('the published schema of explain names every kind', () => {
  const schema = readFileSync(new URL('../../schemas/cdictl/explain.schema.json', import.meta.url), 'utf8');
  const known = JSON.parse(schema).properties.edits.items.properties.kind.enum;
  assert.deepEqual(
    KINDS.map(({ name }) => name),
    known,
  );
});
