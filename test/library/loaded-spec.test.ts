// Loaded specs and devices: what they tell, and their own edits by themselves.
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { setSchema } from '../../src/library/active-schema.ts';
import type { LoadedSpec } from '../../src/library/loaded-spec.ts';
import { Registry } from '../../src/library/registry.ts';
import { newSpec, readSpec } from '../../src/library/spec.ts';
import { refusal } from '../support/edit-document.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

const folder = temporaryFolder();

setSchema('none');

const TEXT = `cdiVersion: 0.6.0
kind: vendor.com/gpu
containerEdits:
  env: [WHOLE=1]
  deviceNodes: [{ path: /dev/null }]
devices:
- name: "0"
  containerEdits: { env: [D=0], deviceNodes: [{ path: /dev/zero, permissions: r }] }
- name: bad
  containerEdits: { deviceNodes: [{ path: /dev/cdi-test-none }] }
`;

function place(): { readonly directory: string; readonly path: string; readonly registry: Registry } {
  const directory = mkdtempSync(join(folder, 'cdi-'));
  const path = join(directory, 'gpu.yaml');
  writeFileSync(path, TEXT);
  return { directory, path, registry: new Registry({ specDirs: [directory, '/nonexistent'] }) };
}

/** A spec by each way to one. */
const ways: [title: string, spec: () => LoadedSpec | undefined][] = [
  ['readSpec()', () => readSpec(place().path)],
  ['getVendorSpecs()', () => place().registry.getVendorSpecs('vendor.com')[0]],
  ['getDevice()', () => place().registry.getDevice('vendor.com/gpu=0')?.spec],
];
for (const [title, from] of ways) {
  test(`a spec of ${title} tells where it is from, and has its devices`, () => {
    const loaded = from();
    assert.deepEqual([loaded?.vendor, loaded?.class, loaded?.priority], ['vendor.com', 'gpu', 0]);
    assert.match(loaded?.path ?? '', /\/gpu\.yaml$/);
    assert.equal(loaded?.spec.cdiVersion, '0.6.0');
    const device = loaded?.getDevice('0');
    assert.equal(device?.qualifiedName, 'vendor.com/gpu=0');
    assert.equal(device?.device.name, '0');
    assert.equal(device?.spec, loaded);
    assert.equal(loaded?.getDevice('0'), device);
    assert.equal(loaded?.getDevice('vendor.com/gpu=0'), undefined);
  });

  test(`a spec of ${title} and its devices apply their own edits, and only those`, () => {
    const loaded = from();
    assert.deepEqual(JSON.parse(loaded?.applyEdits('{"process":{}}') ?? '').process.env, ['WHOLE=1']);
    const document = {};
    assert.equal(loaded?.getDevice('0')?.applyEdits(document), document);
    assert.deepEqual(JSON.parse(JSON.stringify(document)), {
      process: { user: { uid: 0, gid: 0 }, cwd: '', env: ['D=0'] },
      linux: {
        devices: [{ path: '/dev/zero', type: 'c', major: 1, minor: 5, fileMode: 0o666 }],
        resources: { devices: [{ allow: true, type: 'c', major: 1, minor: 5, access: 'r' }] },
      },
    });
    assert.match(
      refusal(() => loaded?.getDevice('bad')?.applyEdits(document)),
      /^BAD_DEVICE_NODE: /,
    );
  });

  test(`a spec of ${title} keeps what the host told of its nodes, as in Go`, () => {
    const loaded = from();
    const nodes = (): unknown[] => [
      loaded?.spec.containerEdits?.deviceNodes,
      loaded?.spec.devices[0]?.containerEdits.deviceNodes,
      loaded?.getDevice('0')?.device.containerEdits.deviceNodes,
    ];
    const zero = { path: '/dev/zero', permissions: 'r' };
    assert.deepEqual(nodes(), [[{ path: '/dev/null' }], [zero], [zero]]);
    loaded?.getDevice('0')?.applyEdits('{}');
    const told = { hostPath: '/dev/zero', type: 'c', major: 1, minor: 5, fileMode: 0o666 };
    assert.deepEqual(nodes(), [[{ path: '/dev/null' }], [{ ...zero, ...told }], [{ ...zero, ...told }]]);
    loaded?.applyEdits('{}');
    assert.deepEqual(nodes()[0], [
      { path: '/dev/null', hostPath: '/dev/null', type: 'c', major: 1, minor: 3, fileMode: 0o666 },
    ]);
  });
}

const OTHER = { name: '0', containerEdits: { env: ['D=0'] } };

for (const [title, node, told] of [
  ['a node that the host does not have', { path: '/dev/none' }, { hostPath: '/dev/none' }],
  [
    'a node of another type',
    { path: '/dev/x', hostPath: '/dev/null', type: 'b' },
    { hostPath: '/dev/null', fileMode: 0o666 },
  ],
] as const)
  test(`a spec keeps what the host told of ${title}, and of those before it, as in Go`, () => {
    const deviceNodes = [{ path: '/dev/null' }, node, { path: '/dev/zero' }];
    const loaded = newSpec(
      { cdiVersion: '0.6.0', kind: 'vendor.com/gpu', containerEdits: { deviceNodes }, devices: [OTHER] },
      '/x.yaml',
    );
    assert.match(
      refusal(() => loaded.applyEdits('{}')),
      /^BAD_DEVICE_NODE: /,
    );
    const first = { path: '/dev/null', hostPath: '/dev/null', type: 'c', major: 1, minor: 3, fileMode: 0o666 };
    assert.deepEqual(loaded.spec.containerEdits?.deviceNodes, [first, { ...node, ...told }, { path: '/dev/zero' }]);
  });

test('a registry gives the same spec and device until the file is loaded again', () => {
  const { registry, path } = place();
  const [loaded] = registry.getVendorSpecs('vendor.com');
  const device = registry.getDevice('vendor.com/gpu=0');
  assert.equal(registry.getVendorSpecs('vendor.com')[0], loaded);
  assert.equal(registry.getDevice('vendor.com/gpu=0'), device);
  assert.equal(device?.spec, loaded);
  registry.injectDevices('{}', 'vendor.com/gpu=0');
  assert.equal(device?.device.containerEdits.deviceNodes?.[0]?.major, 1);
  writeFileSync(path, `# once more\n${TEXT}`);
  const again = registry.getDevice('vendor.com/gpu=0');
  assert.notEqual(again, device);
  assert.equal(again?.device.containerEdits.deviceNodes?.[0]?.major, undefined);
});

test('a loaded spec outlives its file', () => {
  const { registry, path } = place();
  const device = registry.getDevice('vendor.com/gpu=0');
  rmSync(path);
  assert.equal(registry.getDevice('vendor.com/gpu=0'), undefined);
  assert.equal(
    device?.applyEdits('{"process":{"env":[]},"linux":{"devices":[],"resources":{"devices":[]}}}').includes('D=0'),
    true,
  );
});
