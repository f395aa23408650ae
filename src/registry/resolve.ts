// From names to edits, in request order; and for a name that does not resolve, the reason.
import { parseDevice } from '../cdi/device-name.ts';
import type { ContainerEdits } from '../cdi/spec.ts';
import { CdiError } from '../text/error.ts';
import { nearestWords } from '../text/nearest.ts';
import { quote, quoteList } from '../text/quote.ts';
import type { DeviceIndex, IndexedDevice } from './device-index.ts';
import { type Scan, stopReason } from './scan.ts';

/** Edits as they come, with where they are from; no device where they are those of the spec as a whole. */
export interface SourcedEdits {
  readonly edits: ContainerEdits;
  readonly path: string;
  readonly device: string | undefined;
}

export interface Resolution {
  readonly edits: readonly SourcedEdits[];
  /** in request order, as often as requested */
  readonly unresolved: readonly string[];
}

/** A spec's own edits come once, right before those of its first device (corpus NOTES 39). */
export function resolveDevices(index: DeviceIndex, names: readonly string[]): Resolution {
  const edits: SourcedEdits[] = [];
  const unresolved: string[] = [];
  const met = new Set<IndexedDevice['file']>();
  for (const name of names) {
    const found = index.devices.get(name);
    if (found === undefined) {
      unresolved.push(name);
      continue;
    }
    const { file, device } = found;
    if (!met.has(file) && file.spec.containerEdits !== undefined) {
      edits.push({ edits: file.spec.containerEdits, path: file.path, device: undefined });
    }
    met.add(file);
    edits.push({ edits: device.containerEdits, path: file.path, device: name });
  }
  return { edits, unresolved };
}

/** Why a device does not resolve, for the person who asked for it. */
export function unresolvedError(
  name: string,
  scan: Scan,
  index: DeviceIndex,
  directories: readonly string[],
): CdiError {
  const what = `resolve device ${quote(name)}`;
  const conflict = index.conflicts.get(name);
  if (conflict !== undefined) return conflictError(name, conflict, conflict[0]);
  const { why, hint } = absence(name, scan, index, directories);
  const trouble = otherTrouble(name, scan);
  return new CdiError('UNRESOLVED_DEVICE', {
    what,
    why: trouble === undefined ? why : `${why}; ${trouble}`,
    hint: trouble === undefined ? hint : undefined,
  });
}

/** @param path the file that the error is about */
export function conflictError(name: string, files: readonly string[], path: string | undefined): CdiError {
  return new CdiError('DEVICE_CONFLICT', {
    what: `resolve device ${quote(name)}`,
    path,
    why: `${quoteList(files)} define it with the same priority`,
    hint: 'let only one of them define it',
  });
}

function absence(
  name: string,
  scan: Scan,
  index: DeviceIndex,
  directories: readonly string[],
): { readonly why: string; readonly hint: string | undefined } {
  const { vendor, class: className, name: device } = parseDevice(name);
  const ofVendor = scan.specs.filter((file) => file.vendor === vendor);
  if (ofVendor.length === 0) {
    const vendors = [...new Set(scan.specs.map((file) => file.vendor))];
    const hint = meant(nearestWords(vendor, vendors)) ?? 'install the spec of its vendor';
    return { why: `no spec in ${quoteList(directories)} is of vendor ${quote(vendor)}`, hint };
  }
  const ofClass = ofVendor.filter((file) => file.class === className);
  if (ofClass.length === 0) {
    const classes = [...new Set(ofVendor.map((file) => file.class))];
    return { why: `vendor ${quote(vendor)} has ${quoteList(classes)}, not class ${quote(className)}`, hint: undefined };
  }
  const kind = `${vendor}/${className}`;
  const known = [...index.devices.values()].filter(({ file }) => file.vendor === vendor && file.class === className);
  const names = known.map((entry) => entry.device.name);
  if (names.length === 0) return { why: `no device of ${quote(kind)} resolves`, hint: undefined };
  return {
    why: `${quote(kind)} has ${quoteList(names)}`,
    hint: meant(nearestWords(device, names)) ?? 'request one of these',
  };
}

function meant(near: readonly string[]): string | undefined {
  return near.length === 0 ? undefined : `did you mean ${quoteList(near)}?`;
}

/** Files in error and directories left out may be why; the one that looks like the device's own goes first. */
function otherTrouble(name: string, scan: Scan): string | undefined {
  if (scan.stopped !== undefined) return stopReason(scan.stopped);
  const { vendor } = parseDevice(name);
  const errors = [...scan.errors.values()];
  const first = errors.find((error) => error.path?.includes(vendor.split('.')[0] ?? vendor)) ?? errors[0];
  if (first === undefined) return undefined;
  const more = errors.length > 1 ? ` (and ${errors.length - 1} more in error)` : '';
  return `spec ${quote(first.path ?? '')} is in error: ${first.why}${more}`;
}
