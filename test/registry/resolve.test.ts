import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type MemoryEntry, memoryHost } from '../../src/host/memory.ts';
import { type DeviceIndex, indexDevices } from '../../src/registry/device-index.ts';
import { resolveDevices, unresolvedError } from '../../src/registry/resolve.ts';
import { everySpec, type Scan, scanSpecs } from '../../src/registry/scan.ts';
import { spec } from '../support/specs.ts';

const LIMITS = { spec: 10_000, specs: 100 };
const DIRECTORIES = ['/etc/cdi', '/var/run/cdi'];

function registry(files: Readonly<Record<string, MemoryEntry>>): { readonly scan: Scan; readonly index: DeviceIndex } {
  const host = memoryHost(files);
  const scan = scanSpecs(DIRECTORIES, LIMITS, everySpec(host, LIMITS));
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
const reasons: [title: string, files: Readonly<Record<string, MemoryEntry>>, name: string, want: RegExp | string][] = [
  ['no such device', GPU, 'vendor.com/gpu=x', '"vendor.com/gpu" has "0", "1" and "all"; request one of these'],
  [
    'a device that is nearly there',
    GPU,
    'vendor.com/gpu=al',
    '"vendor.com/gpu" has "0", "1" and "all"; did you mean "all"?',
  ],
  [
    'many devices',
    { '/etc/cdi/gpu.yaml': spec('vendor.com/gpu', ...'abcdefg') },
    'vendor.com/gpu=all',
    '"vendor.com/gpu" has "a", "b", "c", "d", "e" and 2 more; request one of these',
  ],
  ['no such class', GPU, 'vendor.com/net=0', 'vendor "vendor.com" has "gpu", not class "net"'],
  ['no such vendor', GPU, 'other.org/gpu=0', `${NONE} "other.org"; install the spec of its vendor`],
  ['a vendor that is nearly there', GPU, 'vendr.com/gpu=0', `${NONE} "vendr.com"; did you mean "vendor.com"?`],
  ['no specs at all', {}, 'vendor.com/gpu=0', `${NONE} "vendor.com"; install the spec of its vendor`],
  [
    'a conflict',
    { ...GPU, '/etc/cdi/other.yaml': spec('vendor.com/gpu', '0'), '/var/run/cdi/x.yaml': spec('vendor.com/gpu', '0') },
    'vendor.com/gpu=0',
    '"/etc/cdi/gpu.yaml" and "/etc/cdi/other.yaml" define it with the same priority; let only one of them define it',
  ],
  [
    'only devices in conflict',
    { '/etc/cdi/a.yaml': spec('vendor.com/gpu', '0'), '/etc/cdi/b.yaml': spec('vendor.com/gpu', '0') },
    'vendor.com/gpu=1',
    'no device of "vendor.com/gpu" resolves',
  ],
  [
    "its vendor's spec in error, before others",
    { ...GPU, '/etc/cdi/a.yaml': '', '/etc/cdi/nvidia.yaml': broken },
    'nvidia.com/gpu=0',
    /^no spec in "\/etc\/cdi" and "\/var\/run\/cdi" is of vendor "nvidia\.com"; spec "\/etc\/cdi\/nvidia\.yaml" is in error: line \d+, column \d+: [^;]+ \(and 1 more in error\)$/,
  ],
  [
    'another spec in error',
    { ...GPU, '/etc/cdi/x.yaml': '' },
    'vendor.com/gpu=x',
    '"vendor.com/gpu" has "0", "1" and "all"; spec "/etc/cdi/x.yaml" is in error: there is no document in it',
  ],
  [
    'a directory that ended the search',
    { ...GPU, '/etc/cdi/x.yaml': '', '/var/run/cdi': 'a file' },
    'vendor.com/gpu=x',
    '"vendor.com/gpu" has "0", "1" and "all"; spec directory "/var/run/cdi" ended the search: it is no folder',
  ],
];
for (const [title, files, name, want] of reasons)
  test(`unresolvedError() tells the reason: ${title}`, () => {
    const { scan, index } = registry(files);
    assert.deepEqual(resolveDevices(index, [name]).unresolved, [name]);
    const error = unresolvedError(name, scan, index, DIRECTORIES);
    const isConflict = index.conflicts.has(name);
    assert.equal(error.code, isConflict ? 'DEVICE_CONFLICT' : 'UNRESOLVED_DEVICE');
    assert.equal(error.path, isConflict ? '/etc/cdi/gpu.yaml' : undefined);
    const why = error.message.replace(`cannot resolve device "${name}": `, '');
    if (typeof want === 'string') assert.equal(why, want);
    else assert.match(why, want);
  });
