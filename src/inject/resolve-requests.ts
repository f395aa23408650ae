// From requests that were allowed to the edits of their devices: now, or as soon as they appear.
import { parseDevice } from '../cdi/device-name.ts';
import type { SourcedEdits } from '../edits/apply.ts';
import type { Host } from '../host/host.ts';
import { type DeviceIndex, indexDevices } from '../registry/device-index.ts';
import { findErrors, makeUnresolvedError, resolveDevices } from '../registry/resolve.ts';
import { type Scan, scanSpecs } from '../registry/scan.ts';
import { type DeviceRequest, describeSource } from '../requests/request.ts';
import type { Settings } from '../settings/settings.ts';
import { CdiError } from '../text/error.ts';
import { quoteList } from '../text/quote.ts';
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
  const { index, edits } = found;
  if (found.unresolved.length === 0) return { index, edits, granted: requests, dropped: [] };
  const missing = new Set(found.unresolved);
  const unresolved = requests.filter(({ device }) => missing.has(device));
  const needed = unresolved.filter((request) => options.unresolved === 'fail' && isNeeded(request));
  const reasons = new Reasons(sources, options, found);
  if (needed.length > 0) throw joinRequests(needed, reasons);
  // Only who could do without a device goes without; a spec that somebody else may have written is another matter.
  const refused = unresolved.find((request) => reasons.isUntrusted(request));
  if (refused !== undefined) throw reasons.of(refused);
  const dropped = unresolved.map((request, place) => ({
    request,
    error: place < MOST_WARNINGS ? reasons.of(request) : makeShortError(request),
  }));
  const granted = requests.filter(({ device }) => !missing.has(device));
  return { index, edits, granted, dropped };
}

/** To say why a device is not there takes a look at all that are: nobody reads more reasons than so many. */
const MOST_WARNINGS = 16;

function makeShortError(request: DeviceRequest): CdiError {
  const why = `it is one of more than ${MOST_WARNINGS} that do not resolve`;
  return new CdiError('UNRESOLVED_DEVICE', { what: describeResolving([request]), why });
}

/** For a log and the record: what became of requests that go without their device. */
export function listWarnings(dropped: readonly DroppedRequest[]): readonly string[] {
  const messages = dropped.slice(0, MOST_WARNINGS).map(({ error }) => error.message);
  const more = dropped.length - messages.length;
  return more === 0 ? messages : [...messages, `${more} more devices do not resolve either`];
}

function describeResolving(requests: readonly [DeviceRequest, ...DeviceRequest[]]): string {
  const noun = requests.length === 1 ? 'device' : 'devices';
  return `resolve ${noun} ${quoteDevices(requests)} (asked for by ${describeSource(requests[0])})`;
}

function quoteDevices(requests: readonly DeviceRequest[]): string {
  return quoteList(requests.map(({ device }) => device));
}

interface Search {
  readonly index: DeviceIndex;
  readonly edits: readonly SourcedEdits[];
  readonly unresolved: readonly string[];
  /** milliseconds; 0 where nothing needed was missing */
  readonly waited: number;
}

/** Looks again at each change of the directories, until all that is needed is there or the time is over. */
export function lookUntil<T>(
  host: Host,
  options: Pick<Settings, 'specDirs' | 'wait'>,
  look: (waited: number) => T,
  isOpen: (found: T) => boolean,
): T {
  let found = look(0);
  const { wait } = options;
  if (wait === 0 || !isOpen(found)) return found;
  // First the watch, then another look, and one after the end: what comes in between is not missed.
  const watch = host.watch(options.specDirs, wait);
  let isOver = false;
  for (;;) {
    found = look(wait);
    if (isOver || !isOpen(found)) return found;
    isOver = !watch.wait();
  }
}

function searchUntil(
  host: Host,
  requests: readonly DeviceRequest[],
  isNeeded: (request: DeviceRequest) => boolean,
  sources: SpecSources,
  options: Settings,
): Search {
  const names = [...new Set(requests.map((request) => request.device))];
  const look = (waited: number): Search => {
    const index = indexKinds(sources, options, names);
    return { index, ...resolveDevices(index, names), waited };
  };
  return lookUntil(host, options, look, ({ unresolved }) => {
    const missing = new Set(unresolved);
    return missing.size > 0 && requests.some((request) => missing.has(request.device) && isNeeded(request));
  });
}

/** All devices of the kinds of some, and of those that go by `policy.share`: another kind may have the same device. */
export function indexKinds(
  sources: SpecSources,
  { specDirs, limits, policy: { share } }: Settings,
  names: readonly string[],
): DeviceIndex {
  const kinds = new Set(names.map((name) => name.slice(0, name.indexOf('='))));
  let isOpen = false;
  for (const pattern in share) {
    const kind = pattern.slice(0, pattern.indexOf('='));
    isOpen ||= kind === '' || /[*?]/.test(kind);
    kinds.add(kind);
  }
  const way = isOpen ? sources.every() : sources.ofKinds([...kinds]);
  return indexDevices(scanSpecs(specDirs, limits, way).specs);
}

/** Why devices do not resolve; the directories are looked at once for all of them. */
class Reasons {
  readonly #sources: SpecSources;
  readonly #options: Settings;
  readonly #found: Search;
  #scanned: { readonly scan: Scan; readonly index: DeviceIndex } | undefined;
  #untrusted: Scan['errors'] | undefined;

  constructor(sources: SpecSources, options: Settings, found: Search) {
    this.#sources = sources;
    this.#options = options;
    this.#found = found;
  }

  of(request: DeviceRequest): CdiError {
    const { scan, index } = this.#scan();
    const { specDirs } = this.#options;
    const { code, why, path, hint } = makeUnresolvedError(request.device, scan, index, specDirs, this.#sources.words);
    const { waited } = this.#found;
    const after = waited === 0 ? '' : ` (waited ${waited / 1000} s)`;
    return new CdiError(code, { what: describeResolving([request]), why: `${why}${after}`, path, hint });
  }

  /** Whether a spec that may be about the device was refused by trust. */
  isUntrusted({ device }: DeviceRequest): boolean {
    const { scan, index } = this.#scan();
    if (index.conflicts.has(device)) return false;
    this.#untrusted ??= new Map([...scan.errors].filter(([, { code }]) => code === 'UNTRUSTED'));
    return findErrors(device, { errors: this.#untrusted }, this.#sources.words).about.length > 0;
  }

  #scan(): { readonly scan: Scan; readonly index: DeviceIndex } {
    if (this.#scanned === undefined) {
      const vendors = [...new Set(this.#found.unresolved.map((device) => parseDevice(device).vendor))];
      const way = this.#sources.forReason(vendors);
      const scan = scanSpecs(this.#options.specDirs, this.#options.limits, way);
      this.#scanned = { scan, index: indexDevices(scan.specs) };
    }
    return this.#scanned;
  }
}

/** Engines show one line: more reasons would not fit. */
const MOST_REASONS = 3;

/** Devices that do not resolve for one reason are told together. */
function joinRequests(needed: readonly DeviceRequest[], reasons: Reasons): CdiError {
  const causes = new Map<
    string,
    { readonly error: CdiError; readonly requests: [DeviceRequest, ...DeviceRequest[]] }
  >();
  for (const request of needed.slice(0, MOST_WARNINGS)) {
    const error = reasons.of(request);
    const reason = `${error.why}; ${error.hint}`;
    const cause = causes.get(reason);
    if (cause === undefined) causes.set(reason, { error, requests: [request] });
    else cause.requests.push(request);
  }
  const [first, ...others] = [...causes.values()].slice(0, MOST_REASONS);
  if (first === undefined) throw new TypeError('no device to give reasons for');
  const { code, path, hint, why } = first.error;
  const what = describeResolving(first.requests);
  const told = [first, ...others].reduce((sum, { requests }) => sum + requests.length, 0);
  if (others.length === 0 && told === needed.length) return new CdiError(code, { what, path, why, hint });
  const nor = others.map(({ error, requests }) => `; nor ${quoteDevices(requests)}: ${error.why}`).join('');
  const rest = needed.length - told;
  const more = rest === 0 ? '' : `; and ${rest} more do not resolve either`;
  return new CdiError(code, { what, why: `${why}${hint === undefined ? '' : `; ${hint}`}${nor}${more}`, path });
}
