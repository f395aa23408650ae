// From requests that were allowed to the edits of their devices: now, or as soon as they appear.
import { parseQualifiedName } from '../cdi/device-name.ts';
import type { Host } from '../host/host.ts';
import { indexDevices } from '../registry/device-index.ts';
import { resolveDevices, type SourcedEdits, unresolvedError } from '../registry/resolve.ts';
import { type Scan, scanSpecs } from '../registry/scan.ts';
import type { DeviceRequest } from '../requests/request.ts';
import { CdiError } from '../text/error.ts';
import { quote } from '../text/quote.ts';
import type { InjectionOptions } from './options.ts';
import type { SpecSources } from './spec-sources.ts';

export interface ResolvedRequests {
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

/** @throws {CdiError} UNRESOLVED_DEVICE, DEVICE_CONFLICT with the reason for the first device, and how many more */
export function resolveRequests(
  host: Host,
  requests: readonly DeviceRequest[],
  sources: SpecSources,
  options: InjectionOptions,
): ResolvedRequests {
  const found = searchUntil(host, requests, sources, options);
  const missing = requests.filter(({ device }) => found.unresolved.includes(device));
  const errors = missing.map((request) => ({ request, error: reasonFor(request, sources, options) }));
  const fatal = options.unresolved === 'warn' ? [] : errors.filter(({ request }) => !request.optional);
  if (fatal.length > 0) throw joined(fatal);
  return { edits: found.edits, granted: requests.filter((request) => !missing.includes(request)), dropped: errors };
}

interface Search {
  readonly edits: readonly SourcedEdits[];
  readonly unresolved: readonly string[];
}

/** Looks again at each change of the directories, until all that is needed is there or the time is over. */
function searchUntil(
  host: Host,
  requests: readonly DeviceRequest[],
  sources: SpecSources,
  { specDirs, limits, wait }: InjectionOptions,
): Search {
  const names = requests.map((request) => request.device);
  const kinds = [...new Set(names.map(kindOf))];
  const search = (): Search => {
    const scan = scanSpecs(specDirs, limits, sources.ofKinds(kinds));
    return resolveDevices(indexDevices(scan.specs), names);
  };
  const needed = new Set(requests.filter((request) => !request.optional).map((request) => request.device));
  const isOpen = ({ unresolved }: Search): boolean => unresolved.some((name) => needed.has(name));
  let found = search();
  if (wait === 0 || !isOpen(found)) return found;
  const end = host.now() + wait;
  // First the watch, then another look: what comes in between is not missed.
  const watch = host.watch(specDirs);
  for (;;) {
    found = search();
    const left = end - host.now();
    if (!isOpen(found) || left <= 0 || !watch.wait(left)) return found;
  }
}

function kindOf(name: string): string {
  const parts = parseQualifiedName(name);
  return `${parts.vendor}/${parts.class}`;
}

function reasonFor(
  request: DeviceRequest,
  sources: SpecSources,
  { specDirs, limits, wait }: InjectionOptions,
): CdiError {
  const { device, source, key } = request;
  const scan: Scan = scanSpecs(specDirs, limits, sources.forReason(parseQualifiedName(device).vendor));
  const error = unresolvedError(device, scan, indexDevices(scan.specs), specDirs, (path, word) =>
    sources.mentions(path, word),
  );
  const waited = wait === 0 ? '' : ` (waited ${wait / 1000} s)`;
  return new CdiError(error.code, {
    what: `${error.what} (asked for by ${source} ${key})`,
    why: `${error.why}${waited}`,
    path: error.path,
    hint: error.hint,
  });
}

/** Engines show one line: the reasons of more than these many devices would not fit. */
const MOST_REASONS = 3;

function joined([first, ...others]: readonly DroppedRequest[]): CdiError {
  if (first === undefined) throw new TypeError('no error to join');
  const { code, what, path, hint, why } = first.error;
  if (others.length === 0) return first.error;
  const shown = others.slice(0, MOST_REASONS - 1).map(({ request, error }) => `${quote(request.device)}: ${error.why}`);
  const rest = others.length - shown.length;
  const more = rest === 0 ? '' : `; and ${rest} more do not resolve either`;
  const cure = hint === undefined ? '' : `; ${hint}`;
  return new CdiError(code, { what, why: `${why}${cure}; nor ${shown.join('; nor ')}${more}`, path });
}
