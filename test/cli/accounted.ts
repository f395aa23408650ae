// Holds an explanation against two documents: each change between them is some edit's, and each edit's change is there.
import assert from 'node:assert/strict';

interface Edit {
  readonly kind: string;
  readonly effect: string;
  readonly writes: readonly { readonly path: readonly string[]; readonly value: unknown }[];
  readonly replaces: readonly unknown[];
}

/** What JSON says of an injection, as far as it matters here. */
export interface Told {
  readonly edits: readonly Edit[];
  readonly requests: readonly { readonly source: string; readonly key: string; readonly granted: boolean }[];
}

const HOOKS = ['prestart', 'createRuntime', 'createContainer', 'startContainer', 'poststart', 'poststop'];
const RULES = ['linux', 'resources', 'devices'];
const LISTS: readonly (readonly string[])[] = [
  ['process', 'env'],
  ['process', 'user', 'additionalGids'],
  ['linux', 'devices'],
  RULES,
  ['mounts'],
  ...HOOKS.map((name) => ['hooks', name]),
];

/** Fails for a change that no edit has, for an edit without its change, and for an effect that says something else. */
export function assertAccounted(told: Told, before: unknown, after: unknown): void {
  for (const path of LISTS) {
    const [old, now] = [entries(before, path), entries(after, path)];
    assert.deepEqual(without(now, old), written(told, path), `new in ${path.join('.')}`);
    const consumed = path.join() === 'mounts' ? old.filter((text) => isConsumed(told, text)) : [];
    assert.deepEqual(without(old, now), sorted([...replaced(told, path), ...consumed]), `gone from ${path.join('.')}`);
  }
  for (const path of [['linux', 'intelRdt'], ...interfaces(after)]) {
    const [old, now] = [at(before, path), at(after, path)].map(spell);
    assert.deepEqual(old === now ? [] : [now], written(told, path), `new at ${path.join('.')}`);
    assert.deepEqual(old === now || old === 'null' ? [] : [old], replaced(told, path), `gone from ${path.join('.')}`);
  }
  assert.deepEqual(rest(after, before), rest(before, before), 'nothing else changes');
  for (const edit of told.edits) assertEffect(edit);
}

function assertEffect({ kind, effect, writes, replaces }: Edit): void {
  assert.equal(replaces.length > 0, effect === 'replace');
  if (effect === 'add' || effect === 'replace') assert.ok(writes.length > 0);
  else if (effect === 'overridden' && kind === 'deviceNodes') assert.ok(writes.every(({ path }) => isRules(path)));
  else assert.deepEqual(writes, []);
}

function isRules(path: readonly string[]): boolean {
  return path.join() === RULES.join();
}

function written({ edits }: Told, path: readonly string[]): string[] {
  const writes = edits.flatMap((edit) => edit.writes);
  return sorted(writes.filter((write) => write.path.join() === path.join()).map(({ value }) => spell(value)));
}

/** No cgroup rule is ever replaced. */
function replaced({ edits }: Told, path: readonly string[]): string[] {
  const owners = edits.filter(({ writes }) => writes.some((write) => write.path.join() === path.join()));
  return isRules(path) ? [] : sorted(owners.flatMap(({ replaces }) => replaces.map(spell)));
}

function isConsumed({ requests }: Told, mount: string): boolean {
  const destination: unknown = JSON.parse(mount).destination;
  return requests.some(({ source, key, granted }) => source === 'mount' && granted && key === destination);
}

function interfaces(document: unknown): string[][] {
  return Object.keys(at(document, ['linux', 'netDevices']) ?? {}).map((name) => ['linux', 'netDevices', name]);
}

function entries(document: unknown, path: readonly string[]): string[] {
  const list = at(document, path);
  return Array.isArray(list) ? sorted(list.map(spell)) : [];
}

function at(document: unknown, path: readonly string[]): object | undefined {
  let value: unknown = document;
  for (const key of path) {
    value =
      typeof value === 'object' && value !== null ? Object.getOwnPropertyDescriptor(value, key)?.value : undefined;
  }
  return typeof value === 'object' && value !== null ? value : undefined;
}

/** With its keys in one order, so that equal values are equal texts. */
function spell(value: unknown): string {
  const ordered = (_: string, part: unknown): unknown =>
    typeof part === 'object' && part !== null && !Array.isArray(part) ? Object.fromEntries(sortedEntries(part)) : part;
  return JSON.stringify(value ?? null, ordered);
}

function sortedEntries(value: object): [string, unknown][] {
  return Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1));
}

function sorted(texts: readonly string[]): string[] {
  return [...texts].sort();
}

/** The texts less those of another list, as often as they are there. */
function without(texts: readonly string[], others: readonly string[]): string[] {
  const left = [...others];
  return texts.filter((text) => {
    const place = left.indexOf(text);
    if (place >= 0) left.splice(place, 1);
    return place < 0;
  });
}

/** A document without what edits change, and without what a new section must have. */
function rest(document: unknown, before: unknown): unknown {
  const copy: unknown = structuredClone(document);
  for (const path of [...LISTS, ['linux', 'intelRdt'], ['linux', 'netDevices']]) {
    const parent = at(copy, path.slice(0, -1));
    if (parent !== undefined) Reflect.deleteProperty(parent, path.at(-1) ?? '');
  }
  const process = at(copy, ['process']);
  if (process !== undefined && at(before, ['process', 'user']) === undefined) Reflect.deleteProperty(process, 'user');
  if (process !== undefined && at(before, ['process']) === undefined) Reflect.deleteProperty(process, 'cwd');
  return pruned(copy);
}

function pruned(value: unknown): unknown {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return value;
  const members = Object.entries(value).map(([key, member]) => [key, pruned(member)] as const);
  const left = members.filter(([, member]) => member !== undefined && member !== null);
  return left.length === 0 ? undefined : Object.fromEntries(left);
}
