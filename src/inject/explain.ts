// Every edit of a plan by itself: whose it is, where it stands in its spec, and what it does to the document.
import { type Change, Draft, type Entry, type Fresh } from '../edits/draft.ts';
import type { Edit, EditSource } from '../edits/edit.ts';
import type { AnyKind, KindName } from '../edits/kinds.ts';
import type { DeviceRequest } from '../requests/request.ts';
import type { Position } from '../text/error.ts';
import { type JsonTree, type JsonValue, writeJson } from '../text/json.ts';
import type { InjectionPlan } from './plan.ts';

/**
 * What an edit does: `add`s something, `replace`s what the document has, is `present` there already, is
 * `overridden` by a later edit of the same thing, or does nothing: group 0, and all edits of a plan that is refused.
 */
export type Effect = 'add' | 'replace' | 'present' | 'overridden' | 'none';

/** A new value, and the list or member that gets it: `['linux', 'devices']`. */
export interface Written {
  readonly path: readonly string[];
  readonly value: JsonValue;
}

export interface ExplainedEdit {
  readonly kind: KindName;
  /** as the spec has it; a hook with the env that it gets */
  readonly value: JsonValue;
  /** what it is known by: a variable's name, a path, a destination, a hook's name */
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
export type Explainable = Pick<
  InjectionPlan,
  'granted' | 'edits' | 'gathered' | 'changes' | 'dialect' | 'sources' | 'refusal'
>;

/** The edits of a plan, source by source, those of one in the order in which they apply. */
export function explainEdits(tree: JsonTree, plan: Explainable): readonly ExplainedEdit[] {
  const items = listItems(plan);
  // The document of a plan that was refused early may be of any form.
  if (items.length === 0) return [];
  const draft = new Draft(tree, 0, plan.dialect);
  const text = (entry: Entry<number>): string =>
    'kept' in entry ? readText(tree, entry.kept) : writeJson(entry.value);
  const coveredIn = new Map<readonly Entry<number>[], (entry: Entry<number>) => readonly Entry<number>[]>();
  const findCovered = (kind: AnyKind, list: readonly Entry<number>[]) => {
    const find = coveredIn.get(list) ?? kind.covered?.(draft, list) ?? (() => []);
    coveredIn.set(list, find);
    return find;
  };
  const written = groupEntries(draft, plan.changes);
  const overriders = findOverriders(items);
  const requests = new Map([...plan.granted].reverse().map((request) => [request.device, request]));
  return items.map((item) => {
    const { kind, edit, key } = item;
    const { value, source } = edit;
    const entries = written.get(edit) ?? [];
    const writes = entries.map(({ path, entry }) => ({ path, value: entry.value }));
    const replaces = entries.flatMap(({ entry }) => (entry.replaces ?? []).map((node) => readText(tree, node)));
    const shadows = entries.flatMap(({ list, entry }) => findCovered(kind, list)(entry)).map(text);
    const later = overriders.get(item);
    const effect = plan.refusal === undefined ? findEffect(kind, value, writes, replaces, later !== undefined) : 'none';
    return {
      kind: kind.name,
      value,
      key,
      device: source.device,
      spec: source.path,
      at: findPlace(kind, edit, plan),
      request: requests.get(source.broughtBy ?? ''),
      effect,
      writes,
      replaces,
      shadows,
      by:
        effect !== 'overridden' || later === undefined
          ? undefined
          : { spec: later.edit.source.path, device: later.edit.source.device, at: findPlace(kind, later.edit, plan) },
    };
  });
}

interface Item {
  readonly kind: AnyKind;
  readonly edit: Edit;
  readonly key: string;
}

/** Source by source, and of one kind by kind. */
function listItems({ edits: sources, gathered }: Explainable): Item[] {
  const bySource = new Map<EditSource, Item[]>(sources.map((source) => [source, []]));
  for (const { kind, edits } of gathered)
    for (const edit of edits) bySource.get(edit.source)?.push({ kind, edit, key: kind.key(edit.value) });
  return [...bySource.values()].flat();
}

/** By item the next one that sets the same thing. */
function findOverriders(items: readonly Item[]): ReadonlyMap<Item, Item> {
  const overriders = new Map<Item, Item>();
  const next = new Map<AnyKind, Map<string, Item>>();
  for (const item of [...items].reverse()) {
    if (item.kind.isRepeated) continue;
    const ofKind = next.get(item.kind) ?? new Map<string, Item>();
    const later = ofKind.get(item.key);
    if (later !== undefined) overriders.set(item, later);
    next.set(item.kind, ofKind.set(item.key, item));
  }
  return overriders;
}

interface WrittenEntry {
  readonly path: readonly string[];
  readonly entry: Fresh<number>;
  /** that it is one of */
  readonly list: readonly Entry<number>[];
}

/** What the changes write, by whose it is. */
function groupEntries(
  draft: Draft<number>,
  changes: readonly Change<number>[],
): ReadonlyMap<Edit, readonly WrittenEntry[]> {
  const written = new Map<Edit, WrittenEntry[]>();
  for (const { path, to } of changes) {
    const list = 'value' in to ? [to] : 'list' in to ? to.list : [...draft.list(path), ...to.added];
    for (const entry of list)
      if ('value' in entry) written.set(entry.from, [...(written.get(entry.from) ?? []), { path, entry, list }]);
  }
  return written;
}

function findEffect(
  kind: AnyKind,
  value: JsonValue,
  writes: readonly Written[],
  replaces: readonly string[],
  isOverridden: boolean,
): Effect {
  if (kind.idleWords?.(value) !== undefined) return 'none';
  if (replaces.length > 0) return 'replace';
  // A node that loses its place leaves its cgroup rule.
  if (isOverridden && writes.every(({ path }) => isBeside(kind, path))) return 'overridden';
  return writes.length > 0 ? 'add' : 'present';
}

/** Whether a kind has written there what is not the thing itself. */
export function isBeside(kind: AnyKind, path: readonly string[]): boolean {
  return kind.path.some((key, depth) => path[depth] !== key);
}

function findPlace({ name, isList }: AnyKind, { source, index }: Edit, { sources }: Explainable): Position | undefined {
  return sources.locate(source, isList ? [name, index] : [name]);
}

function readText(tree: JsonTree, node: number): string {
  return tree.slice(tree.start(node), tree.end(node));
}
