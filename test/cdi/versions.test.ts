import assert from 'node:assert/strict';
import test from 'node:test';
import type { Spec } from '../../src/cdi/spec.ts';
import { CURRENT_VERSION, findLeastVersion, VERSIONS, validateVersion } from '../../src/cdi/versions.ts';
import { type ContainerEdits, KINDS } from '../../src/edits/kinds.ts';

const ENV: ContainerEdits = { env: ['A=B'] };
const mount = { hostPath: '/a', containerPath: '/b' };

test('VERSIONS lists all releases, newest first', () => {
  const versions = VERSIONS.map((row) => row.version);
  assert.deepEqual(versions, [...'1.1.0 1.0.0 0.8.0 0.7.0 0.6.0 0.5.0 0.4.0 0.3.0 0.2.0 0.1.0'.split(' ')]);
  assert.equal(CURRENT_VERSION, versions[0]);
});

test('VERSIONS has every version that a kind of edits needs', () => {
  const needed = KINDS.flatMap(({ needs }) => needs.map(({ version }) => version));
  const released = VERSIONS.map(({ version }) => version);
  assert.ok(needed.length > 5);
  assert.deepEqual(
    needed.filter((version) => !released.includes(version)),
    [],
  );
});

const byEdits: [title: string, edits: ContainerEdits, version: string][] = [
  ['environment', ENV, '0.3.0'],
  ['a hook', { hooks: [{ hookName: 'prestart', path: '/h' }] }, '0.3.0'],
  ['permissions none', { deviceNodes: [{ path: '/dev/a', permissions: 'none' }] }, '0.3.0'],
  ['a mount type', { mounts: [{ ...mount, type: 'bind' }] }, '0.4.0'],
  ['an empty mount type', { mounts: [{ ...mount, type: '' }] }, '0.3.0'],
  ['a host path', { deviceNodes: [{ path: '/dev/a' }, { path: '/dev/b', hostPath: '/dev/c' }] }, '0.5.0'],
  ['an empty host path', { deviceNodes: [{ path: '/dev/a', hostPath: '' }] }, '0.3.0'],
  ['group 0', { additionalGids: [0] }, '0.7.0'],
  ['no groups', { additionalGids: [] }, '0.3.0'],
  ['empty RDT', { intelRdt: {} }, '0.7.0'],
  ['RDT without monitoring', { intelRdt: { enableMonitoring: false } }, '0.7.0'],
  ['RDT with monitoring', { intelRdt: { enableMonitoring: true } }, '1.1.0'],
  ['empty schemata', { intelRdt: { schemata: [] } }, '1.1.0'],
  ['a net device', { netDevices: [{ hostInterfaceName: 'a', name: 'b' }] }, '1.1.0'],
  ['no net devices', { netDevices: [] }, '0.3.0'],
];
for (const [title, edits, version] of byEdits) {
  test(`findLeastVersion() sees ${title} in the spec and in each device`, () => {
    assert.equal(findLeastVersion(specOf({ containerEdits: edits })), version);
    const devices = [
      { name: 'a', containerEdits: ENV },
      { name: 'b', containerEdits: edits },
    ];
    assert.equal(findLeastVersion(specOf({ devices })), version);
  });
}

const first = (edits: ContainerEdits): Partial<Spec> => ({
  devices: [
    { name: 'a', containerEdits: edits },
    { name: 'b', containerEdits: ENV },
  ],
});
const bySpec: [title: string, spec: Partial<Spec>, version: string][] = [
  [
    'a host path of the last device alone, as Go does',
    first({ deviceNodes: [{ path: '/a', hostPath: '/b' }] }),
    '0.3.0',
  ],
  ['a mount type of the last device alone, as Go does', first({ mounts: [{ ...mount, type: 'bind' }] }), '0.3.0'],
  ['groups of each device', first({ additionalGids: [5] }), '0.7.0'],
  ['an annotation', { annotations: { '': '' } }, '0.6.0'],
  ['no annotations', { annotations: {} }, '0.3.0'],
  ['an annotation of a device', { devices: [{ name: 'a', annotations: { a: '' }, containerEdits: ENV }] }, '0.6.0'],
  ['a dot in the class', { kind: 'v/c.d' }, '0.6.0'],
  ['a dot after a further slash', { kind: 'v/c/d.e' }, '0.6.0'],
  ['a dot in the vendor', { kind: 'v.com/c' }, '0.3.0'],
  ['a dot and no slash', { kind: 'v.com' }, '0.3.0'],
  ['a digit first', { devices: [{ name: '0a', containerEdits: ENV }] }, '0.5.0'],
  ['a nine first', { devices: [{ name: '9', containerEdits: ENV }] }, '0.5.0'],
  ['a digit later', { devices: [{ name: 'a0', containerEdits: ENV }] }, '0.3.0'],
  ['other characters first', { devices: [':', '/', '٣', ''].map((name) => ({ name, containerEdits: ENV })) }, '0.3.0'],
];
for (const [title, spec, version] of bySpec) {
  test(`findLeastVersion() sees ${title}`, () => assert.equal(findLeastVersion(specOf(spec)), version));
}

for (const cdiVersion of ['1.1.0', 'v1.1.0', '1.0.0', '0.8.0', '0.7.0', '0.6.0', '0.5.0', '0.4.0', 'v0.3.0']) {
  test(`validateVersion() takes ${cdiVersion}`, () => validateVersion(specOf({ cdiVersion })));
}

for (const cdiVersion of ['vv1.1.0', 'V1.1.0', '1.1', '1.1.0+x', '0.9.0', ' 1.1.0', 'v', '1.2.0']) {
  test(`validateVersion() does not know "${cdiVersion}"`, () => {
    const why = `cdiVersion "${cdiVersion}" is unknown`;
    assert.throws(() => validateVersion(specOf({ cdiVersion })), { name: 'CdiError', code: 'BAD_SPEC', why });
  });
}

const tooLow: [cdiVersion: string, spec: Partial<Spec>, why: string][] = [
  ['0.2.0', {}, 'cdiVersion "0.2.0" is too low: any spec needs 0.3.0'],
  ['0.1.0', { kind: 'v/a.b' }, 'cdiVersion "0.1.0" is too low: a class with a dot needs 0.6.0'],
  [
    'v1.0.0',
    { containerEdits: { intelRdt: { schemata: [] } } },
    'cdiVersion "v1.0.0" is too low: intelRdt with schemata needs 1.1.0',
  ],
  [
    '0.3.0',
    { containerEdits: { mounts: [{ ...mount, type: 'x' }] } },
    'cdiVersion "0.3.0" is too low: a mount with a type needs 0.4.0',
  ],
];
for (const [cdiVersion, spec, why] of tooLow) {
  test(`validateVersion() says why ${cdiVersion} is too low`, () => {
    assert.throws(() => validateVersion(specOf({ ...spec, cdiVersion })), { code: 'BAD_SPEC', why });
  });
}

test('validateVersion() says what to write', () => {
  const what = 'cannot accept the version of the spec';
  const unknown = `${what}: cdiVersion "2" is unknown; use a released one, such as 1.1.0`;
  assert.throws(() => validateVersion(specOf({ cdiVersion: '2' })), { message: unknown });
  const none = `${what}: the spec has no cdiVersion; use a released one, such as 1.1.0`;
  assert.throws(() => validateVersion(specOf({ cdiVersion: '' })), { message: none });
  const low = `${what}: cdiVersion "0.2.0" is too low: any spec needs 0.3.0; raise it to 0.3.0`;
  assert.throws(() => validateVersion(specOf({ cdiVersion: '0.2.0' })), { message: low });
});

function specOf(part: Partial<Spec>): Spec {
  return { cdiVersion: '1.1.0', kind: 'vendor.com/gpu', devices: [{ name: 'a', containerEdits: ENV }], ...part };
}
