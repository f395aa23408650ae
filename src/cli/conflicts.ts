// Files that define the same devices, in words: what they have in common is one matter, however many devices it is.
import type { DeviceIndex } from '../registry/device-index.ts';
import { makeConflictError } from '../registry/resolve.ts';
import { quote, quoteList } from '../text/quote.ts';

export interface Conflict {
  readonly files: readonly string[];
  readonly devices: readonly string[];
}

export function listConflicts({ conflicts }: Pick<DeviceIndex, 'conflicts'>): readonly Conflict[] {
  const found = new Map<string, { readonly files: readonly string[]; readonly devices: string[] }>();
  for (const [name, files] of conflicts) {
    const key = files.join('\n');
    const conflict = found.get(key) ?? { files, devices: [] };
    conflict.devices.push(name);
    found.set(key, conflict);
  }
  return [...found.values()];
}

export function describeConflict({ files, devices }: Conflict): { readonly message: string; readonly cure: string } {
  const [first = ''] = devices;
  const what = devices.length === 1 ? `device ${quote(first)}` : `the same ${devices.length} devices`;
  const cure = devices.length === 1 ? 'let only one of them define it' : 'delete one of them, or its devices';
  return { message: `${quoteList(files)} define ${what} with the same priority`, cure };
}

/** The same as an error. */
export function makeConflictMessage(conflict: Conflict): string {
  const { files, devices } = conflict;
  const [name = ''] = devices;
  if (devices.length === 1) return makeConflictError(name, files, undefined).message;
  const { message, cure } = describeConflict(conflict);
  return `cannot resolve ${quoteList(devices)}: ${message}; ${cure}`;
}
