// Every edit of a plan by itself: whose it is, where it stands in its spec, and what it does to the document.
import type { ContainerEdits } from '../cdi/spec.ts';
import type { DeviceLookup } from '../edits/device-lookup.ts';
import type { SourcedEdits } from '../registry/resolve.ts';
import type { DeviceRequest } from '../requests/request.ts';
import type { Position } from '../text/error.ts';
import type { JsonTree, JsonValue } from '../text/json.ts';
import { Attribution, type Written } from './attribution.ts';
import { ItemPlaces } from './item-places.ts';
import type { InjectionPlan } from './plan.ts';

export type EditKind = keyof ContainerEdits;

/**
 * What an edit does: `add`s something, `replace`s what the document has, is `present` there already, is
 * `overridden` by a later edit of the same thing, or does nothing: group 0, and all edits of a plan that is refused.
 */
export type Effect = 'add' | 'replace' | 'present' | 'overridden' | 'none';

/** One thing that a spec asks for. */
export interface EditItem {
  readonly kind: EditKind;
  /** as the spec has it; a hook with the env that it gets */
  readonly value: JsonValue;
  /** what it is known by: a variable's name, a path, a destination, a hook's name */
  readonly key: string;
  /** the item as edits by itself */
  readonly edits: ContainerEdits;
  readonly field: readonly (string | number)[];
  readonly sourced: SourcedEdits;
}

export interface ExplainedEdit {
  readonly kind: EditKind;
  readonly value: JsonValue;
  readonly key: string;
  /** the device that brings it; undefined for the edits of the spec as a whole */
  readonly device: string | undefined;
  readonly spec: string;
  readonly at: Position | undefined;
  /** the request by which the spec came in */
  readonly request: DeviceRequest | undefined;
  readonly effect: Effect;
  /** what the document gets from it: all new values of the plan are some edit's */
  readonly writes: readonly Written[];
  /** JSON texts of what the document had instead */
  readonly replaces: readonly string[];
  /** JSON texts of the mounts that a mount covers, since they come before it */
  readonly shadows: readonly string[];
  /** the edit that overrides it */
  readonly by:
    | { readonly spec: string; readonly device: string | undefined; readonly at: Position | undefined }
    | undefined;
}

/** What edits are explained from: a plan, or what was planned without requests. */
export type Explainable = Pick<InjectionPlan, 'granted' | 'edits' | 'changes' | 'sources' | 'warnings' | 'refusal'>;

/**
 * The edits of a plan in the order in which they apply.
 *
 * @param lookup of the host that the plan is for
 */
export function explainEdits(tree: JsonTree, plan: Explainable, lookup: DeviceLookup): readonly ExplainedEdit[] {
  const items = plan.edits.flatMap(itemsOf);
  // The document of a plan that was refused early may be of any form.
  if (items.length === 0) return [];
  const attribution = new Attribution(tree, plan.changes, lookup, items);
  const places = new ItemPlaces(plan);
  return items.map((item, index) => {
    const { kind, value, key, sourced } = item;
    const { writes, replaces, shadows } = attribution.of(item);
    const later = repeats(kind) ? undefined : items.slice(index + 1).find((other) => isSameThing(item, other));
    const effect = plan.refusal === undefined ? effectOf(item, writes, replaces, later !== undefined) : 'none';
    return {
      kind,
      value,
      key,
      device: sourced.device,
      spec: sourced.path,
      at: places.of(item),
      request: requestOf(plan, sourced),
      effect,
      writes,
      replaces,
      shadows,
      by:
        effect !== 'overridden' || later === undefined
          ? undefined
          : { spec: later.sourced.path, device: later.sourced.device, at: places.of(later) },
    };
  });
}

/** Hooks stand beside each other, and a group that is there already changes nothing. */
function repeats(kind: EditKind): boolean {
  return kind === 'hooks' || kind === 'additionalGids';
}

function isSameThing(one: EditItem, other: EditItem): boolean {
  return one.kind === other.kind && one.key === other.key;
}

function effectOf(
  { kind, key }: EditItem,
  writes: readonly Written[],
  replaces: readonly string[],
  isOverridden: boolean,
): Effect {
  if (kind === 'additionalGids' && key === '0') return 'none';
  if (replaces.length > 0) return 'replace';
  // A node that loses its place leaves its cgroup rule.
  if (isOverridden && writes.every(({ path }) => path.includes('resources'))) return 'overridden';
  return writes.length > 0 ? 'add' : 'present';
}

/** A key, a value and the value as edits by itself. */
type Keyed = readonly [key: string, value: JsonValue, edits: ContainerEdits];

function itemsOf(sourced: SourcedEdits): EditItem[] {
  const { env, deviceNodes, netDevices, mounts, hooks, intelRdt, additionalGids } = sourced.edits;
  const list = (kind: EditKind, entries: readonly Keyed[] = []): EditItem[] =>
    entries.map(([key, value, edits], index) => ({ kind, key, value, edits, field: [kind, index], sourced }));
  return [
    ...list(
      'env',
      env?.map((text) => [text.split('=')[0] ?? '', text, { env: [text] }]),
    ),
    ...list(
      'deviceNodes',
      deviceNodes?.map((node) => [node.path, { ...node }, { deviceNodes: [node] }]),
    ),
    ...list(
      'netDevices',
      netDevices?.map((device) => [device.hostInterfaceName, { ...device }, { netDevices: [device] }]),
    ),
    ...list(
      'mounts',
      mounts?.map((mount) => [mount.containerPath, { ...mount }, { mounts: [mount] }]),
    ),
    ...list(
      'hooks',
      hooks?.map((hook) => [hook.hookName, { ...hook }, { hooks: [hook] }]),
    ),
    ...(intelRdt === undefined
      ? []
      : [
          {
            kind: 'intelRdt',
            key: '',
            value: { ...intelRdt },
            edits: { intelRdt },
            field: ['intelRdt'],
            sourced,
          } as const,
        ]),
    ...list(
      'additionalGids',
      additionalGids?.map((gid) => [String(gid), gid, { additionalGids: [gid] }]),
    ),
  ];
}

/** The request of the device, or for a spec as a whole, of the first device that brings it. */
function requestOf({ granted, edits }: Explainable, { device, path }: SourcedEdits): DeviceRequest | undefined {
  const first = device ?? edits.find((other) => other.path === path && other.device !== undefined)?.device;
  return granted.find((request) => request.device === first);
}
