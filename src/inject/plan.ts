// The whole decision about a bundle: what is asked for, what it means here, and the text that follows.

import { rewrite } from '../bundle/rewrite.ts';
import { parseQualifiedName } from '../cdi/device-name.ts';
import { joinEdits, planEdits, withHookEnv } from '../edits/apply.ts';
import type { DeviceLookup } from '../edits/device-lookup.ts';
import { Draft } from '../edits/draft.ts';
import { type FileContent, failed, type Host } from '../host/host.ts';
import { indexDevices } from '../registry/device-index.ts';
import { resolveDevices, type SourcedEdits, unresolvedError } from '../registry/resolve.ts';
import {
  everySpec,
  listMentioning,
  type Scan,
  type ScanLimits,
  type ScanWay,
  scanSpecs,
  specsOfKinds,
} from '../registry/scan.ts';
import { type RequestOptions, readRequests } from '../requests/read-requests.ts';
import type { DeviceRequest } from '../requests/request.ts';
import { CdiError } from '../text/error.ts';
import type { JsonTree, Pieces } from '../text/json.ts';

export interface InjectionOptions {
  readonly specDirs: readonly string[];
  readonly requests: RequestOptions;
  readonly emptyHookEnv: 'minimal' | 'keep';
  readonly limits: ScanLimits;
}

export interface InjectionPlan {
  readonly requests: readonly DeviceRequest[];
  /** in the order in which they apply, with the spec that each is from */
  readonly edits: readonly SourcedEdits[];
  /** the new document; undefined when it stays as it is */
  readonly pieces: Pieces | undefined;
}

export const DEFAULT_LIMITS: ScanLimits = { spec: 1024 * 1024, specs: 10_000 };

/** What a hook without env gets (design: the container's environment must not reach it). */
export const MINIMAL_HOOK_ENV: readonly string[] = [
  'PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin',
];

/**
 * Plans the injection into a bundle's document. Nothing is written.
 *
 * @throws {CdiError} BAD_REQUEST, BAD_BUNDLE, UNRESOLVED_DEVICE, DEVICE_CONFLICT, BAD_DEVICE_NODE
 */
export function planInjection(host: Host, file: FileContent, tree: JsonTree, options: InjectionOptions): InjectionPlan {
  const draft = new Draft(tree, 0);
  const requests = readRequests(draft, options.requests);
  if (requests.length === 0) return { requests, edits: [], pieces: undefined };
  const edits = resolve(host, requests, options);
  const joined = joinEdits(edits.map((sourced) => sourced.edits));
  const whole = options.emptyHookEnv === 'minimal' ? withHookEnv(joined, MINIMAL_HOOK_ENV) : joined;
  const changes = planEdits(draft, whole, deviceLookup(host), 'once');
  return { requests, edits, pieces: changes.length === 0 ? undefined : rewrite(tree, file.size, changes) };
}

function resolve(host: Host, requests: readonly DeviceRequest[], options: InjectionOptions): readonly SourcedEdits[] {
  const names = requests.map((request) => request.device);
  const kinds = [...new Set(names.map(kindOf))];
  const scan = scanSpecs(options.specDirs, options.limits, specsOfKinds(host, options.limits, kinds));
  const { edits, unresolved } = resolveDevices(indexDevices(scan.specs), names);
  if (unresolved.length > 0) throw explain(host, requests, unresolved, options);
  return edits;
}

function kindOf(name: string): string {
  const parts = parseQualifiedName(name);
  return `${parts.vendor}/${parts.class}`;
}

/** More files that do not mention the vendor are not parsed only for a hint. */
const MOST_FOR_A_HINT = 100;

function explain(
  host: Host,
  requests: readonly DeviceRequest[],
  unresolved: readonly string[],
  options: InjectionOptions,
): CdiError {
  const [first = '', ...others] = unresolved;
  const scan = scanForReason(host, parseQualifiedName(first).vendor, options);
  const error = unresolvedError(first, scan, indexDevices(scan.specs), options.specDirs);
  const request = requests.find(({ device }) => device === first);
  const asked = request === undefined ? '' : ` (asked for by ${request.source} ${request.key})`;
  const rest = others.length === 0 ? '' : `; ${others.length} more of the request do not resolve either`;
  return new CdiError(error.code, {
    what: `${error.what}${asked}`,
    why: `${error.why}${rest}`,
    path: error.path,
    hint: error.hint,
  });
}

/**
 * The specs that mention the vendor, good and bad, and some of the others: one without a word in it, or of a vendor
 * with a similar name, may be the reason.
 */
function scanForReason(host: Host, vendor: string, { specDirs, limits }: InjectionOptions): Scan {
  const every = everySpec(host, limits);
  const list: ScanWay['list'] = (directory) => {
    const all = every.list(directory);
    const mentioning = listMentioning(host, directory, limits, [vendor]);
    if (failed(all) || failed(mentioning)) return all;
    const wanted = new Set(mentioning.names);
    const names = all.names.filter((name, place) => place < MOST_FOR_A_HINT || wanted.has(name));
    return { count: all.count, names };
  };
  return scanSpecs(specDirs, limits, { ...every, list });
}

/** The question that edits may ask, put to the host. */
export function deviceLookup(host: Host): DeviceLookup {
  return {
    node: (path) => {
      const info = host.deviceInfo(path);
      return failed(info) ? { errno: info.errno } : info;
    },
  };
}
