// To which NUMA node a device belongs, as the kernel tells in sysfs.
import { readFileSync, realpathSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { DeviceInfo } from '../../host/host.ts';

/**
 * The nearest device above it that says so: a node's own entry belongs to a class, and that one stands on a bus.
 *
 * @param sysfs where that is mounted
 * @returns undefined for what belongs to none, and for what is no device of a bus
 */
export function findNumaNode(sysfs: string, { type, major, minor }: DeviceInfo): number | undefined {
  if (type !== 'b' && type !== 'c') return undefined;
  let place: string;
  try {
    place = realpathSync.native(join(sysfs, 'dev', type === 'b' ? 'block' : 'char', `${major}:${minor}`));
  } catch {
    return undefined;
  }
  for (; place.length > sysfs.length && place !== '/'; place = dirname(place)) {
    const text = readNumaFile(place);
    // Where a bus does not know, it says -1.
    if (text !== undefined) return /^\d+$/.test(text) ? Number(text) : undefined;
  }
  return undefined;
}

function readNumaFile(directory: string): string | undefined {
  try {
    return readFileSync(join(directory, 'numa_node'), 'utf8').trim();
  } catch {
    return undefined;
  }
}
