// From names to edits, in request order; and for a name that does not resolve, the reason.
import {
  type DeviceParts,
  findQualifiedNameFault,
  isAlphaNumeric,
  isQualifiedName,
  parseDevice,
  qualifiedName,
} from '../cdi/device-name.ts';
import type { SourcedEdits } from '../edits/apply.ts';
import type { CdiError } from '../text/error.ts';
import { findNearest } from '../text/nearest.ts';
import { quote, quoteList } from '../text/quote.ts';
import type { DeviceTable, IndexedDevice } from './device-index.ts';
import { explainStop, type Scan } from './scan.ts';
import { UnresolvedDeviceError, type UnresolvedReason } from './unresolved-device-error.ts';

export interface Resolution {
  readonly edits: readonly SourcedEdits[];
  /** in request order, as often as requested */
  readonly unresolved: readonly string[];
}

/** A spec's own edits come once, right before those of its first device (corpus NOTES 39). */
export function resolveDevices(index: DeviceTable, names: readonly string[]): Resolution {
  const edits: SourcedEdits[] = [];
  const unresolved: string[] = [];
  const seen = new Set<IndexedDevice['file']>();
  for (const name of names) {
    const found = index.devices.get(name);
    if (found === undefined) {
      unresolved.push(name);
      continue;
    }
    const { file, device } = found;
    if (!seen.has(file)) {
      seen.add(file);
      const { containerEdits } = file.spec;
      if (containerEdits !== undefined)
        edits.push({ edits: containerEdits, path: file.path, device: undefined, broughtBy: name });
    }
    edits.push({ edits: device.containerEdits, path: file.path, device: name, broughtBy: name });
  }
  return { edits, unresolved };
}

/** What the bytes of files say that are no specs; undefined where no one can say. */
export interface SpecWords {
  /** whether a file mentions a word */
  mentions(path: string, word: string): boolean | undefined;
  /** what stands where the kind of a spec stands */
  kinds(path: string): readonly string[] | undefined;
}

const UNKNOWN: SpecWords = { mentions: () => undefined, kinds: () => undefined };

/**
 * Why a device does not resolve, for the person who asked for it.
 *
 * @param words tell which file in error may be about the device; without them the files' names have to do
 */
export function makeUnresolvedError(
  name: string,
  scan: Scan,
  index: DeviceTable,
  directories: readonly string[],
  words: SpecWords = UNKNOWN,
): UnresolvedDeviceError {
  const conflict = index.conflicts.get(name);
  if (conflict !== undefined) return makeConflictError(name, conflict, conflict[0]);
  const base = { code: 'UNRESOLVED_DEVICE', device: name, what: `resolve device ${quote(name)}` } as const;
  const fault = findQualifiedNameFault(name);
  if (fault !== undefined) return new UnresolvedDeviceError({ ...base, reason: 'bad-name', ...fault });
  const { reason, why, hint, nearest } = explainAbsence(name, scan, index, directories);
  const { errors, about } = findErrors(name, scan, words, (path) => canMatch(parseDevice(name), words.kinds(path)));
  const [first] = errors;
  const inError = `spec ${quote(first?.path ?? '')} is in error: ${first?.why}`;
  const trouble = errors.length > 1 ? `${inError} (and ${errors.length - 1} more in error)` : inError;
  if (about.length > 0) {
    const files = about.map((error) => error.path ?? '');
    const details = { reason: 'spec-in-error', why: `${why}; ${trouble}`, nearest, files, error: first } as const;
    return new UnresolvedDeviceError({ ...base, ...details });
  }
  if (scan.stopped !== undefined) {
    const stopped = `${why}; ${explainStop(scan.stopped)}`;
    const details = { reason: 'directory-in-error', why: stopped, nearest, path: scan.stopped.directory } as const;
    return new UnresolvedDeviceError({ ...base, ...details });
  }
  if (first === undefined) return new UnresolvedDeviceError({ ...base, reason, why, hint, nearest });
  return new UnresolvedDeviceError({ ...base, reason, why: `${why}; ${trouble}`, nearest });
}

/** @param path the file that the error is about */
export function makeConflictError(
  name: string,
  files: readonly string[],
  path: string | undefined,
): UnresolvedDeviceError {
  return new UnresolvedDeviceError({
    code: 'DEVICE_CONFLICT',
    device: name,
    reason: 'conflict',
    what: `resolve device ${quote(name)}`,
    path,
    why: `${quoteList(files)} define it with the same priority`,
    hint: 'let only one of them define it',
    files,
  });
}

/** What there is instead of a device, and what of it may have been meant. */
interface Absence {
  readonly reason: UnresolvedReason;
  readonly why: string;
  readonly hint: string | undefined;
  readonly nearest: readonly string[];
}

function explainAbsence(name: string, scan: Scan, index: DeviceTable, directories: readonly string[]): Absence {
  const { vendor, class: className, name: device } = parseDevice(name);
  const ofVendor = scan.specs.filter((file) => file.vendor === vendor);
  if (ofVendor.length === 0) {
    const nearest = findNearest(vendor, dropRepeats(scan.specs.map((file) => file.vendor)));
    const why = `no spec in ${quoteList(directories)} is of vendor ${quote(vendor)}`;
    return { reason: 'no-vendor', why, hint: suggestNames(nearest) ?? 'install the spec of its vendor', nearest };
  }
  const ofClass = ofVendor.filter((file) => file.class === className);
  if (ofClass.length === 0) {
    const classes = dropRepeats(ofVendor.map((file) => file.class));
    const nearest = findNearest(className, classes);
    const why = `vendor ${quote(vendor)} has ${quoteList(classes)}, not class ${quote(className)}`;
    return { reason: 'no-class', why, hint: suggestNames(nearest), nearest };
  }
  const kind = `${vendor}/${className}`;
  const defined = ofClass.flatMap((file) => file.spec.devices.map((each) => each.name));
  const names = dropRepeats(defined).filter((each) => index.devices.has(qualifiedName(vendor, className, each)));
  const nearest = findNearest(device, names);
  if (names.length === 0)
    return { reason: 'no-device', why: `no device of ${quote(kind)} resolves`, hint: undefined, nearest };
  const hint = suggestNames(nearest) ?? 'request one of these';
  return { reason: 'no-device', why: `${quote(kind)} has ${quoteList(names)}`, hint, nearest };
}

function dropRepeats(names: readonly string[]): string[] {
  return [...new Set(names)];
}

function suggestNames(near: readonly string[]): string | undefined {
  return near.length === 0 ? undefined : `did you mean ${quoteList(near)}?`;
}

/** The files in error that may matter, those that look like the device's own first and also by themselves. */
export function findErrors(
  name: string,
  scan: Pick<Scan, 'errors'>,
  { mentions }: Pick<SpecWords, 'mentions'>,
  isPossible: (path: string) => boolean = () => true,
): { readonly errors: readonly CdiError[]; readonly about: readonly CdiError[] } {
  const { vendor, class: className } = parseDevice(name);
  const label = vendor.replace(/\..*/s, '');
  const about: CdiError[] = [];
  const others: CdiError[] = [];
  for (const [path, error] of scan.errors) {
    if (!isPossible(path)) continue;
    const mentioned = mentions(path, `${vendor}/${className}`);
    if (mentioned === true || isNamedAfter(path, label)) about.push(error);
    else if (mentioned === undefined) others.push(error);
  }
  return { errors: [...about, ...others], about };
}

/** Whether a file in error could define a device if it were none: one of another kind could not. */
function canMatch({ vendor, class: className }: DeviceParts, kinds: readonly string[] = []): boolean {
  return kinds.length === 0 || kinds.some((kind) => kind === `${vendor}/${className}` || !isQualifiedName(`${kind}=x`));
}

/** Whether the name of a file has a word in it that is not just a part of a longer one. */
function isNamedAfter(path: string, word: string): boolean {
  const name = path.slice(path.lastIndexOf('/') + 1);
  for (let at = name.indexOf(word); at >= 0; at = name.indexOf(word, at + 1)) {
    if (!isAlphaNumeric(name.charAt(at - 1)) && !isAlphaNumeric(name.charAt(at + word.length))) return true;
  }
  return false;
}
