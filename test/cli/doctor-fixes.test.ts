// What cdictl doctor --fix finds to do: specs for hardware without one, specs of ours in both formats, open folders.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { findFixes } from '../../src/cli/doctor/fixes.ts';
import type { MemoryEntry } from '../host/memory-host.ts';
import { spec } from '../support/specs.ts';
import { type MemoryHostOptions, memoryView } from './memory-view.ts';

const NODE: MemoryEntry = { type: 'c', major: 9, minor: 1, mode: 0o666 };
const CARD = '/sys/devices/pci0000:00/0000:00:02.0';
const OURS = '/var/run/cdi/cdi-runtime.dev-fuse';
const FUSE = spec('cdi-runtime.dev/fuse', 'fuse');
const FUSE_JSON =
  '{"cdiVersion": "0.6.0", "kind": "cdi-runtime.dev/fuse", "devices": [{"name": "fuse", "containerEdits": {"env": ["A=1"]}}]}';

const rows: [title: string, host: MemoryHostOptions, want: readonly string[]][] = [
  ['nothing on a host without anything', {}, []],
  [
    'a spec for each of fuse and kvm',
    { files: { '/dev/fuse': NODE, '/dev/kvm': NODE } },
    [`text ${OURS}.yaml`, 'text /var/run/cdi/cdi-runtime.dev-kvm.yaml'],
  ],
  ['none where a spec has the node', { files: { '/dev/fuse': NODE, '/etc/cdi/a.yaml': FUSE } }, []],
  ['none over a file that is there, whatever it is', { files: { '/dev/fuse': NODE, [`${OURS}.yaml`]: 'kind: [' } }, []],
  [
    'a spec of a card of Intel',
    {
      files: {
        [`${CARD}/vendor`]: '0x8086',
        '/sys/class/drm/renderD128': { directory: true },
        '/dev/dri/renderD128': NODE,
      },
      options: { links: { '/sys/class/drm/renderD128': `../../..${CARD}/drm/renderD128` } },
    },
    ['text /var/run/cdi/cdi-runtime.dev-dri.yaml'],
  ],
  [
    'of two of ours in one directory the JSON',
    { files: { [`${OURS}.yaml`]: FUSE, [`${OURS}.json`]: FUSE_JSON } },
    [`text ${OURS}.json`],
  ],
  [
    'none of two in two directories',
    { files: { [`${OURS}.yaml`]: FUSE, '/etc/cdi/cdi-runtime.dev-fuse.json': FUSE_JSON } },
    [],
  ],
  [
    'none of a vendor, who knows why',
    {
      files: {
        '/etc/cdi/vendor.com-gpu.yaml': spec('vendor.com/gpu', 'a'),
        '/etc/cdi/vendor.com-gpu.json': FUSE_JSON.replace('cdi-runtime.dev/fuse', 'vendor.com/gpu'),
      },
    },
    [],
  ],
  [
    'folders of ours that others can write, and no others',
    {
      files: { '/etc/cdi-runtime': { directory: true }, '/etc/cdi': { directory: true } },
      options: { owners: { '/etc/cdi-runtime': { mode: 0o775 }, '/etc/cdi': { mode: 0o777 } } },
    },
    ['mode /etc/cdi-runtime'],
  ],
];
for (const [title, host, want] of rows) {
  test(`it finds ${title}`, () => {
    const found = findFixes(memoryView(host)).map(({ change }) => `${change.kind} ${change.path}`);
    assert.deepEqual(found, want);
  });
}

test('what it writes is what cdictl generate writes, and what it closes stays open to its owner', () => {
  const [made] = findFixes(memoryView({ files: { '/dev/fuse': NODE } }));
  assert.ok(made?.change.kind === 'text');
  assert.match(made.change.after ?? '', /^---\ncdiVersion: .*\nkind: cdi-runtime\.dev\/fuse\n/);
  assert.equal(made.title, 'make a spec for file systems in user space: "/var/run/cdi/cdi-runtime.dev-fuse.yaml"');
  const owners = { '/etc/cdi-runtime': { mode: 0o2772 } };
  const [closed] = findFixes(memoryView({ files: { '/etc/cdi-runtime': { directory: true } }, options: { owners } }));
  assert.deepEqual(closed?.change, { kind: 'mode', path: '/etc/cdi-runtime', before: 0o2772, after: 0o2750 });
});
