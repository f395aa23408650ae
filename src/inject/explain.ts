// Every edit of a plan by itself: whose it is, where it stands in its spec, and what it does to the document.
import type { ContainerEdits } from '../cdi/spec.ts';
import { type Change, Draft, type Entry } from '../edits/draft.ts';
import type { SourcedEdits } from '../registry/resolve.ts';
import type { DeviceRequest } from '../requests/request.ts';
import type { Position } from '../text/error.ts';
import { type JsonTree, type JsonValue, writeJson } from '../text/json.ts';
import type { InjectionPlan } from './plan.ts';

export type EditKind = keyof ContainerEdits;

/**
 * What an edit does: `add`s something, `replace`s what the document has, is `present` there already, or is
 * `overridden` by a later edit of the same thing.
 */
export type Effect = 'add' | 'replace' | 'present' | 'overridden';

export interface ExplainedEdit {
  readonly kind: EditKind;
  /** as the spec has it; a hook with the env that it gets */
  readonly value: JsonValue;
  /** what it is known by: a variable's name, a path, a destination */
  readonly key: string;
  /** the device that brings it; undefined for the edits of the spec as a whole */
  readonly device: string | undefined;
  readonly spec: string;
  readonly at: Position | undefined;
  /** the request by which the spec came in */
  readonly request: DeviceRequest | undefined;
  readonly effect: Effect;
  /** JSON texts of what the document had instead */
  readonly replaces: readonly string[];
  /** where the edit stands that overrides it */
  readonly by: { readonly spec: string; readonly device: string | undefined } | undefined;
}

/** One item of some edits, before it is known what it does. */
interface Item {
  readonly kind: EditKind;
  readonly value: JsonValue;
  readonly key: string;
  readonly field: readonly (string | number)[];
  readonly sourced: SourcedEdits;
}

/** Where in a document each kind of edit goes; hooks go by their names. */
const PLACES: Readonly<Record<Exclude<EditKind, 'hooks' | 'netDevices'>, readonly string[]>> = {
  env: ['process', 'env'],
  deviceNodes: ['linux', 'devices'],
  mounts: ['mounts'],
  intelRdt: ['linux', 'intelRdt'],
  additionalGids: ['process', 'user', 'additionalGids'],
};

/** The edits of a plan in the order in which they apply. */
export function explainEdits(tree: JsonTree, plan: InjectionPlan): readonly ExplainedEdit[] {
  const items = plan.edits.flatMap((sourced) => itemsOf(sourced));
  const outcome = new Outcome(tree, plan.changes);
  return items.map((item, index) => {
    const { kind, value, key, sourced } = item;
    const later =
      kind === 'hooks' ? undefined : items.slice(index + 1).find((other) => other.kind === kind && other.key === key);
    const isRepeated = later !== undefined && kind === 'additionalGids';
    const { effect, replaces } =
      later === undefined || isRepeated ? outcome.of(item) : { effect: 'overridden' as const, replaces: [] };
    return {
      kind,
      value,
      key,
      device: sourced.device,
      spec: sourced.path,
      at: plan.sources.locate(sourced, item.field),
      request: requestOf(plan, sourced),
      effect,
      replaces,
      by:
        effect === 'overridden' && later !== undefined
          ? { spec: later.sourced.path, device: later.sourced.device }
          : undefined,
    };
  });
}

function itemsOf(sourced: SourcedEdits): Item[] {
  const {
    env = [],
    deviceNodes = [],
    netDevices = [],
    hooks = [],
    mounts = [],
    intelRdt,
    additionalGids = [],
  } = sourced.edits;
  const list = (kind: EditKind, values: readonly (readonly [key: string, value: JsonValue])[]): Item[] =>
    values.map(([key, value], index) => ({ kind, key, value, field: [kind, index], sourced }));
  return [
    ...list(
      'env',
      env.map((text) => [text.split('=')[0] ?? '', text]),
    ),
    ...list(
      'deviceNodes',
      deviceNodes.map((node) => [node.path, { ...node }]),
    ),
    ...list(
      'netDevices',
      netDevices.map((device) => [device.hostInterfaceName, { ...device }]),
    ),
    ...list(
      'mounts',
      mounts.map((mount) => [mount.containerPath, { ...mount }]),
    ),
    ...list(
      'hooks',
      hooks.map((hook) => [hook.hookName, { ...hook }]),
    ),
    ...(intelRdt === undefined
      ? []
      : [{ kind: 'intelRdt', key: '', value: { ...intelRdt }, field: ['intelRdt'], sourced } as const]),
    ...list(
      'additionalGids',
      additionalGids.map((gid) => [String(gid), gid]),
    ),
  ];
}

/** The request of the device, or for a spec as a whole, of the first device that brings it. */
function requestOf({ granted, edits }: InjectionPlan, { device, path }: SourcedEdits): DeviceRequest | undefined {
  const first = device ?? edits.find((other) => other.path === path && other.device !== undefined)?.device;
  return granted.find((request) => request.device === first);
}

/** What the plan's changes make of the document, thing by thing. */
class Outcome {
  readonly #tree: JsonTree;
  readonly #draft: Draft<number>;
  readonly #changes: ReadonlyMap<string, Change<number>['to']>;
  /** hooks of the new lists that an edit has been found for */
  readonly #taken = new Set<Entry<number>>();

  constructor(tree: JsonTree, changes: readonly Change<number>[]) {
    this.#tree = tree;
    this.#draft = new Draft(tree, 0);
    this.#changes = new Map(changes.map(({ path, to }) => [path.join('\n'), to]));
  }

  of(item: Item): { readonly effect: Effect; readonly replaces: readonly string[] } {
    const place = this.#placeOf(item);
    const to = this.#changes.get(place.join('\n'));
    if (to === undefined) return { effect: 'present', replaces: [] };
    if ('value' in to) {
      const old = this.#draft.find(place);
      return old === undefined ? { effect: 'add', replaces: [] } : { effect: 'replace', replaces: [this.#text(old)] };
    }
    const fresh = to.list.find((entry) => 'value' in entry && !this.#taken.has(entry) && this.#isOf(item, entry));
    if (fresh === undefined) return { effect: 'present', replaces: [] };
    this.#taken.add(fresh);
    const kept = new Set(to.list.flatMap((entry) => ('kept' in entry ? [entry.kept] : [])));
    const gone = this.#draft
      .list(place)
      .filter((entry) => 'kept' in entry && !kept.has(entry.kept) && this.#isOf(item, entry));
    const replaces = gone.flatMap((entry) => ('kept' in entry ? [this.#text(entry.kept)] : []));
    return { effect: replaces.length > 0 ? 'replace' : 'add', replaces };
  }

  #placeOf({ kind, key }: Item): readonly string[] {
    if (kind === 'hooks') return ['hooks', key];
    return kind === 'netDevices' ? ['linux', 'netDevices', key] : PLACES[kind];
  }

  /** Whether an entry of a list, old or new, is the thing that an item is about. */
  #isOf(item: Item, entry: Entry<number>): boolean {
    const text = 'value' in entry ? writeJson(entry.value) : this.#text(entry.kept);
    const value: unknown = JSON.parse(text);
    if (item.kind === 'env') return typeof value === 'string' && (value.split('=')[0] ?? '') === item.key;
    if (item.kind === 'additionalGids') return String(value) === item.key;
    if (typeof value !== 'object' || value === null) return false;
    if (item.kind === 'deviceNodes') return 'path' in value && value.path === item.key;
    if (item.kind === 'mounts') return 'destination' in value && value.destination === item.key;
    return isHook(value, item.value);
  }

  #text(node: number): string {
    return this.#tree.slice(this.#tree.start(node), this.#tree.end(node));
  }
}

/** The same program with the same arguments; an old hook may lack the env. */
function isHook(there: object, wanted: JsonValue): boolean {
  if (typeof wanted !== 'object' || wanted === null || !('path' in wanted)) return false;
  const args = (hook: object): string => JSON.stringify('args' in hook ? hook.args : []);
  return 'path' in there && there.path === wanted['path'] && args(there) === args(wanted);
}
