// A runtime-spec document while it is edited: lists and sections by path, read on demand, changes kept apart.
import { CdiError } from '../text/error.ts';
import type { JsonKind, JsonReader, JsonValue } from '../text/json.ts';
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

/** What a list of the document becomes: other entries, or its own with some more at the end. */
type ChangedList<N> = { readonly list: readonly Entry<N>[] } | { readonly added: readonly Fresh<N>[] };

/** What a member of the document becomes. */
export interface Change<N> {
  readonly path: readonly string[];
  readonly to: ChangedList<N> | Fresh<N>;
}

/**
 * Which of several members of a name a runtime takes for it (docs/requests.md has the experiments):
 * `plain` refuses to say, where it matters;
 * `first` and `last` are those of C: names are exact, and end at a NUL;
 * `merged` is Go's: names without case, the last one counts, objects are joined.
 */
export type Dialect = 'plain' | 'first' | 'last' | 'merged';

/** Whether a section is of any keys: there, case tells one from another for all. */
function isFree(path: readonly string[], depth: number): boolean {
  if (depth === 1) return path[0] === 'annotations';
  return depth === 2 && path[1] === 'netDevices' && path[0] === 'linux';
}

/** Whether a member is a value in Go, not a pointer: a later null does not take away what was there. */
function isStruct(path: readonly string[], depth: number, key: string): boolean {
  return depth === 1 && key === 'user' && path[0] === 'process';
}

/** What a runtime reads at a path; more than one node only where Go joins them. */
interface Level<N> {
  readonly nodes: readonly N[];
  /** of the node that counts */
  readonly kind: JsonKind | undefined;
  below: Map<string, Level<N>> | undefined;
}

const NOTHING: readonly never[] = [];
const NO_LEVEL: Level<never> = { nodes: NOTHING, kind: undefined, below: undefined };

/**
 * A document and the changes to it. Nothing of the document itself is touched, and only the members that are asked
 * for are judged.
 */
export class Draft<N> {
  readonly reader: JsonReader<N>;
  readonly dialect: Dialect;
  readonly #root: Level<N>;
  readonly #changes = new Map<string, Change<N>>();
  #doubt: CdiError | undefined;

  constructor(reader: JsonReader<N>, root: N, dialect: Dialect = 'plain') {
    this.reader = reader;
    this.dialect = dialect;
    this.#root = { nodes: [root], kind: reader.kind(root), below: undefined };
    if (this.#root.kind !== 'object') throw makeTypeError([], 'an object');
  }

  /** What was thrown where runtimes read the document differently. */
  get doubt(): CdiError | undefined {
    return this.#doubt;
  }

  /** The changes so far, in the order in which their members were first touched. */
  changes(): readonly Change<N>[] {
    return [...this.#changes.values()];
  }

  /** What the document holds at a path; undefined for what is absent or null. */
  find(path: readonly string[]): N | undefined {
    const { nodes, kind } = this.#read(path);
    return kind === 'null' ? undefined : nodes[nodes.length - 1];
  }

  /** The node that counts at a path, or at so much of it, null or not: what is written instead of it is read. */
  place(path: readonly string[], depth?: number): N | undefined {
    const { nodes } = this.#read(path, depth);
    return nodes[nodes.length - 1];
  }

  /** The entries of a map of free keys, without those that are null; empty where there is none. */
  map(path: readonly string[]): ReadonlyMap<string, N> {
    const entries = new Map<string, N>();
    let hasNull = false;
    for (const section of this.#listSections(this.#read(path), path, path.length)) {
      for (const pair of this.reader.members(section)) {
        // By index: in the shim's engine it takes several times as long to take a pair apart.
        const key = pair[0];
        const member = pair[1];
        if (entries.has(key)) {
          if (this.dialect === 'first') continue;
          if (this.dialect === 'plain') this.#refuse(makeAmbiguityError(path, key, key));
        }
        entries.set(key, member);
        hasNull ||= this.reader.kind(member) === 'null';
      }
    }
    if (hasNull) for (const [key, member] of entries) if (this.reader.kind(member) === 'null') entries.delete(key);
    return entries;
  }

  /** Whether what stands at a path is of this kind, or nothing does; what is above it may be of any. */
  isOf(path: readonly string[], kind: 'object' | 'array'): boolean {
    for (let depth = 1; depth <= path.length; ++depth) {
      const found = this.#read(path, depth).kind;
      if (found === undefined || found === 'null') return true;
      if (found !== (depth < path.length ? 'object' : kind)) return false;
    }
    return true;
  }

  /** The entries of a list as edited so far; empty where there is none. */
  list(path: readonly string[]): Entry<N>[] {
    const changed = this.#changes.size === 0 ? undefined : this.#changes.get(path.join('\n'))?.to;
    if (changed !== undefined && 'list' in changed) return [...changed.list];
    const entries: Entry<N>[] = [];
    for (const kept of this.elements(path)) entries.push({ kept });
    return changed !== undefined && 'added' in changed ? [...entries, ...changed.added] : entries;
  }

  /** The entries of a list as the document has it; empty where there is none. */
  elements(path: readonly string[]): readonly N[] {
    const node = this.#findList(path);
    return node === undefined ? NOTHING : this.reader.elements(node);
  }

  /** Whether what a list was to become was said before. */
  isChanged(path: readonly string[]): boolean {
    return this.#changes.size > 0 && this.#changes.has(path.join('\n'));
  }

  /** The entries of a list of texts, as the document has it; none where it has anything else. */
  texts(path: readonly string[]): readonly string[] {
    const { reader } = this;
    const node = this.isOf(path, 'array') ? this.find(path) : undefined;
    if (node === undefined) return [];
    const entries = reader.elements(node);
    return entries.filter((entry) => reader.kind(entry) === 'string').map((entry) => reader.string(entry));
  }

  setList(path: readonly string[], list: readonly Entry<N>[]): void {
    this.#changes.set(path.join('\n'), { path, to: { list } });
  }

  /** Adds entries at the end of a list, whose own need no look then. */
  addToList(path: readonly string[], added: readonly Fresh<N>[]): void {
    if (this.isChanged(path)) this.setList(path, [...this.list(path), ...added]);
    else {
      this.#findList(path);
      this.#changes.set(path.join('\n'), { path, to: { added } });
    }
  }

  /** Sets a member, unless the document says the same there. */
  setMember(path: readonly string[], fresh: Fresh<N>, old: N | undefined): void {
    this.#refuseJoined(path);
    if (old !== undefined && isSame(this.reader, old, fresh.value)) return;
    this.#changes.set(path.join('\n'), { path, to: old === undefined ? fresh : { ...fresh, replaces: [old] } });
  }

  /** The text of each entry of a list, or at one of its members; empty where it is absent and for what is new. */
  readTexts(path: readonly string[], entries: readonly Entry<N>[], member?: string): readonly string[] {
    const texts: string[] = [];
    for (const entry of entries) {
      if (!('kept' in entry)) texts.push('');
      else if (member !== undefined) texts.push(this.entryText(path, entry.kept, member));
      else if (this.reader.kind(entry.kept) === 'string') texts.push(this.reader.string(entry.kept));
      else throw makeTypeError(path, 'a list of texts');
    }
    return texts;
  }

  /** The same of all entries of a list. */
  readListTexts(path: readonly string[], member?: string): readonly string[] {
    if (member === undefined || this.isChanged(path)) return this.readTexts(path, this.list(path), member);
    return this.elements(path).map((entry) => this.entryText(path, entry, member));
  }

  /** The text at a member of a list's entry; empty where it is absent. */
  entryText(path: readonly string[], entry: N, member: string): string {
    const direct = this.reader.member?.(entry, member);
    if (direct === null) return '';
    if (direct !== undefined && this.reader.kind(direct) === 'string') return this.reader.string(direct);
    if (this.reader.kind(entry) !== 'object') throw makeTypeError(path, 'a list of objects');
    const found = this.#findMember(entry, path, path.length, member, true).at(-1);
    if (found === undefined || this.reader.kind(found) === 'null') return '';
    if (this.reader.kind(found) !== 'string') throw makeTypeError([...path, member], 'a text');
    return this.reader.string(found);
  }

  /** The whole number at a path, 0 where there is none. */
  integer(path: readonly string[]): number {
    const node = this.find(path);
    if (node === undefined) return 0;
    const value = this.reader.kind(node) === 'number' ? Number(this.reader.number(node)) : Number.NaN;
    if (!Number.isSafeInteger(value)) throw makeTypeError(path, 'a whole number');
    return value;
  }

  /** @throws {CdiError} BAD_BUNDLE for what is no list */
  #findList(path: readonly string[]): N | undefined {
    const { nodes, kind } = this.#read(path);
    const node = nodes[nodes.length - 1];
    if (node === undefined || kind === 'null') return undefined;
    if (kind !== 'array') throw makeTypeError(path, 'a list');
    if (nodes.length > 1) this.#refuseJoined(path);
    return node;
  }

  #read(path: readonly string[], depth: number = path.length): Level<N> {
    let level = this.#root;
    for (let i = 0; i < depth; ++i) {
      const key = path[i] ?? '';
      level = level.below?.get(key) ?? this.#descend(level, path, i, key);
    }
    return level;
  }

  #descend(level: Level<N>, path: readonly string[], depth: number, key: string): Level<N> {
    const sections = this.#listSections(level, path, depth);
    const [first] = sections;
    if (first === undefined) return NO_LEVEL;
    const keepsNull = isStruct(path, depth, key);
    let nodes: readonly N[];
    if (sections.length === 1) nodes = this.#findMember(first, path, depth, key, keepsNull);
    else {
      const members = sections.flatMap((section) => this.reader.members(section, key));
      nodes = this.#select(path, depth, key, members, keepsNull);
    }
    const last = nodes[nodes.length - 1];
    const next: Level<N> = { nodes, kind: last === undefined ? undefined : this.reader.kind(last), below: undefined };
    level.below ??= new Map();
    level.below.set(key, next);
    return next;
  }

  /** The nodes at a path that have members. */
  #listSections({ nodes, kind }: Level<N>, path: readonly string[], depth: number): readonly N[] {
    if (nodes.length === 0 || (nodes.length === 1 && kind === 'object')) return nodes;
    const sections = nodes.filter((node) => this.reader.kind(node) !== 'null');
    if (sections.some((node) => this.reader.kind(node) !== 'object')) {
      throw makeTypeError(path.slice(0, depth), 'an object');
    }
    return sections;
  }

  #findMember(section: N, path: readonly string[], depth: number, key: string, keepsNull: boolean): readonly N[] {
    const found = this.reader.member?.(section, key);
    if (found === undefined) return this.#select(path, depth, key, this.reader.members(section, key), keepsNull);
    return found === null ? NOTHING : [found];
  }

  /** @param keepsNull whether a null leaves what stands before it */
  #select(
    path: readonly string[],
    depth: number,
    key: string,
    members: readonly (readonly [string, N])[],
    keepsNull: boolean,
  ): readonly N[] {
    if (members.length === 0) return NOTHING;
    const isExact = isFree(path, depth);
    const names: string[] = [];
    const nodes: N[] = [];
    // By index: in the shim's engine it takes several times as long to take a pair apart.
    for (const member of members) {
      const name = member[0];
      if (name !== key && (isExact || !isOtherSpelling(name, key, this.dialect))) continue;
      names.push(name);
      nodes.push(member[1]);
    }
    if (this.dialect === 'first') return nodes.slice(0, 1);
    if (this.dialect === 'last' || isExact) return nodes.slice(-1);
    if (this.dialect === 'plain') {
      const [first = key, second] = names;
      if (second !== undefined) this.#refuse(makeAmbiguityError(path.slice(0, depth), first, second));
      if (first !== key) this.#refuse(makeSpellingError(path.slice(0, depth), first, key));
      return nodes;
    }
    // A null takes what was there away; a value after it begins anew.
    const last = nodes.findLastIndex((node) => this.reader.kind(node) === 'null');
    const after = nodes.slice(last + 1);
    const before = keepsNull
      ? nodes.slice(0, Math.max(0, last)).filter((node) => this.reader.kind(node) !== 'null')
      : [];
    return after.length + before.length > 0 ? [...before, ...after] : nodes.slice(-1);
  }

  /** Go reads a list over the entries of the one before, one by one, and an object over its members. */
  #refuseJoined(path: readonly string[]): void {
    const joined = this.#read(path).nodes;
    if (joined.length < 2) return;
    const [key, above] = [path.at(-1) ?? '', path.slice(0, -1)];
    const isDeep = (node: N): boolean =>
      this.reader.kind(node) === 'object' ||
      this.reader.elements(node).some((one) => this.reader.kind(one) === 'object');
    if (joined.some(isDeep)) this.#refuse(makeAmbiguityError(above, key, key));
  }

  #refuse(error: CdiError): never {
    this.#doubt = error;
    throw error;
  }
}

/** A new entry in the place of others; what those were to replace, it replaces. */
export function replaceEntries<N>(fresh: Fresh<N>, ...old: readonly Entry<N>[]): Fresh<N> {
  const replaces = old.flatMap((entry) => ('kept' in entry ? [entry.kept] : (entry.replaces ?? [])));
  return replaces.length === 0 ? fresh : { ...fresh, replaces };
}

/** As Go's JSON folds: the long s and the Kelvin sign are letters of ASCII, too. */
function foldName(key: string): string {
  return key.replaceAll('\u017f', 's').toLowerCase();
}

/** By the first letter, which tells most names apart. */
function mayFold(name: string, key: string): boolean {
  const first = name.charCodeAt(0);
  return first > 0x7f || (first | 0x20) === (key.charCodeAt(0) | 0x20);
}

/** Whether a runtime takes a name for another one: Go without its case, C up to a NUL. */
function isOtherSpelling(name: string, key: string, dialect: Dialect): boolean {
  const { length } = key;
  if (name.length < length) return false;
  if (name.length === length) {
    const isFolded = dialect === 'plain' || dialect === 'merged';
    return isFolded && mayFold(name, key) && name !== key && foldName(name) === foldName(key);
  }
  return name.length > length && name[length] === '\0' && dialect !== 'merged' && name.startsWith(key);
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
