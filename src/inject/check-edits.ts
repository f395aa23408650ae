// What specs may do to a container: edits that are trusted, and of things that the host still has.
import { type EditsOfKind, gatherEdits, type SourcedEdits } from '../edits/apply.ts';
import type { DeviceLookup } from '../edits/device-lookup.ts';
import type { EditProblem, TrustedHost } from '../edits/finding.ts';
import { listItems, sortKinds } from '../edits/kinds.ts';
import type { DeviceInfo, Failure, Host } from '../host/host.ts';
import { findFamily } from '../oci/command-line.ts';
import type { Settings } from '../settings/settings.ts';
import type { CdiError } from '../text/error.ts';
import type { JsonValue } from '../text/json.ts';
import { type FoundProblem, joinProblems } from './join-problems.ts';
import type { SpecSources } from './spec-sources.ts';

export interface CheckedEdits {
  /** what is left of the edits, as they are handed on: hooks with the env that they get */
  readonly gathered: readonly EditsOfKind[];
  /** each problem by itself */
  readonly found: readonly FoundProblem[];
  readonly warnings: readonly string[];
  /** UNTRUSTED or STALE_DEVICE: why the container does not get them */
  readonly refusal: CdiError | undefined;
  /** what the host has, as it was judged */
  readonly lookup: DeviceLookup;
}

/** Who gets the edits. */
export interface Recipient {
  /** path of the real runtime; undefined where it is not known */
  readonly runtime: string | undefined;
  /** whether the container has a user namespace */
  hasUserNamespace(): boolean;
}

/** What a hook without env gets (design: the container's environment must not reach it). */
export const MINIMAL_HOOK_ENV: readonly string[] = [
  'PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin',
];

const CHECKED = sortKinds(['hooks', 'mounts', 'deviceNodes']).filter(({ finding }) => finding !== undefined);

/** Judges edits by trust and by what the host has, and gathers those that stay. */
export function checkEdits(
  host: Host,
  list: readonly SourcedEdits[],
  sources: SpecSources,
  settings: Pick<Settings, 'trust' | 'stale' | 'hooks' | 'family' | 'runtime' | 'policy'>,
  recipient: Recipient,
): CheckedEdits {
  const { trust, stale, hooks } = settings;
  const lookup = rememberDevices(host);
  const machine = describeMachine(host, lookup, sources, settings, recipient);
  const found: FoundProblem[] = [];
  const leftOut = new Set<JsonValue>();
  for (const sourced of list) {
    for (const kind of CHECKED) {
      if (sourced.edits[kind.name] === undefined) continue;
      const items = listItems(sourced.edits, kind.name);
      for (let index = 0; index < items.length; ++index) {
        const item = items[index] ?? null;
        const problem = kind.finding?.(item, machine);
        if (problem === undefined) continue;
        const outcome = decide(problem, stale);
        found.push({ problem, source: sourced, kind: kind.name, index, outcome });
        if (outcome === 'leave out') leftOut.add(item);
      }
    }
  }
  const gathered = gatherEdits(list, (kind) => {
    const isSettled = trust.owner === 'off' && kind.settled !== undefined;
    const isCompleted = hooks.emptyEnv !== 'keep' && kind.completed !== undefined;
    if (leftOut.size === 0 && !isSettled && !isCompleted) return undefined;
    return (item) => {
      if (leftOut.has(item)) return undefined;
      const settled = isSettled ? (kind.settled?.(item, machine) ?? item) : item;
      return isCompleted ? (kind.completed?.(settled, MINIMAL_HOOK_ENV) ?? settled) : settled;
    };
  });
  return { gathered, found, ...joinProblems(host, found, sources), lookup };
}

function decide({ code, isFatal }: EditProblem, stale: Settings['stale']): FoundProblem['outcome'] {
  if (code === 'UNTRUSTED' || stale === 'fail' || (stale === 'auto' && isFatal === true)) return 'refuse';
  return stale === 'skip' ? 'leave out' : 'warn';
}

/** Looks at each node once, so that what was judged is what the container gets. */
function rememberDevices(host: Host): DeviceLookup {
  const seen = new Map<string, DeviceInfo | Failure>();
  return {
    deviceInfo: (path) => {
      let info = seen.get(path);
      if (info === undefined) {
        info = host.deviceInfo(path);
        seen.set(path, info);
      }
      return info;
    },
  };
}

function describeMachine(
  host: Host,
  lookup: DeviceLookup,
  { trust }: SpecSources,
  settings: Pick<Settings, 'trust' | 'family' | 'runtime' | 'policy'>,
  { runtime = settings.runtime, hasUserNamespace }: Recipient,
): TrustedHost {
  const family = settings.family === 'auto' ? findFamily(runtime) : settings.family;
  let binds: boolean | undefined;
  return {
    host,
    lookup,
    trust,
    limits: settings.trust,
    hasMountRules: settings.policy.rules.some((rule) => rule.mounts !== undefined),
    family,
    // crun makes the nodes of a user namespace outside it, where it is the host's root.
    bindsNodes: () =>
      (binds ??= host.ids().uid !== 0 || host.inUserNamespace() || (family !== 'crun' && hasUserNamespace())),
  };
}
