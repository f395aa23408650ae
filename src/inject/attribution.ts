// Which edit is behind which part of a plan's changes: each new value has one.

import { planEdits } from '../edits/apply.ts';
import type { DeviceLookup } from '../edits/device-lookup.ts';
import { type Change, Draft, type Entry } from '../edits/draft.ts';
import { same } from '../edits/same.ts';
import { type JsonTree, type JsonValue, valueReader, writeJson } from '../text/json.ts';
import { cleanPath } from '../text/path.ts';
import type { EditItem, EditKind } from './explain.ts';

/** A new value, and the list or member that gets it: `['linux', 'devices']`. */
export interface Written {
  readonly path: readonly string[];
  readonly value: JsonValue;
}

/** What an edit does to a document. */
interface Share {
  readonly writes: Written[];
  /** JSON texts */
  readonly replaces: string[];
  readonly shadows: string[];
}

/** Where a document has the list that each kind of edit adds to. */
const LISTS: readonly (readonly [path: readonly string[], kind: EditKind])[] = [
  [['process', 'env'], 'env'],
  [['linux', 'devices'], 'deviceNodes'],
  [['mounts'], 'mounts'],
  [['process', 'user', 'additionalGids'], 'additionalGids'],
];
const RULES = ['linux', 'resources', 'devices'];

/** Asks the changes themselves, so that what it says is what happens. */
export class Attribution {
  readonly #tree: JsonTree;
  readonly #draft: Draft<number>;
  readonly #lookup: DeviceLookup;
  readonly #items: readonly EditItem[];
  readonly #shares: ReadonlyMap<EditItem, Share>;

  constructor(tree: JsonTree, changes: readonly Change<number>[], lookup: DeviceLookup, items: readonly EditItem[]) {
    this.#tree = tree;
    this.#draft = new Draft(tree, 0);
    this.#lookup = lookup;
    this.#items = items;
    this.#shares = new Map(items.map((item) => [item, { writes: [], replaces: [], shadows: [] }]));
    for (const { path, to } of changes) {
      if ('value' in to) this.#member(path, to.value);
      else if (path[0] === 'hooks') this.#hooks(path, to.list);
      else if (path.join() === RULES.join()) this.#rules(to.list);
      else this.#list(path, to.list);
    }
  }

  of(item: EditItem): Share {
    return this.#shares.get(item) ?? { writes: [], replaces: [], shadows: [] };
  }

  /** Network interfaces and Intel RDT: the last edit of a thing wins. */
  #member(path: readonly string[], value: JsonValue): void {
    const [, section = '', key = ''] = path;
    const owner = this.#items.findLast((item) => item.kind === section && item.key === key);
    // Interfaces may have names that are no good as names of members.
    const old = section === 'netDevices' ? this.#draft.map(path.slice(0, 2)).get(key) : this.#draft.find(path);
    this.#give(owner, path, value, old === undefined ? [] : [this.#text(old)]);
  }

  /** A hook of the document may have got the env that it lacked; the other new ones are behind it. */
  #hooks(path: readonly string[], list: readonly Entry<number>[]): void {
    const before = this.#draft.list(path);
    const taken = new Set<number>();
    for (const item of this.#items) {
      if (item.kind !== 'hooks' || item.key !== path[1]) continue;
      const places = [...list.keys()].filter((place) => !taken.has(place) && isHook(list[place], item.value));
      const completed = places.filter((place) => place < before.length);
      for (const place of completed.length > 0 ? completed : places.slice(0, 1)) {
        taken.add(place);
        const entry = list[place];
        const old = before[place];
        if (entry === undefined || !('value' in entry)) continue;
        this.#give(item, path, entry.value, old === undefined || !('kept' in old) ? [] : [this.#text(old.kept)]);
      }
    }
  }

  /** Each node has a cgroup rule of its own, also one that another node of its path overrides. */
  #rules(list: readonly Entry<number>[]): void {
    const open = list.flatMap((entry) => ('value' in entry ? [entry.value] : []));
    for (const item of this.#items) {
      if (item.kind !== 'deviceNodes') continue;
      const rule = this.#ruleOf(item);
      const place = rule === undefined ? -1 : open.findIndex((value) => writeJson(value) === writeJson(rule));
      for (const value of place < 0 ? [] : open.splice(place, 1)) this.#give(item, RULES, value, []);
    }
  }

  /** The rule that a node by itself adds to the document; undefined where it is there already. */
  #ruleOf({ edits }: EditItem): JsonValue | undefined {
    const changes = planEdits(new Draft(this.#tree, 0), edits, this.#lookup, 'once');
    const to = changes.find(({ path }) => path.join() === RULES.join())?.to;
    const added = to !== undefined && 'list' in to ? to.list.at(-1) : undefined;
    return added !== undefined && 'value' in added ? added.value : undefined;
  }

  /** Lists whose entries are known by a key: of several edits of one key the last ones have got their way. */
  #list(path: readonly string[], list: readonly Entry<number>[]): void {
    const kind = LISTS.find(([known]) => known.join() === path.join())?.[1];
    const kept = new Set(list.flatMap((entry) => ('kept' in entry ? [entry.kept] : [])));
    const gone = this.#draft.list(path).flatMap((e) => ('kept' in e && !kept.has(e.kept) ? [this.#text(e.kept)] : []));
    const fresh = list.flatMap((entry) => ('value' in entry ? [entry] : []));
    for (const key of new Set(fresh.map(({ value }) => keyOf(kind, value)))) {
      const items = this.#items.filter((item) => item.kind === kind && item.key === key);
      const entries = fresh.filter(({ value }) => keyOf(kind, value) === key);
      // Groups are added by the first edit that names them.
      const owners = kind === 'additionalGids' ? items : items.slice(items.length - entries.length);
      const old = gone.filter((text) => keyOf(kind, JSON.parse(text)) === key);
      for (const [place, entry] of entries.entries()) {
        const isLast = place === entries.length - 1;
        this.#give(owners[place], path, entry.value, isLast ? old.slice(place) : old.slice(place, place + 1));
        if (kind === 'mounts') this.#shadow(owners[place], list, entry);
      }
    }
  }

  /** Mounts come in the order of the list: a later one covers what was mounted there or below before. */
  #shadow(owner: EditItem | undefined, list: readonly Entry<number>[], entry: Entry<number>): void {
    if (owner === undefined) return;
    const destination = cleanPath(owner.key);
    const below = destination === '/' ? '/' : `${destination}/`;
    for (const other of list.slice(0, list.indexOf(entry))) {
      const text = 'kept' in other ? this.#text(other.kept) : writeJson(other.value);
      const there = cleanPath(keyOf('mounts', JSON.parse(text)));
      if (there === destination || there.startsWith(below)) this.of(owner).shadows.push(text);
    }
  }

  #give(owner: EditItem | undefined, path: readonly string[], value: JsonValue, replaces: readonly string[]): void {
    if (owner === undefined) return;
    this.of(owner).writes.push({ path, value });
    this.of(owner).replaces.push(...replaces);
  }

  #text(node: number): string {
    return this.#tree.slice(this.#tree.start(node), this.#tree.end(node));
  }
}

/** What an entry of a list, old or new, is known by. */
function keyOf(kind: EditKind | undefined, value: unknown): string {
  if (kind === 'env') return typeof value === 'string' ? (value.split('=')[0] ?? '') : '';
  if (typeof value !== 'object' || value === null) return String(value);
  if (kind === 'deviceNodes') return 'path' in value ? String(value.path) : '';
  return 'destination' in value ? String(value.destination) : '';
}

/** Whether a new entry is the hook of an edit. */
function isHook(entry: Entry<number> | undefined, wanted: JsonValue): boolean {
  if (entry === undefined || !('value' in entry) || typeof wanted !== 'object' || wanted === null) return false;
  return same(valueReader, entry.value, { ...wanted, hookName: undefined });
}
