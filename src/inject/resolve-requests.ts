// From requests that were allowed to the edits of their devices: now, or as soon as they appear.
import { parseDevice } from '../cdi/device-name.ts';
import type { SourcedEdits } from '../edits/apply.ts';
import type { Host } from '../host/host.ts';
import { type DeviceIndex, indexDevices } from '../registry/device-index.ts';
import { makeUnresolvedError, resolveDevices } from '../registry/resolve.ts';
import { type Scan, scanSpecs } from '../registry/scan.ts';
import type { UnresolvedDeviceError } from '../registry/unresolved-device-error.ts';
import { type DeviceRequest, describeSource } from '../requests/request.ts';
import type { Settings } from '../settings/settings.ts';
import { CdiError } from '../text/error.ts';
import { quote } from '../text/quote.ts';
import type { SpecSources } from './spec-sources.ts';

export interface ResolvedRequests {
  /** as the specs were when they were looked at last */
  readonly index: DeviceIndex;
  /** in the order in which they apply, with the spec that each is from */
  readonly edits: readonly SourcedEdits[];
  readonly granted: readonly DeviceRequest[];
  /** requests that may go without: optional ones, and all with `unresolved: warn` */
  readonly dropped: readonly DroppedRequest[];
}

export interface DroppedRequest {
  readonly request: DeviceRequest;
  readonly error: CdiError;
}

/**
 * @param isNeeded whether a request may not go without its device
 * @throws {CdiError} UNRESOLVED_DEVICE, DEVICE_CONFLICT with the reasons of the first devices, and how many more
 */
export function resolveRequests(
  host: Host,
  requests: readonly DeviceRequest[],
  sources: SpecSources,
  options: Settings,
  isNeeded: (request: DeviceRequest) => boolean = (request) => !request.optional,
): ResolvedRequests {
  const found = searchUntil(host, requests, isNeeded, sources, options);
  const missing = new Set(found.unresolved);
  const unresolved = requests.filter(({ device }) => missing.has(device));
  const needed = unresolved.filter((request) => options.unresolved === 'fail' && isNeeded(request));
  const reasons = new Reasons(sources, options, found.waited);
  if (needed.length > 0) throw joinRequests(needed, reasons);
  const dropped = unresolved.map((request) => ({ request, error: reasons.of(request) }));
  // Only who could do without a device goes without; a spec that somebody else may have written is another matter.
  const refused = dropped.find(({ request }) => reasons.isUntrusted(request));
  if (refused !== undefined) throw refused.error;
  const granted = requests.filter(({ device }) => !missing.has(device));
  return { index: found.index, edits: found.edits, granted, dropped };
}

interface Search {
  readonly index: DeviceIndex;
  readonly edits: readonly SourcedEdits[];
  readonly unresolved: readonly string[];
  /** milliseconds; 0 where nothing needed was missing */
  readonly waited: number;
}

/** Looks again at each change of the directories, until all that is needed is there or the time is over. */
function searchUntil(
  host: Host,
  requests: readonly DeviceRequest[],
  isNeeded: (request: DeviceRequest) => boolean,
  sources: SpecSources,
  { specDirs, limits, wait }: Settings,
): Search {
  const names = [...new Set(requests.map((request) => request.device))];
  const kinds = [...new Set(names.map((name) => name.slice(0, name.indexOf('='))))];
  const search = (waited: number): Search => {
    const scan = scanSpecs(specDirs, limits, sources.ofKinds(kinds));
    const index = indexDevices(scan.specs);
    return { index, ...resolveDevices(index, names), waited };
  };
  const needed = new Set(requests.filter(isNeeded).map((request) => request.device));
  const isOpen = ({ unresolved }: Search): boolean => unresolved.some((name) => needed.has(name));
  let found = search(0);
  if (wait === 0 || !isOpen(found)) return found;
  // First the watch, then another look, and one after the end: what comes in between is not missed.
  const watch = host.watch(specDirs, wait);
  let isOver = false;
  for (;;) {
    found = search(wait);
    if (isOver || !isOpen(found)) return found;
    isOver = !watch.wait();
  }
}

/** Why devices do not resolve; the directories are looked at once for each vendor. */
class Reasons {
  readonly #sources: SpecSources;
  readonly #options: Settings;
  readonly #waited: number;
  readonly #scans = new Map<string, Scan>();

  constructor(sources: SpecSources, options: Settings, waited: number) {
    this.#sources = sources;
    this.#options = options;
    this.#waited = waited;
  }

  of(request: DeviceRequest): CdiError {
    const { code, what, why, path, hint } = this.#unresolved(request);
    const waited = this.#waited === 0 ? '' : ` (waited ${this.#waited / 1000} s)`;
    return new CdiError(code, {
      what: `${what} (asked for by ${describeSource(request)})`,
      why: `${why}${waited}`,
      path,
      hint,
    });
  }

  /** Whether a spec that may be about the device was refused by trust. */
  isUntrusted(request: DeviceRequest): boolean {
    const { errors } = this.#scan(request);
    return this.#unresolved(request).files.some((path) => errors.get(path)?.code === 'UNTRUSTED');
  }

  #unresolved(request: DeviceRequest): UnresolvedDeviceError {
    const scan = this.#scan(request);
    const mentions = (path: string, word: string): boolean | undefined => this.#sources.mentions(path, word);
    return makeUnresolvedError(request.device, scan, indexDevices(scan.specs), this.#options.specDirs, mentions);
  }

  #scan({ device }: DeviceRequest): Scan {
    const { vendor } = parseDevice(device);
    const known = this.#scans.get(vendor);
    if (known !== undefined) return known;
    const scan = scanSpecs(this.#options.specDirs, this.#options.limits, this.#sources.forReason(vendor));
    this.#scans.set(vendor, scan);
    return scan;
  }
}

/** Engines show one line: the reasons of more than so many devices would not fit. */
const MOST_REASONS = 3;

function joinRequests(needed: readonly DeviceRequest[], reasons: Reasons): CdiError {
  const [first, ...others] = needed.slice(0, MOST_REASONS).map((request) => reasons.of(request));
  if (first === undefined) throw new TypeError('no device to give reasons for');
  if (others.length === 0) return first;
  const { code, what, path, hint, why } = first;
  const nor = others.map((error, i) => `; nor ${quote(needed[i + 1]?.device ?? '')}: ${error.why}`).join('');
  const rest = needed.length - 1 - others.length;
  const more = rest === 0 ? '' : `; and ${rest} more do not resolve either`;
  return new CdiError(code, { what, why: `${why}${hint === undefined ? '' : `; ${hint}`}${nor}${more}`, path });
}
