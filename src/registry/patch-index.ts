// What is found after a change of few files among many: only what they define is judged again.
import { qualifiedName } from '../cdi/device-name.ts';
import { compareBytes } from '../text/byte-order.ts';
import { type DeviceTable, type IndexedDevice, indexDevices } from './device-index.ts';
import type { SpecFile } from './spec-file.ts';

/** More files are no few. */
const FEW = 100;

/** A file that is another one by now, or came or went. */
export interface SpecChange {
  readonly before: SpecFile | undefined;
  readonly now: SpecFile | undefined;
}

/** Whether it pays to patch what was found before. */
export function areFew(changes: readonly SpecChange[]): boolean {
  return changes.length <= FEW;
}

/** Specs in the order of a scan, with their changes. */
export function patchSpecs(specs: readonly SpecFile[], changes: readonly SpecChange[]): readonly SpecFile[] {
  const patched = [...specs];
  for (const { before, now } of changes) {
    if (before !== undefined) patched.splice(patched.indexOf(before), 1);
    if (now !== undefined) patched.splice(findPlace(patched, now), 0, now);
  }
  return patched;
}

/** By halves: how many specs come before one. */
function findPlace(specs: readonly SpecFile[], { priority, path }: SpecFile): number {
  let [low, high] = [0, specs.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    const other = specs[middle];
    const isBefore = other !== undefined && (other.priority - priority || compareBytes(other.path, path)) < 0;
    if (isBefore) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** @param specs all of them by now */
export function patchIndex(
  before: DeviceTable,
  specs: readonly SpecFile[],
  changes: readonly SpecChange[],
): DeviceTable {
  if (before.conflicts.size > 0) return indexDevices(specs);
  const names = new Set<string>();
  const [kinds, ownNames] = [new Set<string>(), new Set<string>()];
  for (const file of changes.flatMap((change) => [change.before, change.now])) {
    if (file === undefined) continue;
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
  const patch = new Map([...names].map((name) => [name, now.devices.get(name)] as const));
  return { devices: patchTable(before.devices, patch), conflicts: now.conflicts };
}

type Table = DeviceTable['devices'];
type Patch = ReadonlyMap<string, IndexedDevice | undefined>;

/** A patch of more names is worth a table of its own. */
const LARGE_PATCH = 1000;

/** A table as it was, and what differs from it: copying ten thousand names takes longer than all else. */
class PatchedTable implements Table {
  readonly base: Table;
  readonly patch: Patch;

  constructor(base: Table, patch: Patch) {
    this.base = base;
    this.patch = patch;
  }

  get(name: string): IndexedDevice | undefined {
    return this.patch.has(name) ? this.patch.get(name) : this.base.get(name);
  }

  has(name: string): boolean {
    return this.get(name) !== undefined;
  }

  *keys(): MapIterator<string> {
    for (const name of this.base.keys()) if (!this.patch.has(name)) yield name;
    for (const [name, device] of this.patch) if (device !== undefined) yield name;
  }
}

function patchTable(before: Table, patch: Patch): Table {
  const isPatched = before instanceof PatchedTable;
  const base = isPatched ? before.base : before;
  const whole = new Map(isPatched ? [...before.patch, ...patch] : patch);
  const table = new PatchedTable(base, whole);
  if (whole.size <= LARGE_PATCH) return table;
  const devices = new Map<string, IndexedDevice>();
  for (const name of table.keys()) {
    const device = table.get(name);
    if (device !== undefined) devices.set(name, device);
  }
  return devices;
}
