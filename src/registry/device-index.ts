// Which devices the loaded specs define, and who wins where several define one.
import { qualifiedName } from '../cdi/device-name.ts';
import type { Device } from '../cdi/spec.ts';
import type { SpecFile } from './spec-file.ts';

export interface IndexedDevice {
  readonly name: string;
  readonly device: Device;
  readonly file: SpecFile;
}

export interface DeviceIndex {
  readonly devices: ReadonlyMap<string, IndexedDevice>;
  /** devices that no one can resolve, and the files that define them with one priority */
  readonly conflicts: ReadonlyMap<string, readonly string[]>;
}

/** What is asked of an index. */
export interface DeviceTable {
  readonly devices: Pick<DeviceIndex['devices'], 'get' | 'has' | 'keys'>;
  readonly conflicts: DeviceIndex['conflicts'];
}

/**
 * The file with the higher priority defines a device; two with the same one make it a conflict, which no
 * higher file fixes (corpus NOTES 28).
 */
export function indexDevices(specs: readonly SpecFile[]): DeviceIndex {
  const devices = new Map<string, IndexedDevice>();
  const conflicts = new Map<string, Set<string>>();
  for (const file of specs) {
    for (const device of file.spec.devices) {
      const name = qualifiedName(file.vendor, file.class, device.name);
      const other = devices.get(name);
      if (other === undefined || file.priority > other.file.priority) devices.set(name, { name, device, file });
      else if (file.priority === other.file.priority) {
        const files = conflicts.get(name);
        if (files === undefined) conflicts.set(name, new Set([other.file.path, file.path]));
        else files.add(other.file.path).add(file.path);
      }
    }
  }
  for (const name of conflicts.keys()) devices.delete(name);
  return { devices, conflicts: new Map([...conflicts].map(([name, files]) => [name, [...files]])) };
}
