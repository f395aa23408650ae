// Devices that do not resolve: the reason for each, and who may go without.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { DEFAULT_SETTINGS, type Settings } from '../../src/settings/settings.ts';
import { spec } from '../support/specs.ts';
import { type Files, type PlanRequest, planned, refusalOf, request } from './planned.ts';

const GPU: Files = { '/etc/cdi/gpu.yaml': spec('vendor.com/gpu', '0', '1') };
const DIRECTORIES = '"/etc/cdi" and "/var/run/cdi"';
const FIX = 'let only root write there, or set trust.owner: off';

const reasons: [title: string, device: string, files: Files, want: string, memory?: PlanRequest['memory']][] = [
  [
    'there is no such vendor',
    'vendr.com/gpu=0',
    GPU,
    `no spec in ${DIRECTORIES} is of vendor "vendr.com"; did you mean "vendor.com"?`,
  ],
  [
    'there is no spec at all',
    'vendor.com/gpu=0',
    {},
    `no spec in ${DIRECTORIES} is of vendor "vendor.com"; install the spec of its vendor`,
  ],
  [
    'there is no such class',
    'vendor.com/gpus=0',
    GPU,
    'vendor "vendor.com" has "gpu", not class "gpus"; did you mean "gpu"?',
  ],
  ['there is no such device', 'vendor.com/gpu=x', GPU, '"vendor.com/gpu" has "0" and "1"; request one of these'],
  [
    'the file of its kind is broken',
    'vendor.com/gpu=0',
    { '/etc/cdi/gpu.yaml': 'cdiVersion: 0.6.0\nkind: vendor.com/gpu\ndevices: [{ name: "a b" }]\n' },
    `no spec in ${DIRECTORIES} is of vendor "vendor.com"; spec "/etc/cdi/gpu.yaml" is in error: line 3, column 19: device name "a b" contains a space`,
  ],
  [
    'a file with its vendor’s name is broken, without naming its kind',
    'vendor.com/net=0',
    { '/etc/cdi/vendor.yaml': '' },
    `no spec in ${DIRECTORIES} is of vendor "vendor.com"; spec "/etc/cdi/vendor.yaml" is in error: there is no document in it`,
  ],
  [
    'a directory ended the search',
    'vendor.com/net=0',
    { ...GPU, '/var/run/cdi': { errno: 'EACCES' } },
    'vendor "vendor.com" has "gpu", not class "net"; spec directory "/var/run/cdi" ended the search: it cannot be read by this user',
  ],
  [
    'another user could have written its spec',
    'vendor.com/gpu=0',
    GPU,
    `no spec in ${DIRECTORIES} is of vendor "vendor.com"; spec "/etc/cdi/gpu.yaml" is in error: it belongs to user 1000`,
    { owners: { '/etc/cdi/gpu.yaml': { uid: 1000 } } },
  ],
  [
    'everybody could have written to its directory',
    'vendor.com/gpu=0',
    GPU,
    `no spec in ${DIRECTORIES} is of vendor "vendor.com"; spec "/etc/cdi/gpu.yaml" is in error: directory "/etc/cdi" can be written by everybody (mode 0777)`,
    { owners: { '/etc/cdi': { mode: 0o777 } } },
  ],
];
for (const [title, device, files, why, memory] of reasons)
  test(`a device does not resolve, since ${title}`, () =>
    assert.equal(
      refusalOf(request(device), { files, ...(memory && { memory }) }),
      `UNRESOLVED_DEVICE: cannot resolve device "${device}" (asked for by annotation cdi.k8s.io/x): ${why}`,
    ));

test('a device does not resolve, since two files define it', () => {
  const files = { ...GPU, '/etc/cdi/other.yaml': spec('vendor.com/gpu', '1') };
  assert.equal(
    refusalOf(request('vendor.com/gpu=1'), { files }),
    'DEVICE_CONFLICT: cannot resolve device "vendor.com/gpu=1" (asked for by annotation cdi.k8s.io/x): ' +
      '"/etc/cdi/gpu.yaml" and "/etc/cdi/other.yaml" define it with the same priority; let only one of them define it',
  );
});

test('an untrusted spec does not hide the device of a trusted one', () => {
  const files = { ...GPU, '/var/run/cdi/gpu.yaml': spec('vendor.com/gpu', '0') };
  const memory = { owners: { '/var/run/cdi/gpu.yaml': { uid: 1000 } } };
  const { edits, refusal } = planned(request('vendor.com/gpu=0'), { files, memory });
  assert.deepEqual([refusal, edits[0]?.path], [undefined, '/etc/cdi/gpu.yaml']);
});

test('an untrusted spec counts where owners do not matter', () => {
  const memory = { owners: { '/etc/cdi/gpu.yaml': { uid: 1000 } } };
  const settings = { trust: { ...DEFAULT_SETTINGS.trust, owner: 'off' } } as const;
  assert.equal(refusalOf(request('vendor.com/gpu=0'), { files: GPU, memory, settings }), undefined);
});

// Several at once: what fits into the one line that engines show.

const env = (...devices: string[]): object => ({ process: { env: [`CDI_DEVICES=${devices.join(',')}`] } });
const several: [devices: string[], first: string, want: string][] = [
  [
    ['vendor.com/gpu=x', 'vendor.com/gpu=0', 'a.b/c=d'],
    'device "vendor.com/gpu=x"',
    '"vendor.com/gpu" has "0" and "1"; request one of these; ' +
      `nor "a.b/c=d": no spec in ${DIRECTORIES} is of vendor "a.b"`,
  ],
  [
    ['vendor.com/gpu=x', 'a.b/c=d', 'vendor.com/net=0', 'vendor.com/gpu=y', 'e.f/c=d', 'a.b/c=e', 'g.h/c=d'],
    'devices "vendor.com/gpu=x" and "vendor.com/gpu=y"',
    '"vendor.com/gpu" has "0" and "1"; request one of these; ' +
      `nor "a.b/c=d" and "a.b/c=e": no spec in ${DIRECTORIES} is of vendor "a.b"; ` +
      'nor "vendor.com/net=0": vendor "vendor.com" has "gpu", not class "net"; and 2 more do not resolve either',
  ],
  [
    ['a.b/c=d', 'a.b/c=e', 'a.b/c=f'],
    'devices "a.b/c=d", "a.b/c=e" and "a.b/c=f"',
    `no spec in ${DIRECTORIES} is of vendor "a.b"; install the spec of its vendor`,
  ],
];
for (const [devices, first, why] of several)
  test(`several devices do not resolve: ${devices.join(' ')}`, () =>
    assert.equal(
      refusalOf(env(...devices), { files: GPU }),
      `UNRESOLVED_DEVICE: cannot resolve ${first} (asked for by env CDI_DEVICES): ${why}`,
    ));

test('the directories are looked at once for each vendor, however many devices are missing', () => {
  let listed = 0;
  const devices = Array.from({ length: 40 }, (_, i) => `vendor.com/gpu=x${i}`);
  const change: PlanRequest['change'] = (host) => ({
    ...host,
    listDirectory: (path) => {
      listed++;
      return host.listDirectory(path);
    },
  });
  planned(env(...devices), { files: GPU, settings: { unresolved: 'warn' }, change });
  // Each look lists a directory once or twice; the first look is for the devices themselves.
  assert.ok(listed <= 8, `${listed} listings`);
});

test('a flood of devices that may be absent costs one more look at the directories, and 17 warnings', () => {
  let listed = 0;
  const change: PlanRequest['change'] = (host) => ({
    ...host,
    listDirectory: (path) => {
      listed++;
      return host.listDirectory(path);
    },
  });
  const devices = Array.from({ length: 1000 }, (_, i) => `vendor${i}.com/gpu=x`);
  const document = { process: { env: [`CDI_DEVICES_OPTIONAL=vendor.com/gpu=0,${devices.join()}`] } };
  const { warnings, dropped, granted, refusal } = planned(document, { files: GPU, change });
  assert.deepEqual([refusal, dropped.length, granted.length], [undefined, 1000, 1]);
  assert.ok(listed <= 8, `${listed} listings`);
  assert.equal(warnings.length, 17);
  assert.match(warnings[15] ?? '', /^cannot resolve device "vendor15\.com\/gpu=x" .*: no spec in /);
  assert.equal(warnings[16], '984 more devices do not resolve either');
  assert.match(dropped[999]?.error.message ?? '', /^cannot resolve device "vendor999\.com\/gpu=x" /);
});

test('a flood of devices that may be absent reads a spec that is in error twice more at most', () => {
  let read = 0;
  const change: PlanRequest['change'] = (host) => ({
    ...host,
    readFile: (path, most) => {
      if (path === '/etc/cdi/broken.yaml') read++;
      return host.readFile(path, most);
    },
  });
  const devices = Array.from({ length: 1000 }, (_, i) => `vendor${i}.com/gpu=x`);
  const document = { process: { env: [`CDI_DEVICES_OPTIONAL=${devices.join()}`] } };
  const { warnings } = planned(document, { files: { ...GPU, '/etc/cdi/broken.yaml': 'a: [' }, change });
  assert.match(warnings[15] ?? '', /^cannot resolve device "vendor15\.com/);
  assert.ok(read <= 4, `${read} times`);
});

test('a flood of devices that may be absent does not hide that one is in a spec which others may have written', () => {
  const files = { ...GPU, '/etc/cdi/b.yaml': spec('b.org/x', 'y') };
  const memory = { owners: { '/etc/cdi/b.yaml': { uid: 1000 } } };
  const devices = Array.from({ length: 1000 }, (_, i) => `vendor${i}.com/gpu=x`);
  const document = { process: { env: [`CDI_DEVICES_OPTIONAL=${devices.join()},b.org/x=y`] } };
  assert.match(
    refusalOf(document, { files, memory }) ?? '',
    /^UNRESOLVED_DEVICE: .*"b\.org\/x=y" .* belongs to user 1000/,
  );
});

// Who may go without.

interface Without {
  readonly document: object;
  readonly settings?: Partial<Settings>;
  readonly granted: string[];
  readonly dropped: string[];
}
const optional = { 'optional.cdi.k8s.io/x': 'vendor.com/gpu=x,vendor.com/gpu=1' };
const without: readonly [title: string, Without][] = [
  [
    'an optional annotation',
    { document: { annotations: optional }, granted: ['vendor.com/gpu=1'], dropped: ['vendor.com/gpu=x'] },
  ],
  [
    'an optional variable',
    { document: { process: { env: ['CDI_DEVICES_OPTIONAL=a.b/c=d'] } }, granted: [], dropped: ['a.b/c=d'] },
  ],
  [
    'optional ones beside one that is there',
    {
      document: { annotations: { ...optional, 'cdi.k8s.io/y': 'vendor.com/gpu=0' } },
      granted: ['vendor.com/gpu=0', 'vendor.com/gpu=1'],
      dropped: ['vendor.com/gpu=x'],
    },
  ],
  [
    'all of them, where the settings say so',
    {
      document: env('vendor.com/gpu=0', 'vendor.com/gpu=x'),
      settings: { unresolved: 'warn' },
      granted: ['vendor.com/gpu=0'],
      dropped: ['vendor.com/gpu=x'],
    },
  ],
];
for (const [title, { document, settings, granted, dropped }] of without)
  test(`a container may start without ${title}; the reason is a warning`, () => {
    const plan = planned(document, { files: GPU, ...(settings && { settings }) });
    assert.equal(plan.refusal, undefined);
    assert.deepEqual(
      plan.granted.map(({ device }) => device),
      granted,
    );
    assert.deepEqual(
      plan.dropped.map(({ request: { device } }) => device),
      dropped,
    );
    assert.deepEqual(
      plan.warnings,
      plan.dropped.map(({ error }) => error.message),
    );
    assert.match(plan.warnings[0] ?? '', /^cannot resolve device "[^"]+" \(asked for by (?:annotation|env) [^)]+\): /);
  });

test('a device that somebody needs as well is not optional', () => {
  const document = { annotations: { 'optional.cdi.k8s.io/x': 'vendor.com/gpu=x' }, ...env('vendor.com/gpu=x') };
  assert.match(refusalOf(document, { files: GPU }) ?? '', /^UNRESOLVED_DEVICE: .* \(asked for by env CDI_DEVICES\): /);
});

test('a conflict is a warning where the container may go without', () => {
  const files = { ...GPU, '/etc/cdi/other.yaml': spec('vendor.com/gpu', '1') };
  const plan = planned({ annotations: { 'optional.cdi.k8s.io/x': 'vendor.com/gpu=1' } }, { files });
  assert.deepEqual([plan.refusal, plan.dropped[0]?.error.code], [undefined, 'DEVICE_CONFLICT']);
});

const always: [title: string, document: object, settings: Partial<Settings>][] = [
  ['where unresolved ones are left out', env('vendor.com/gpu=0'), { unresolved: 'warn' }],
  ['where the device is optional', { annotations: { 'optional.cdi.k8s.io/x': 'vendor.com/gpu=0' } }, {}],
];
for (const [title, document, settings] of always)
  test(`a spec that others may have written stops the container also ${title}`, () => {
    const memory = { owners: { '/etc/cdi/gpu.yaml': { mode: 0o666 } } };
    assert.match(
      refusalOf(document, { files: GPU, memory, settings }) ?? '',
      /^UNRESOLVED_DEVICE: .*; spec "\/etc\/cdi\/gpu\.yaml" is in error: it can be written by everybody \(mode 0666\)$/,
    );
  });

test('an untrusted spec of another vendor stops no one', () => {
  const files = { ...GPU, '/etc/cdi/other.yaml': spec('other.org/x', 'y') };
  const memory = { owners: { '/etc/cdi/other.yaml': { uid: 1000 } } };
  const document = { annotations: { 'optional.cdi.k8s.io/x': 'vendor.com/gpu=x' } };
  assert.equal(refusalOf(document, { files, memory }), undefined);
});

test('the message of an untrusted spec fits what to do', () => {
  const memory = { owners: { '/etc/cdi/gpu.yaml': { uid: 1000 } } };
  const { sources } = planned(request('vendor.com/gpu=0'), { files: GPU, memory });
  assert.throws(() => sources.every().load('/etc/cdi/gpu.yaml', 0), {
    code: 'UNTRUSTED',
    path: '/etc/cdi/gpu.yaml',
    message: `cannot trust spec "/etc/cdi/gpu.yaml": it belongs to user 1000; ${FIX}`,
  });
});
