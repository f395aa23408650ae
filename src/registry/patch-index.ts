// An index of devices after a change of some files among many: only what they define is judged again.
import { qualifiedName } from '../cdi/device-name.ts';
import { type DeviceIndex, type IndexedDevice, indexDevices } from './device-index.ts';
import type { SpecFile } from './spec-file.ts';

/** More files than this part of all are no few. */
const PART = 0.1;

/**
 * @param specs all files by now
 * @param changed those that came and those that went
 */
export function patchIndex(before: DeviceIndex, specs: readonly SpecFile[], changed: readonly SpecFile[]): DeviceIndex {
  if (changed.length > specs.length * PART || before.conflicts.size > 0) return indexDevices(specs);
  const names = new Set<string>();
  const [kinds, ownNames] = [new Set<string>(), new Set<string>()];
  for (const file of changed) {
    kinds.add(file.spec.kind);
    for (const { name } of file.spec.devices) {
      ownNames.add(name);
      names.add(qualifiedName(file.vendor, file.class, name));
    }
  }
  const concerned = specs.filter(
    ({ spec }) => kinds.has(spec.kind) && spec.devices.some((device) => ownNames.has(device.name)),
  );
  const now = indexDevices(concerned);
  if (now.conflicts.size > 0) return indexDevices(specs);
  const devices = new Map<string, IndexedDevice>(before.devices);
  for (const name of names) {
    const found = now.devices.get(name);
    if (found === undefined) devices.delete(name);
    else devices.set(name, found);
  }
  return { devices, conflicts: now.conflicts };
}
