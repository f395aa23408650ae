import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { DeviceNode } from '../../src/edits/device-node.ts';
import { fillDeviceNode } from '../../src/edits/device-node.ts';
import { edited, editedText, nodesOf, refusal } from '../support/edit-document.ts';

const HOST = nodesOf({
  '/dev/fuse': { type: 'c', major: 10, minor: 229, mode: 0o666 },
  '/dev/sda': { type: 'b', major: 8, minor: 0, mode: 0o4755 },
  '/dev/pipe': { type: 'p', major: 0, minor: 0, mode: 0o600 },
  '/dev/link': { type: '', major: 0, minor: 0, mode: 0o777 },
  '/dev/locked': 'EACCES',
  '/dev/file/x': 'ENOTDIR',
});

const filled: [title: string, node: DeviceNode, want: object][] = [
  ['takes all from the host', { path: '/dev/fuse' }, { type: 'c', major: 10, minor: 229, fileMode: 0o666 }],
  ['keeps set-id and sticky bits', { path: '/dev/sda' }, { type: 'b', major: 8, minor: 0, fileMode: 2541 }],
  ['takes a pipe', { path: '/dev/pipe' }, { type: 'p', major: 0, minor: 0, fileMode: 0o600 }],
  [
    'looks at the host path',
    { path: '/dev/x', hostPath: '/dev/fuse' },
    { hostPath: '/dev/fuse', type: 'c', major: 10, minor: 229, fileMode: 0o666 },
  ],
  [
    'reads an empty host path as the path',
    { path: '/dev/pipe', hostPath: '' },
    { type: 'p', major: 0, minor: 0, fileMode: 0o600 },
  ],
  ['keeps a file mode, 0 too', { path: '/dev/fuse', fileMode: 0 }, { type: 'c', major: 10, minor: 229, fileMode: 0 }],
  [
    'overwrites a minor without a major',
    { path: '/dev/fuse', minor: 7 },
    { type: 'c', major: 10, minor: 229, fileMode: 0o666 },
  ],
  ['keeps a major without a type', { path: '/dev/fuse', major: 9 }, { type: 'c', major: 9, fileMode: 0o666 }],
  ['agrees with the type', { path: '/dev/fuse', type: 'c' }, { type: 'c', major: 10, minor: 229, fileMode: 0o666 }],
  ['believes a type with a major', { path: '/dev/sda', type: 'c', major: 1 }, { type: 'c', major: 1, fileMode: 2541 }],
  [
    'believes a type with a major beyond 2^53',
    { path: '/dev/none', type: 'c', major: 2n ** 63n - 1n },
    { type: 'c', major: 2n ** 63n - 1n },
  ],
  ['believes type p', { path: '/dev/fuse', type: 'p' }, { type: 'p', fileMode: 0o666 }],
  [
    'needs no node for a complete one',
    { path: '/dev/none', type: 'b', major: 1, minor: 2 },
    { type: 'b', major: 1, minor: 2 },
  ],
  [
    'needs no node behind a link for a complete one',
    { path: '/dev/link', type: 'b', major: 1 },
    { type: 'b', major: 1 },
  ],
];
for (const [title, node, want] of filled)
  test(`fillDeviceNode() ${title}`, () => {
    assert.deepEqual(fillDeviceNode(Object.freeze(node), HOST), { ...node, hostPath: node.path, ...want });
  });

const refused: [title: string, node: DeviceNode, why: string][] = [
  ['a missing node', { path: '/dev/none' }, 'host path "/dev/none" is missing'],
  ['a node below a file', { path: '/dev/file/x' }, 'host path "/dev/file/x" is missing'],
  ['a node that cannot be looked at', { path: '/dev/locked' }, 'host path "/dev/locked" cannot be looked at (EACCES)'],
  ['a link', { path: '/dev/link' }, 'host path "/dev/link" is no device node'],
  ['another type', { path: '/dev/fuse', type: 'b' }, 'host path "/dev/fuse" has type "c", not "b"'],
  ['type u without a major', { path: '/dev/fuse', type: 'u' }, 'host path "/dev/fuse" has type "c", not "u"'],
  ['a type without a major', { path: '/dev/x', hostPath: '/dev/none', type: 'c' }, 'host path "/dev/none" is missing'],
];
for (const [title, node, why] of refused)
  test(`fillDeviceNode() refuses ${title}`, () => {
    const hint = 'load the driver that makes the node, or generate the spec again';
    const want = `BAD_DEVICE_NODE: cannot inject device node "${node.path}": ${why}; ${hint}`;
    assert.equal(
      refusal(() => fillDeviceNode(node, HOST)),
      want,
    );
    assert.equal(
      refusal(() => edited({}, { deviceNodes: [{ path: '/dev/fuse' }, node] }, 'once', HOST)),
      want,
    );
  });

const DEVICE = { path: '/dev/a', type: 'c', major: 10, minor: 1 };
const node = (path: string, more: Partial<DeviceNode> = {}): DeviceNode => ({
  path,
  type: 'c',
  major: 10,
  minor: 1,
  ...more,
});
const rule = (access: string | undefined, more: object = {}): object => {
  const base = { allow: true, type: 'c', major: 10, minor: 1, ...more };
  return access === undefined ? base : { ...base, access };
};

function devicesAfter(process: object, given: DeviceNode): unknown {
  const document: unknown = edited(
    { process, linux: { resources: { devices: [] } } },
    { deviceNodes: [given] },
    'once',
  );
  return document;
}

const owners: [title: string, user: object, given: Partial<DeviceNode>, want: object][] = [
  ['no one when it is root', { uid: 0, gid: 0 }, {}, {}],
  ['no one when there is no user', {}, {}, {}],
  ["the process' user", { uid: 1000, gid: 100 }, {}, { uid: 1000, gid: 100 }],
  ['each by itself', { uid: 1000, gid: 0 }, {}, { uid: 1000 }],
  ['what the spec says, 0 too', { uid: 1000, gid: 100 }, { uid: 0, gid: 5 }, { uid: 0, gid: 5 }],
];
for (const [title, user, given, want] of owners)
  test(`applyDeviceNodes() gives a node as owner ${title}`, () => {
    assert.deepEqual(devicesAfter({ user }, node('/dev/a', given)), {
      process: { user },
      linux: { resources: { devices: [rule('rwm')] }, devices: [{ ...DEVICE, ...want }] },
    });
  });

const accesses: [title: string, given: Partial<DeviceNode>, want: object[]][] = [
  ['all access by default', {}, [rule('rwm')]],
  ['all access for empty permissions', { permissions: '' }, [rule('rwm')]],
  ['access as it is written', { permissions: 'mrw' }, [rule('mrw')]],
  ['no access for none', { permissions: 'none' }, [rule(undefined)]],
  ['access to a block device', { type: 'b' }, [rule('rwm', { type: 'b' })]],
  ['nothing for an unbuffered device', { type: 'u' }, []],
  ['nothing for a pipe', { type: 'p' }, []],
  ['64 bits', { major: 2n ** 53n + 1n }, [rule('rwm', { major: 2 ** 53 })]],
];
for (const [title, given, want] of accesses)
  test(`applyDeviceNodes() allows ${title}`, () => {
    const document = { linux: { devices: [], resources: { devices: [] } } };
    const after: unknown = edited(document, { deviceNodes: [node('/dev/a', given)] }, 'append');
    const { major = 10, type = 'c' } = given;
    const device = { ...DEVICE, major: Number(major), type };
    assert.deepEqual(after, { linux: { devices: [device], resources: { devices: want } } });
  });

test('applyDeviceNodes() writes all digits of 64 bits, and what a complete node has', () => {
  const given = node('/dev/a', { major: 2n ** 63n - 1n, fileMode: 438 });
  assert.equal(
    editedText('{}', { deviceNodes: [given] }, 'once'),
    '{"linux":{"devices":[{"path":"/dev/a","type":"c","major":9223372036854775807,"minor":1,"fileMode":438}],' +
      '"resources":{"devices":[{"allow":true,"type":"c","major":9223372036854775807,"minor":1,"access":"rwm"}]}}}',
  );
});

for (const bits of [0o060000, 0o040000, 2 ** 31])
  test(`applyDeviceNodes() hands no bits of a mode that are a type's to a runtime: ${bits.toString(8)}`, () => {
    const deviceNodes = [node('/dev/a', { fileMode: bits + 0o6640 })];
    const modes = (['once', 'append'] as const).map(
      (mode) => /"fileMode":(\d+)/.exec(editedText('{}', { deviceNodes }, mode))?.[1],
    );
    assert.deepEqual(modes, [String(0o6640), String(bits + 0o6640)], 'the library does as Go does');
  });

test('applyDeviceNodes() writes numbers that are absent as 0', () => {
  assert.deepEqual(edited({}, { deviceNodes: [{ path: '/p', type: 'p' }] }, 'once'), {
    linux: { devices: [{ path: '/p', type: 'p', major: 0, minor: 0 }] },
  });
});

const old = (path: string, mark: number): object => ({ path, type: 'c', major: 1, minor: mark });
const places: [title: string, there: object[], given: DeviceNode[], want: object[]][] = [
  ['at the end', [old('/dev/x', 1)], [node('/dev/a')], [old('/dev/x', 1), DEVICE]],
  [
    'at the end in place of the one with its path',
    [old('/dev/a', 1), old('/dev/x', 1)],
    [node('/dev/a')],
    [old('/dev/x', 1), DEVICE],
  ],
  [
    'over the second of two with its path',
    [old('/dev/a', 1), old('/dev/x', 1), old('/dev/a', 2), old('/dev/y', 1)],
    [node('/dev/a')],
    [old('/dev/x', 1), DEVICE, old('/dev/y', 1)],
  ],
  ['once where the edits have it twice', [], [node('/dev/a', { minor: 5 }), node('/dev/a')], [DEVICE]],
  ['by the exact text of its path', [old('/dev//a', 1)], [node('/dev/a')], [old('/dev//a', 1), DEVICE]],
];
for (const mode of ['append', 'once'] as const)
  for (const [title, there, given, want] of places)
    test(`applyDeviceNodes() puts a node ${title} (${mode})`, () => {
      const document = { linux: { devices: there } };
      const after: unknown = edited(document, { deviceNodes: given }, mode);
      assert.deepEqual(JSON.parse(JSON.stringify(after, ['linux', 'devices', 'path', 'type', 'major', 'minor'])), {
        linux: { devices: want },
      });
    });

const rules: [title: string, there: object[], adds: boolean][] = [
  ['where there is none', [], true],
  ['where an equal one is', [rule('rwm')], false],
  ['where an equal one is with null fields', [{ ...rule('rwm'), x: null }], false],
  ['where access differs', [rule('rw')], true],
  ['where a later one denies all', [rule('rwm'), { allow: false, access: 'rwm' }], true],
  ['where a later one denies type a', [rule('rwm'), { allow: false, type: 'a' }], true],
  ['where a later one denies its type', [rule('rwm'), { allow: false, type: 'c' }], true],
  ['where a later one denies its major', [rule('rwm'), { allow: false, type: 'c', major: 10, minor: -1 }], true],
  ['where a later one denies another major', [rule('rwm'), { allow: false, type: 'c', major: 11 }], false],
  ['where a later one denies another minor', [rule('rwm'), { allow: false, type: 'c', major: 10, minor: 2 }], false],
  ['where a later one denies another type', [rule('rwm'), { allow: false, type: 'b' }], false],
  ['where a later one allows', [rule('rwm'), { allow: true, type: 'a' }], false],
  ['where a later one does not say', [rule('rwm'), { type: 'a' }], true],
  ['where an earlier one denies', [{ allow: false, access: 'rwm' }, rule('rwm')], false],
  ['where it is allowed again after the denial', [rule('rwm'), { allow: false }, rule('rwm')], false],
];
for (const [title, there, adds] of rules)
  test(`applyDeviceNodes() ${adds ? 'adds a rule' : 'adds no rule'} ${title}`, () => {
    const document = { linux: { devices: [DEVICE], resources: { devices: there } } };
    const want = adds ? [...there, rule('rwm')] : there;
    assert.deepEqual(edited(document, { deviceNodes: [node('/dev/a')] }, 'once'), {
      linux: { devices: [DEVICE], resources: { devices: want } },
    });
    const appended: unknown = edited(document, { deviceNodes: [node('/dev/a')] }, 'append');
    assert.deepEqual(appended, { linux: { devices: [DEVICE], resources: { devices: [...there, rule('rwm')] } } });
  });

test('applyDeviceNodes() judges rules of nodes with equal numbers alike, and those that differ in access apart', () => {
  const nodes = [node('/dev/a'), node('/dev/b'), node('/dev/c', { permissions: 'r' })];
  const rulesAfter = (there: object[]): unknown => {
    const document = edited({ linux: { resources: { devices: there } } }, { deviceNodes: nodes }, 'once');
    return (document as { linux: { resources: { devices: unknown } } }).linux.resources.devices;
  };
  assert.deepEqual(rulesAfter([]), [rule('rwm'), rule('rwm'), rule('r')]);
  assert.deepEqual(rulesAfter([rule('rwm')]), [rule('rwm'), rule('r')]);
});

test('applyDeviceNodes() adds again what differs in one field', () => {
  for (const more of [{ uid: 5 }, { fileMode: 384 }, { minor: 2 }, { vendor: 'x' }]) {
    const document = { linux: { devices: [{ ...DEVICE, ...more }], resources: { devices: [rule('rwm')] } } };
    const want = { linux: { devices: [DEVICE], resources: { devices: [rule('rwm')] } } };
    assert.deepEqual(edited(document, { deviceNodes: [node('/dev/a')] }, 'once'), want);
  }
});

test('applyDeviceNodes() leaves a node as an engine has made it, which writes no mode that no spec says', () => {
  const lookup = nodesOf({ '/dev/a': { type: 'c', major: 10, minor: 1, mode: 0o660 } });
  const madeWith = (more: object): object => ({
    linux: { devices: [{ ...DEVICE, ...more }], resources: { devices: [rule('rwm')] } },
  });
  assert.deepEqual(edited(madeWith({}), { deviceNodes: [{ path: '/dev/a' }] }, 'once', lookup), madeWith({}));
  for (const fileMode of [0o660, 0o600]) {
    const want = madeWith({ fileMode });
    assert.deepEqual(edited(madeWith({}), { deviceNodes: [{ path: '/dev/a', fileMode }] }, 'once', lookup), want);
  }
});

const odd: [title: string, document: object, why: string][] = [
  ['a device that is a text', { linux: { devices: ['x'] } }, '"linux.devices" is not a list of objects'],
  ['a path that is a number', { linux: { devices: [{ path: 5 }] } }, '"linux.devices.path" is not a text'],
  ['devices that are an object', { linux: { devices: {} } }, '"linux.devices" is not a list'],
  ['rules that are a text', { linux: { resources: { devices: 'x' } } }, '"linux.resources.devices" is not a list'],
  ['a user ID that is a text', { process: { user: { uid: 'root' } } }, '"process.user.uid" is not a whole number'],
  ['a user ID with a fraction', { process: { user: { uid: 1.5 } } }, '"process.user.uid" is not a whole number'],
];
for (const [title, document, why] of odd)
  test(`applyDeviceNodes() refuses ${title}`, () => {
    assert.equal(
      refusal(() => edited(document, { deviceNodes: [node('/dev/a')] }, 'once')),
      `BAD_BUNDLE: cannot edit the container configuration: ${why}; the OCI runtime specification says its form`,
    );
  });
