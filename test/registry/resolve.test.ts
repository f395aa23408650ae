import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type DeviceIndex, indexDevices } from '../../src/registry/device-index.ts';
import { makeConflictError, makeUnresolvedError, resolveDevices } from '../../src/registry/resolve.ts';
import { planFullScan, type Scan, scanSpecs } from '../../src/registry/scan.ts';
import { readSpecWords } from '../../src/registry/spec-words.ts';
import type { UnresolvedDeviceError, UnresolvedReason } from '../../src/registry/unresolved-device-error.ts';
import { type MemoryEntry, memoryHost } from '../host/memory-host.ts';
import { spec } from '../support/specs.ts';

const LIMITS = { spec: 10_000, specs: 100 };
const DIRECTORIES = ['/etc/cdi', '/var/run/cdi'];

function registry(files: Readonly<Record<string, MemoryEntry>>): { readonly scan: Scan; readonly index: DeviceIndex } {
  const host = memoryHost(files);
  const scan = scanSpecs(DIRECTORIES, LIMITS, planFullScan(host, LIMITS));
  return { scan, index: indexDevices(scan.specs) };
}

const WHOLE = 'containerEdits: { env: [WHOLE=1] }\n';
const TWO = registry({
  '/etc/cdi/a.yaml': spec('a/x', '1', '2') + WHOLE,
  '/etc/cdi/b.yaml': spec('b/x', '1') + WHOLE,
  '/etc/cdi/c.yaml': spec('c/x', '1'),
});

const orders: [title: string, names: string[], want: string[]][] = [
  ['nothing', [], []],
  ["a spec's own edits right before its first device", ['a/x=1', 'a/x=2'], ['a', 'a/x=1', 'a/x=2']],
  ['the order of the request', ['a/x=2', 'a/x=1'], ['a', 'a/x=2', 'a/x=1']],
  ['other specs between', ['a/x=1', 'b/x=1', 'a/x=2'], ['a', 'a/x=1', 'b', 'b/x=1', 'a/x=2']],
  ['a device as often as requested', ['a/x=1', 'a/x=1'], ['a', 'a/x=1', 'a/x=1']],
  ['no own edits where a spec has none', ['c/x=1'], ['c/x=1']],
];
for (const [title, names, want] of orders)
  test(`resolveDevices() gives ${title}`, () => {
    const { edits, unresolved } = resolveDevices(TWO.index, names);
    assert.deepEqual(unresolved, []);
    assert.deepEqual(
      edits.map(({ device, path }) => device ?? path.slice('/etc/cdi/'.length, -'.yaml'.length)),
      want,
    );
    for (const {
      device,
      edits: { env },
    } of edits)
      assert.deepEqual(env, [device === undefined ? 'WHOLE=1' : `D=${device.slice(-1)}`]);
  });

test('resolveDevices() names what does not resolve, in order and as often as requested', () => {
  const names = ['z', 'a/x=1', 'a/x=9', 'z', '', 'a/x'];
  assert.deepEqual(resolveDevices(TWO.index, names).unresolved, ['z', 'a/x=9', 'z', '', 'a/x']);
});

const NONE = 'no spec in "/etc/cdi" and "/var/run/cdi" is of vendor';
const broken = '{ kind: nvidia.com/gpu';
const GPU = { '/etc/cdi/gpu.yaml': spec('vendor.com/gpu', '0', '1', 'all') };
const HAS = '"vendor.com/gpu" has "0", "1" and "all"';

type Fields = Partial<Pick<UnresolvedDeviceError, 'nearest' | 'files' | 'path' | 'line' | 'column'>>;

const reasons: [
  reason: UnresolvedReason,
  title: string,
  files: Readonly<Record<string, MemoryEntry>>,
  name: string,
  why: RegExp | string,
  fields?: Fields,
][] = [
  ['no-device', 'no such device', GPU, 'vendor.com/gpu=x', `${HAS}; request one of these`],
  [
    'no-device',
    'a device that is nearly there',
    GPU,
    'vendor.com/gpu=al',
    `${HAS}; did you mean "all"?`,
    { nearest: ['all'] },
  ],
  [
    'no-device',
    'many devices',
    { '/etc/cdi/gpu.yaml': spec('vendor.com/gpu', ...'abcdefg') },
    'vendor.com/gpu=all',
    '"vendor.com/gpu" has "a", "b", "c", "d", "e" and 2 more; request one of these',
  ],
  ['no-class', 'no such class', GPU, 'vendor.com/net=0', 'vendor "vendor.com" has "gpu", not class "net"'],
  [
    'no-class',
    'a class that is nearly there',
    GPU,
    'vendor.com/gpus=0',
    'vendor "vendor.com" has "gpu", not class "gpus"; did you mean "gpu"?',
    { nearest: ['gpu'] },
  ],
  ['no-vendor', 'no such vendor', GPU, 'other.org/gpu=0', `${NONE} "other.org"; install the spec of its vendor`],
  [
    'no-vendor',
    'a vendor that is nearly there',
    GPU,
    'vendr.com/gpu=0',
    `${NONE} "vendr.com"; did you mean "vendor.com"?`,
    { nearest: ['vendor.com'] },
  ],
  ['no-vendor', 'no specs at all', {}, 'vendor.com/gpu=0', `${NONE} "vendor.com"; install the spec of its vendor`],
  ['bad-name', 'no qualified name', GPU, 'gpu0', 'it has no "="; write it as vendor.com/class=name'],
  [
    'conflict',
    'a conflict',
    { ...GPU, '/etc/cdi/other.yaml': spec('vendor.com/gpu', '0'), '/var/run/cdi/x.yaml': spec('vendor.com/gpu', '0') },
    'vendor.com/gpu=0',
    '"/etc/cdi/gpu.yaml" and "/etc/cdi/other.yaml" define it with the same priority; let only one of them define it',
    { path: '/etc/cdi/gpu.yaml', files: ['/etc/cdi/gpu.yaml', '/etc/cdi/other.yaml'] },
  ],
  [
    'no-device',
    'only devices in conflict',
    { '/etc/cdi/a.yaml': spec('vendor.com/gpu', '0'), '/etc/cdi/b.yaml': spec('vendor.com/gpu', '0') },
    'vendor.com/gpu=1',
    'no device of "vendor.com/gpu" resolves',
  ],
  [
    'spec-in-error',
    "its vendor's spec in error, before others",
    { ...GPU, '/etc/cdi/a.yaml': '', '/etc/cdi/nvidia.yaml': broken },
    'nvidia.com/gpu=0',
    /^no spec in "\/etc\/cdi" and "\/var\/run\/cdi" is of vendor "nvidia\.com"; spec "\/etc\/cdi\/nvidia\.yaml" is in error: line 2, column 1: [^;]+ \(and 1 more in error\)$/,
    { path: '/etc/cdi/nvidia.yaml', line: 2, column: 1, files: ['/etc/cdi/nvidia.yaml'] },
  ],
  [
    'no-device',
    'another spec in error',
    { ...GPU, '/etc/cdi/x.yaml': '' },
    'vendor.com/gpu=al',
    `${HAS}; spec "/etc/cdi/x.yaml" is in error: there is no document in it`,
    { nearest: ['all'] },
  ],
  [
    'directory-in-error',
    'a directory that ended the search',
    { ...GPU, '/etc/cdi/x.yaml': '', '/var/run/cdi': 'a file' },
    'vendor.com/gpu=x',
    `${HAS}; spec directory "/var/run/cdi" ended the search: it is no folder`,
    { path: '/var/run/cdi' },
  ],
];
for (const [reason, title, files, name, want, fields = {}] of reasons)
  test(`makeUnresolvedError() tells the reason: ${title}`, () => {
    const { scan, index } = registry(files);
    assert.deepEqual(resolveDevices(index, [name]).unresolved, [name]);
    const error = makeUnresolvedError(name, scan, index, DIRECTORIES);
    assert.equal(error.code, reason === 'conflict' ? 'DEVICE_CONFLICT' : 'UNRESOLVED_DEVICE');
    assert.deepEqual([error.reason, error.device], [reason, name]);
    const { nearest, path, line, column } = error;
    const none = { nearest: [], files: [], path: undefined, line: undefined, column: undefined };
    assert.deepEqual({ nearest, files: error.files, path, line, column }, { ...none, ...fields });
    const why = error.message.replace(`cannot resolve device "${name}": `, '');
    if (typeof want === 'string') assert.equal(why, want);
    else assert.match(why, want);
  });

test('makeUnresolvedError() goes by what files in error mention, where somebody can say', () => {
  const { scan, index } = registry({ ...GPU, '/etc/cdi/a.yaml': '[', '/etc/cdi/amd.yaml': '', '/etc/cdi/x.yaml': '[' });
  const mentions = (path: string, word: string): boolean => path === '/etc/cdi/a.yaml' && word === 'nvidia.com/gpu';
  const words = { mentions, kinds: () => [] };
  const told = (name: string) => makeUnresolvedError(name, scan, index, DIRECTORIES, words);
  const { reason, path, files, cause } = told('nvidia.com/gpu=0');
  assert.deepEqual([reason, path, files], ['spec-in-error', '/etc/cdi/a.yaml', ['/etc/cdi/a.yaml']]);
  assert.equal(cause, scan.errors.get('/etc/cdi/a.yaml'));
  assert.deepEqual([told('amd.com/gpu=0').reason, told('amd.com/gpu=0').path], ['spec-in-error', '/etc/cdi/amd.yaml']);
  const elsewhere = told('vendor.com/gpu=al');
  assert.deepEqual([elsewhere.reason, elsewhere.hint, elsewhere.why], ['no-device', 'did you mean "all"?', HAS]);
});

const kinds: [title: string, text: string, isBlamed: boolean][] = [
  ['the kind that is asked for', '{ kind: nvidia.com/gpu', true],
  ['the kind that is asked for, in JSON', '{"cdiVersion":"9.9.9","kind":"nvidia.com/gpu"}', true],
  ['another class of the vendor', '{ kind: nvidia.com/mig', false],
  ['another vendor whose name ends so', '{ kind: management.nvidia.com/gpu', false],
  ['another class, and a comment about this one', '{ kind: nvidia.com/mig, # not nvidia.com/gpu', false],
  ['something that is no kind', '{ kind: nvidia.com-gpu', true],
  ['no kind yet', 'cdiVersion: [', true],
];
for (const [title, text, isBlamed] of kinds)
  test(`makeUnresolvedError() ${isBlamed ? 'blames' : 'does not blame'} a file in error that has ${title}`, () => {
    const files = { ...GPU, '/etc/cdi/nvidia.yaml': text };
    const { scan, index } = registry(files);
    assert.equal(scan.errors.size, 1);
    const words = readSpecWords(memoryHost(files), LIMITS.spec);
    const { reason, hint } = makeUnresolvedError('nvidia.com/gpu=0', scan, index, DIRECTORIES, words);
    const want = isBlamed ? ['spec-in-error', undefined] : ['no-vendor', 'install the spec of its vendor'];
    assert.deepEqual([reason, hint], want);
  });

const fileNames: [file: string, name: string, reason: UnresolvedReason][] = [
  ['nvidia.yaml', 'nvidia.com/gpu=0', 'spec-in-error'],
  ['gpu-nvidia.json', 'nvidia.com/gpu=0', 'spec-in-error'],
  ['nvidia.com-gpu.yaml', 'nvidia.com/gpu=0', 'spec-in-error'],
  ['nvidiax.yaml', 'nvidia.com/gpu=0', 'no-vendor'],
  ['banana-a.yaml', 'a/gpu=0', 'spec-in-error'],
  ['banana.yaml', 'a/gpu=0', 'no-vendor'],
];
for (const [file, name, reason] of fileNames)
  test(`makeUnresolvedError() gives ${reason} for ${name} beside ${file} in error`, () => {
    const { scan, index } = registry({ [`/etc/cdi/${file}`]: '' });
    assert.equal(makeUnresolvedError(name, scan, index, DIRECTORIES).reason, reason);
  });

test('makeConflictError() is about the file that it is asked for', () => {
  const { code, path, files } = makeConflictError('a/b=c', ['/1', '/2'], '/2');
  assert.deepEqual([code, path, files], ['DEVICE_CONFLICT', '/2', ['/1', '/2']]);
});
