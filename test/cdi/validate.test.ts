import assert from 'node:assert/strict';
import test from 'node:test';
import type { Spec } from '../../src/cdi/spec.ts';
import { validateDevice, validateEdits, validateSpec } from '../../src/cdi/validate.ts';
import type { FieldPath } from '../../src/edits/fault.ts';
import type { ContainerEdits } from '../../src/edits/kinds.ts';

const ENV: ContainerEdits = { env: ['A=B'] };

const goodEdits: [title: string, edits: ContainerEdits | undefined][] = [
  ['none', undefined],
  ['empty ones', {}],
  ['a blank as a name', { env: [' =x', 'A=', 'A==b'] }],
  ['relative paths', { deviceNodes: [{ path: 'x' }], mounts: [{ hostPath: 'a', containerPath: 'b', options: ['?'] }] }],
  ['every device type', { deviceNodes: ['', 'b', 'c', 'u', 'p'].map((type) => ({ path: '/x', type })) }],
  ['permissions', { deviceNodes: ['', 'r', 'mwr', 'rrr', 'none'].map((permissions) => ({ path: '/x', permissions })) }],
  ['a negative timeout', { hooks: [{ hookName: 'poststop', path: 'h', env: ['A=B'], timeout: -1n }] }],
  ['the root class of service', { intelRdt: { closID: '/' } }],
  ['odd classes of service', { intelRdt: { closID: ' \0é...' } }],
  ['a class of service of 4095 bytes', { intelRdt: { closID: `x${'é'.repeat(2047)}` } }],
  [
    'net devices that swap names',
    {
      netDevices: [
        { hostInterfaceName: 'a', name: 'b' },
        { hostInterfaceName: 'b', name: 'a' },
      ],
    },
  ],
];
for (const [title, edits] of goodEdits) test(`validateEdits() takes ${title}`, () => validateEdits(edits));

const net = (...pairs: [string, string][]) => ({
  netDevices: pairs.map(([hostInterfaceName, name]) => ({ hostInterfaceName, name })),
});
const node = (type: string, permissions = '') => ({ deviceNodes: [{ path: '/dev/x', type, permissions }] });
const NAME_VALUE = 'write it as NAME=value';
const TYPES = 'use b, c, u or p, or leave it out';
const LETTERS = 'use letters of rwm, or none';
const CLOS = 'use a file name of at most 4095 bytes, or "/"';
const badEdits: [title: string, edits: ContainerEdits, message: string][] = [
  [
    'an entry without =',
    { env: ['A=1', 'x'] },
    `env[1]: environment entry "x" has no name before a "="; ${NAME_VALUE}`,
  ],
  [
    'an entry without a name',
    { env: ['=x'] },
    `env[0]: environment entry "=x" has no name before a "="; ${NAME_VALUE}`,
  ],
  [
    'a node without a path',
    { deviceNodes: [{ path: '' }] },
    'deviceNodes[0].path: the device node has no path; add it',
  ],
  ['an unknown type', node('x'), `deviceNodes[0].type: device node "/dev/x" is of type "x"; ${TYPES}`],
  ['two types', node('bc'), `deviceNodes[0].type: device node "/dev/x" is of type "bc"; ${TYPES}`],
  [
    'a letter too many',
    node('', 'rwx'),
    `deviceNodes[0].permissions: device node "/dev/x" has permissions "rwx"; ${LETTERS}`,
  ],
  [
    'none with more',
    node('', 'none '),
    `deviceNodes[0].permissions: device node "/dev/x" has permissions "none "; ${LETTERS}`,
  ],
  [
    'an unknown hook',
    { hooks: [{ hookName: 'preStart', path: '/h' }] },
    'hooks[0].hookName: hook name "preStart" is unknown; use one of prestart, createRuntime, createContainer, startContainer, poststart, poststop',
  ],
  [
    'a hook without a path',
    { hooks: [{ hookName: 'prestart', path: '' }] },
    'hooks[0].path: the hook has no path; add it',
  ],
  [
    'a bad entry of a hook',
    { hooks: [{ hookName: 'prestart', path: '/h', env: ['A=B', ''] }] },
    `hooks[0].env[1]: environment entry "" has no name before a "="; ${NAME_VALUE}`,
  ],
  [
    'a mount from nowhere',
    { mounts: [{ hostPath: '', containerPath: '/x' }] },
    'mounts[0].hostPath: the mount has no hostPath; add it',
  ],
  [
    'a mount to nowhere',
    { mounts: [{ hostPath: '/x', containerPath: '' }] },
    'mounts[0].containerPath: the mount has no containerPath; add it',
  ],
  ...['.', '..', 'a/b', '//'].map((closID): [string, ContainerEdits, string] => [
    `the class of service ${closID}`,
    { intelRdt: { closID } },
    `intelRdt.closID: closID "${closID}" cannot name a directory; ${CLOS}`,
  ]),
  ['a line feed', { intelRdt: { closID: '\n' } }, `intelRdt.closID: closID "\\n" cannot name a directory; ${CLOS}`],
  [
    'a class of service of 4096 bytes',
    { intelRdt: { closID: 'é'.repeat(2048) } },
    `intelRdt.closID: closID "${'é'.repeat(160)}…" cannot name a directory; ${CLOS}`,
  ],
  [
    'no host interface',
    net(['', 'a']),
    'netDevices[0].hostInterfaceName: the network device has no hostInterfaceName; add it',
  ],
  ['no interface name', net(['a', 'a'], ['b', '']), 'netDevices[1].name: the network device has no name; add it'],
  [
    'a host interface twice',
    net(['a', 'x'], ['b', 'y'], ['a', 'z']),
    'netDevices[2].hostInterfaceName: another network device has the hostInterfaceName "a" too; use each once',
  ],
  [
    'a name twice',
    net(['a', 'x'], ['b', 'x']),
    'netDevices[1].name: another network device has the name "x" too; use each once',
  ],
];
for (const [title, edits, message] of badEdits) {
  test(`validateEdits() refuses ${title}`, () => {
    const expected = { name: 'CdiError', code: 'BAD_EDITS', message: `cannot validate the edits: ${message}` };
    assert.throws(() => validateEdits(edits), expected);
  });
  test(`validateDevice() and validateSpec() refuse ${title}`, () => {
    const field = (start: string) => ({ code: 'BAD_EDITS', why: new RegExp(`^${start}containerEdits\\.`) });
    assert.throws(() => validateDevice({ name: 'a', containerEdits: edits }), field(''));
    assert.throws(() => validateSpec(specOf({ containerEdits: edits })), field(''));
    const devices = [
      { name: 'a', containerEdits: ENV },
      { name: 'b', containerEdits: edits },
    ];
    assert.throws(() => validateSpec(specOf({ devices })), field('devices\\[1\\]\\.'));
  });
}

const countsAsEdits: ContainerEdits[] = [
  ENV,
  { additionalGids: [0] },
  { intelRdt: {} },
  { deviceNodes: [{ path: '/x' }] },
  { hooks: [{ hookName: 'prestart', path: '/h' }] },
  { mounts: [{ hostPath: '/a', containerPath: '/b' }] },
  net(['a', 'b']),
];
for (const containerEdits of countsAsEdits) {
  test(`validateDevice() takes a device with ${JSON.stringify(containerEdits)}`, () => {
    validateDevice({ name: '0', containerEdits, annotations: { 'bad key': '' } });
  });
}

test('validateDevice() refuses bad names and devices without edits', () => {
  const name =
    'name: device name "a b" contains a space; use ASCII letters, digits and . _ - : with a letter or digit first and last';
  const badName = { code: 'BAD_DEVICE_NAME', message: `cannot validate the device: ${name}` };
  assert.throws(() => validateDevice({ name: 'a b', containerEdits: ENV }), badName);
  const noEdits = {
    code: 'BAD_EDITS',
    message: 'cannot validate the device: containerEdits: device "a" has no edits; add at least one',
  };
  assert.throws(() => validateDevice({ name: 'a', containerEdits: {} }), noEdits);
  assert.throws(
    () => validateDevice({ name: 'a', containerEdits: { env: [], mounts: [], additionalGids: [] } }),
    noEdits,
  );
});

const badSpecs: [title: string, spec: Partial<Spec>, code: string, why: string][] = [
  ['an unknown version', { cdiVersion: '2' }, 'BAD_SPEC', 'cdiVersion: cdiVersion "2" is unknown'],
  [
    'a version that is too low',
    { cdiVersion: '0.2.0' },
    'BAD_SPEC',
    'cdiVersion: cdiVersion "0.2.0" is too low: any spec needs 0.3.0',
  ],
  ['no kind', { kind: '' }, 'BAD_SPEC', 'kind: the spec has no kind'],
  ['a kind without a slash', { kind: 'gpu' }, 'BAD_SPEC', 'kind: kind "gpu" lacks a vendor or a class'],
  ['a bad vendor', { kind: '9/gpu' }, 'BAD_SPEC', 'kind: vendor "9" starts with "9"'],
  ['a bad class', { kind: 'v/a/b' }, 'BAD_SPEC', 'kind: class "a/b" contains "/"'],
  ['no devices', { devices: [] }, 'BAD_SPEC', 'devices: the spec has no devices'],
  [
    'an empty name',
    { devices: [{ name: '', containerEdits: ENV }] },
    'BAD_DEVICE_NAME',
    'devices[0].name: the device name is empty',
  ],
  [
    'no edits',
    { devices: [{ name: 'a', containerEdits: {} }] },
    'BAD_EDITS',
    'devices[0].containerEdits: device "a" has no edits',
  ],
  [
    'a device twice',
    { devices: ['a', 'b', 'a'].map((name) => ({ name, containerEdits: ENV })) },
    'BAD_SPEC',
    'devices[2].name: another device has the name "a" too',
  ],
  [
    'the version first',
    { cdiVersion: '', kind: '', devices: [] },
    'BAD_SPEC',
    'cdiVersion: the spec has no cdiVersion',
  ],
];
for (const [title, spec, code, why] of badSpecs) {
  test(`validateSpec() refuses ${title}`, () => assert.throws(() => validateSpec(specOf(spec)), { code, why }));
}

test('validateSpec() takes names as they come, does not look at annotations or across edit lists', () => {
  const devices = ['__proto__', 'constructor'].map((name) => ({
    name: name.replaceAll('__', 'x'),
    containerEdits: net(['a', 'b']),
  }));
  validateSpec(specOf({ devices, annotations: { 'a/b/c': 'x', 'bad key': '' }, containerEdits: net(['a', 'b']) }));
});

test('validateSpec() tells line and column, of the nearest field that the text has', () => {
  const asked: FieldPath[] = [];
  const locate = (field: FieldPath) => {
    asked.push(field);
    return field.length === 5 ? { line: 12, column: 9 } : undefined;
  };
  const devices = [{ name: 'a', containerEdits: { mounts: [{ hostPath: '', containerPath: '/x' }] } }];
  const source = { what: 'load spec "/etc/cdi/x.yaml"', path: '/etc/cdi/x.yaml', locate };
  assert.throws(() => validateSpec(specOf({ devices }), source), {
    message: 'cannot load spec "/etc/cdi/x.yaml": line 12, column 9: the mount has no hostPath; add it',
    path: '/etc/cdi/x.yaml',
    line: 12,
    column: 9,
  });
  const mount = ['devices', 0, 'containerEdits', 'mounts', 0];
  assert.deepEqual(asked, [[...mount, 'hostPath'], mount]);
});

test('validateSpec() names the field when no position is to be had', () => {
  const asked: FieldPath[] = [];
  const locate = (field: FieldPath) => void asked.push(field);
  const message = 'cannot validate the spec: devices: the spec has no devices; add at least one';
  assert.throws(() => validateSpec(specOf({ devices: [] }), { locate }), { message, line: undefined });
  assert.deepEqual(asked, [['devices'], []]);
});

function specOf(part: Partial<Spec>): Spec {
  return { cdiVersion: '1.1.0', kind: 'vendor.com/gpu', devices: [{ name: 'a', containerEdits: ENV }], ...part };
}
