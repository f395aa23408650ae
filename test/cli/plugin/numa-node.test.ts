// The NUMA node of a device, over a sysfs as kernels lay it out.
import assert from 'node:assert/strict';
import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { test } from 'node:test';
import { findNumaNode } from '../../../src/cli/plugin/numa-node.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';

const sysfs = join(temporaryFolder(), 'sys');

function lay(entry: string, place: string, numaFile?: string, text = ''): void {
  mkdirSync(join(sysfs, place), { recursive: true });
  mkdirSync(join(sysfs, dirname(entry)), { recursive: true });
  symlinkSync(`../../${place}`, join(sysfs, entry));
  if (numaFile !== undefined) writeFileSync(join(sysfs, numaFile, 'numa_node'), text);
}

const BRIDGE = 'devices/pci0000:40/0000:40:01.1';
lay('dev/char/226:0', `${BRIDGE}/0000:41:00.0/drm/card0`, `${BRIDGE}/0000:41:00.0`, '1\n');
lay('dev/block/259:0', `${BRIDGE}/0000:42:00.0/nvme/nvme0/nvme0n1`, `${BRIDGE}/0000:42:00.0`, '0\n');
lay('dev/char/10:229', 'devices/virtual/misc/fuse');
lay('dev/char/226:1', 'devices/pci0000:00/0000:00:02.0/drm/card1', 'devices/pci0000:00/0000:00:02.0', '-1\n');
writeFileSync(join(sysfs, BRIDGE, 'numa_node'), '7\n');

const node = (type: 'b' | 'c' | 'p' | '', major: number, minor: number) => ({ type, major, minor, mode: 0o600 });
const cases = [
  ['that of the device on the bus, not of the bridge', node('c', 226, 0), 1],
  ['of a disk, and node 0 is one', node('b', 259, 0), 0],
  ['none of what is on no bus', node('c', 10, 229), undefined],
  ['none where the bus does not know', node('c', 226, 1), undefined],
  ['none of what is not there', node('c', 9, 9), undefined],
  ['none of the same numbers as another type', node('b', 226, 0), undefined],
  ['none of a pipe', node('p', 226, 0), undefined],
] as const;
for (const [title, info, wanted] of cases) test(title, () => assert.equal(findNumaNode(sysfs, info), wanted));
