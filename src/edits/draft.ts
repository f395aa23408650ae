// A runtime-spec document while it is edited: lists and sections by path, read on demand, changes kept apart.
import { CdiError } from '../text/error.ts';
import type { JsonReader, JsonValue } from '../text/json.ts';
import { quote } from '../text/quote.ts';
import type { Edit } from './edit.ts';
import { isSame } from './same.ts';

/** Something new, whose edit it is, and what of the document goes for it. */
export interface Fresh<N> {
  readonly value: JsonValue;
  readonly from: Edit;
  readonly replaces?: readonly N[];
}

/** An entry of an edited list: what the document has there, or something new. */
export type Entry<N> = { readonly kept: N } | Fresh<N>;

/** What a member of the document becomes. */
export interface Change<N> {
  readonly path: readonly string[];
  readonly to: { readonly list: readonly Entry<N>[] } | Fresh<N>;
}

/**
 * A document and the changes to it. Nothing of the document itself is touched.
 *
 * Objects on the way to a member are refused when runtimes would read them differently: Go matches keys
 * without case and lets the last one win, crun takes the first of equal ones.
 */
export class Draft<N> {
  readonly reader: JsonReader<N>;
  readonly #root: N;
  readonly #members = new Map<string, ReadonlyMap<string, N>>();
  readonly #changes = new Map<string, Change<N>>();

  constructor(reader: JsonReader<N>, root: N) {
    this.reader = reader;
    this.#root = root;
    if (reader.kind(root) !== 'object') throw makeTypeError([], 'an object');
  }

  /** The changes so far, in the order in which their members were first touched. */
  changes(): readonly Change<N>[] {
    return [...this.#changes.values()];
  }

  /** What the document holds at a path; undefined for what is absent or null. */
  find(path: readonly string[]): N | undefined {
    let node = this.#root;
    for (let depth = 0; depth < path.length; depth++) {
      const members = this.#section(path.slice(0, depth), node);
      const key = path[depth] ?? '';
      const next = members.get(key);
      if (next === undefined) refuseOtherSpelling(members, key, path.slice(0, depth));
      if (next === undefined || this.reader.kind(next) === 'null') return undefined;
      node = next;
    }
    return node;
  }

  /** The entries of a map of free keys, without those that are null; empty where there is none. */
  map(path: readonly string[]): ReadonlyMap<string, N> {
    const entries = new Map<string, N>();
    const node = this.find(path);
    if (node === undefined) return entries;
    if (this.reader.kind(node) !== 'object') throw makeTypeError(path, 'an object');
    for (const [key, member] of this.reader.members(node)) {
      if (entries.has(key)) throw makeAmbiguityError(path, key, key);
      entries.set(key, member);
    }
    for (const [key, member] of entries) if (this.reader.kind(member) === 'null') entries.delete(key);
    return entries;
  }

  /** The entries of a list as edited so far; empty where there is none. */
  list(path: readonly string[]): Entry<N>[] {
    const changed = this.#changes.get(path.join('\n'))?.to;
    if (changed !== undefined && 'list' in changed) return [...changed.list];
    const node = this.find(path);
    if (node === undefined) return [];
    if (this.reader.kind(node) !== 'array') throw makeTypeError(path, 'a list');
    return this.reader.elements(node).map((kept) => ({ kept }));
  }

  setList(path: readonly string[], list: readonly Entry<N>[]): void {
    this.#changes.set(path.join('\n'), { path, to: { list } });
  }

  /** Sets a member, unless the document says the same there. */
  setMember(path: readonly string[], fresh: Fresh<N>, old: N | undefined): void {
    if (old !== undefined && isSame(this.reader, old, fresh.value)) return;
    this.#changes.set(path.join('\n'), { path, to: old === undefined ? fresh : { ...fresh, replaces: [old] } });
  }

  /** The text at a member of a list's entry; empty where it is absent. */
  entryText(path: readonly string[], entry: N, member: string): string {
    if (this.reader.kind(entry) !== 'object') throw makeTypeError(path, 'a list of objects');
    let found: N | undefined;
    for (const [key, value] of this.reader.members(entry)) {
      if (key.length !== member.length || foldName(key) !== member) continue;
      if (key !== member) throw makeSpellingError(path, key, member);
      if (found !== undefined) throw makeAmbiguityError(path, member, key);
      found = value;
    }
    if (found === undefined || this.reader.kind(found) === 'null') return '';
    if (this.reader.kind(found) !== 'string') throw makeTypeError([...path, member], 'a text');
    return this.reader.string(found);
  }

  /** The text that an entry of a list is. */
  text(path: readonly string[], entry: N): string {
    if (this.reader.kind(entry) !== 'string') throw makeTypeError(path, 'a list of texts');
    return this.reader.string(entry);
  }

  /** The whole number at a path, 0 where there is none. */
  integer(path: readonly string[]): number {
    const node = this.find(path);
    if (node === undefined) return 0;
    const value = this.reader.kind(node) === 'number' ? Number(this.reader.number(node)) : Number.NaN;
    if (!Number.isSafeInteger(value)) throw makeTypeError(path, 'a whole number');
    return value;
  }

  #section(path: readonly string[], node: N): ReadonlyMap<string, N> {
    const key = path.join('\n');
    let members = this.#members.get(key);
    if (members === undefined) {
      if (this.reader.kind(node) !== 'object') throw makeTypeError(path, 'an object');
      members = readUniqueMembers(this.reader, node, path);
      this.#members.set(key, members);
    }
    return members;
  }
}

/** A new entry in the place of others; what those were to replace, it replaces. */
export function replaceEntries<N>(fresh: Fresh<N>, ...old: readonly Entry<N>[]): Fresh<N> {
  const replaces = old.flatMap((entry) => ('kept' in entry ? [entry.kept] : (entry.replaces ?? [])));
  return replaces.length === 0 ? fresh : { ...fresh, replaces };
}

function readUniqueMembers<N>(reader: JsonReader<N>, node: N, path: readonly string[]): ReadonlyMap<string, N> {
  const members = new Map<string, N>();
  const spellings = new Map<string, string>();
  for (const [key, member] of reader.members(node)) {
    const folded = foldName(key);
    const other = spellings.get(folded);
    if (other !== undefined) throw makeAmbiguityError(path, other, key);
    spellings.set(folded, key);
    members.set(key, member);
  }
  return members;
}

/** As Go's JSON folds: the long s and the Kelvin sign are letters of ASCII, too. */
function foldName(key: string): string {
  return key.replaceAll('\u017f', 's').toLowerCase();
}

/** A member that only Go takes for the wanted one: whatever is put beside it would hide its content there. */
function refuseOtherSpelling(members: ReadonlyMap<string, unknown>, key: string, path: readonly string[]): void {
  const folded = foldName(key);
  for (const other of members.keys()) if (foldName(other) === folded) throw makeSpellingError(path, other, key);
}

function makeSpellingError(path: readonly string[], other: string, key: string): CdiError {
  return new CdiError('BAD_BUNDLE', {
    what: 'edit the container configuration',
    why: `${describePlace(path)} has ${quote(other)}, which only some runtimes read as ${quote(key)}`,
    hint: `write it as ${key}`,
  });
}

function describePlace(path: readonly string[]): string {
  return path.length === 0 ? 'the document' : quote(path.join('.'));
}

function makeAmbiguityError(path: readonly string[], one: string, other: string): CdiError {
  const both = one === other ? `${quote(one)} twice` : `both ${quote(one)} and ${quote(other)}`;
  return new CdiError('BAD_BUNDLE', {
    what: 'edit the container configuration',
    why: `${describePlace(path)} has ${both}, which runtimes read differently`,
    hint: 'leave one of them',
  });
}

/** An error for a part of the document that is not of the type that the runtime spec gives it. */
export function makeTypeError(path: readonly string[], wanted: string): CdiError {
  return new CdiError('BAD_BUNDLE', {
    what: 'edit the container configuration',
    why: `${describePlace(path)} is not ${wanted}`,
    hint: 'the OCI runtime specification says its form',
  });
}
