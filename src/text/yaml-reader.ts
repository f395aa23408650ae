// From the neutral YAML tree to values: merge keys, aliases, duplicate keys, and the Go library's JSON step.
import { CdiError, type ErrorCode, type Position } from './error.ts';
import { suggestNearest } from './nearest.ts';
import { quote } from './quote.ts';
import { findAliasTargets, isTooMuchByAlias, readTags } from './yaml-alias.ts';
import { findFoldedName, writeFloatKey } from './yaml-key.ts';
import { Float, isMisfit, readPlainScalar, readTaggedScalar, type Scalar, writeFloat } from './yaml-scalar.ts';
import { NodeKind, type YamlTree } from './yaml-tree.ts';

/**
 * Makes a value of a node. `before` is what an earlier spelling of the same field gave (`Path` before `path`):
 * Go decodes the later one into it.
 */
export type Decode<T> = {
  // A method's type, so that decoders of all kinds fit into one table.
  decode(reader: YamlReader, node: number, before: T | undefined): T;
}['decode'];

/** The decoders of a record's fields. */
type Fields = ReadonlyMap<string, Decode<unknown>> & {
  /** the same by name: in the shim's engine, a map takes ten times as long to ask */
  readonly byName?: Readonly<Record<string, Decode<unknown>>>;
};

export function makeFields(decoders: Readonly<Record<string, Decode<unknown>>>): Fields {
  const byName = Object.assign(Object.create(null), decoders);
  return Object.assign(new Map(Object.entries(decoders)), { byName });
}

/** What a document is, for messages. */
export interface ErrorContext {
  readonly code: ErrorCode;
  /** to follow "cannot" */
  readonly what: string;
  readonly path?: string | undefined;
}

const MERGE_TAG = 'tag:yaml.org,2002:merge';

/** Reads one tree; remembers how much of the reading was done through aliases, as a bound against bombs. */
export class YamlReader {
  readonly #tree: YamlTree;
  // The tree's arrays by themselves: the shim's engine pays for every property on the way to a node. Empty before `#load`.
  #codes: readonly number[] = [];
  #texts: readonly string[] = [];
  #targets: ReadonlyMap<number, number> | undefined;
  readonly #subject: ErrorContext;
  readonly #tags: ReadonlyMap<number, string> | undefined;
  readonly #mayRepeatKeys: boolean;
  readonly #active = new Set<number>();
  /** what earlier spellings of a list had beyond its end: Go reads a third one into these */
  readonly #tails = new Map<readonly unknown[], readonly unknown[]>();
  /** the items of sequences that a place was looked for in */
  readonly #lists = new Map<number, readonly number[]>();
  #depth = 0;
  #read = 0;
  #readThroughAliases = 0;

  /** @param mayRepeatKeys equal keys are no error: `entries` has each of them, in the order of the document */
  constructor(tree: YamlTree, subject: ErrorContext, mayRepeatKeys = false) {
    this.#mayRepeatKeys = mayRepeatKeys;
    this.#tree = tree;
    this.#subject = subject;
    this.#tags = readTags(tree);
  }

  /** Reads the whole document; undefined where there is none, or only a null. */
  document<T>(decode: Decode<T>): T | undefined {
    this.#load();
    if (this.#codes.length === 0) return undefined;
    this.#read++;
    if (this.isNull(0)) return undefined;
    return this.read(0, decode, undefined);
  }

  /** Before any node is looked at: what a host reads at once needs no arrays of them. */
  #load(): void {
    if (this.#targets !== undefined) return;
    this.#codes = this.#tree.codes;
    this.#texts = this.#tree.texts;
    this.#targets = findAliasTargets(this.#tree);
  }

  /** Reads a node by a decoder, through an alias if it is one. */
  read<T>(node: number, decode: Decode<T>, before: T | undefined): T {
    this.#read++;
    if (this.#depth > 0) this.#countThroughAlias(node);
    return ((this.#codes[node] ?? 0) & 7) === NodeKind.alias
      ? this.#readAlias(node, decode, before)
      : decode(this, node, before);
  }

  /** The text of a scalar that is text at first sight; undefined for all that needs a closer look. */
  quickText(node: number): string | undefined {
    return ((this.#codes[node] ?? 0) & 7) === NodeKind.text && this.#tags === undefined ? this.#texts[node] : undefined;
  }

  scalar(node: number): Scalar {
    this.#load();
    const code = this.#codes[node] ?? 0;
    const text = this.#texts[node] ?? '';
    const tag = this.#tags === undefined ? undefined : this.#tags.get(node);
    if (tag === undefined) return (code & 7) === NodeKind.plain ? readPlainScalar(text) : text;
    const value = readTaggedScalar(tag, text);
    return isMisfit(value) ? this.fail(node, `${quote(text)} ${value.misfit}`) : value;
  }

  isNull(node: number): boolean {
    const kind = (this.#codes[node] ?? 0) & 7;
    if (kind > NodeKind.text || (kind === NodeKind.text && this.#tags === undefined)) return false;
    return this.scalar(node) === null;
  }

  isScalar(node: number): boolean {
    return ((this.#codes[node] ?? 0) & 7) <= NodeKind.text;
  }

  isSequence(node: number): boolean {
    return ((this.#codes[node] ?? 0) & 7) === NodeKind.sequence;
  }

  /** Reads a sequence, item by item. */
  list<T>(node: number, decode: Decode<T>, before: readonly T[] | undefined): T[] {
    if (!this.isSequence(node)) this.mistyped(node, 'a list');
    const codes = this.#codes;
    const out: T[] = [];
    // Only lists of one kind are read over each other.
    const earlier = before === undefined ? [] : [...before, ...((this.#tails.get(before) as T[] | undefined) ?? [])];
    const end = (codes[node] ?? 0) >>> 3;
    for (let item = node + 1; item < end; item = (codes[item] ?? 0) >>> 3) {
      out[out.length] = this.read(item, decode, earlier[out.length]);
    }
    if (out.length > 0 && out.length < earlier.length) this.#tails.set(out, earlier.slice(out.length));
    return out;
  }

  /** Reads a sequence of texts: as `list` does with `text`, without a call for each that is text at first sight. */
  texts(node: number, before: readonly string[] | undefined): string[] {
    if (!this.isSequence(node) || this.#tags !== undefined || this.#depth > 0 || before !== undefined)
      return this.list(node, text, before);
    const codes = this.#codes;
    const texts = this.#texts;
    const out: string[] = [];
    const end = (codes[node] ?? 0) >>> 3;
    let count = 0;
    for (let item = node + 1; item < end; ) {
      const code = codes[item] ?? 0;
      const quick = (code & 7) === NodeKind.text ? texts[item] : undefined;
      out[out.length] = quick ?? this.read(item, text, undefined);
      if (quick !== undefined) count += 1;
      item = code >>> 3;
    }
    this.#read += count;
    return out;
  }

  /**
   * Reads a mapping with the given fields; others are an error that names the nearest.
   *
   * @param isExact whether another case of a field's name is an error, too
   */
  record(node: number, fields: Fields, before: object | undefined, isExact = false): Record<string, unknown> {
    const code = this.#codes[node] ?? 0;
    if ((code & 7) !== NodeKind.mapping) this.mistyped(node, 'a mapping');
    const ordinary = before === undefined && this.#tags === undefined ? this.#ordinaryRecord(node, fields) : undefined;
    if (ordinary !== undefined) return ordinary;
    const odd = this.#oddRecord(node, fields, { ...before });
    if (!isExact) return odd;
    for (const [key, value] of this.#members(node)) {
      const name = this.#keyText(key);
      if (!fields.has(name)) this.#refuseField(value, name, fields);
    }
    return odd;
  }

  /** The usual case: every key is a plain field name, each once. Undefined when it is not so. */
  #ordinaryRecord(node: number, fields: Fields): Record<string, unknown> | undefined {
    const codes = this.#codes;
    const texts = this.#texts;
    const { byName } = fields;
    const isDirect = this.#depth === 0;
    const out: Record<string, unknown> = {};
    const end = (codes[node] ?? 0) >>> 3;
    let count = 0;
    for (let key = node + 1; key < end; ) {
      const name = texts[key] ?? '';
      const decode = byName === undefined ? fields.get(name) : byName[name];
      if (decode === undefined || ((codes[key] ?? 0) & 7) > NodeKind.text || name in out) return undefined;
      const code = codes[key + 1] ?? 0;
      const isQuick = isDirect && decode === text && (code & 7) === NodeKind.text;
      out[name] = isQuick ? texts[key + 1] : this.read(key + 1, decode, undefined);
      count += isQuick ? 2 : 1;
      key = code >>> 3;
    }
    this.#read += count;
    return out;
  }

  /** Reads a mapping of free keys, in the order of the document. */
  entries<T>(node: number, decode: Decode<T>): (readonly [key: string, value: T])[] {
    if (this.#kind(node) !== NodeKind.mapping) this.mistyped(node, 'a mapping');
    return this.#members(node).map(
      ([key, value]) => [this.#keyText(key), this.read(value, decode, undefined)] as const,
    );
  }

  /** The position of what a path of keys and indexes leads to, or of as much of it as there is. */
  locate(path: readonly (string | number)[]): Position | undefined {
    this.#load();
    if (this.#codes.length === 0) return undefined;
    let node = 0;
    for (const step of path) {
      const next = this.#step(this.#kind(node) === NodeKind.alias ? this.#target(node) : node, step);
      if (next === undefined) break;
      node = next;
    }
    return this.#tree.position(node);
  }

  fail(node: number, why: string, hint?: string): never {
    throw new CdiError(this.#subject.code, { ...this.#subject, why, hint, at: this.#tree.position(node) });
  }

  mistyped(node: number, wanted: string): never {
    this.fail(node, `${this.#describe(node)} stands where ${wanted} is needed`);
  }

  #describe(node: number): string {
    const kind = this.#kind(node);
    if (kind === NodeKind.sequence) return 'a list';
    if (kind === NodeKind.mapping) return 'a mapping';
    const value = this.scalar(node);
    if (value === null) return 'nothing';
    return typeof value === 'string' ? `the text ${quote(value)}` : quote(this.#text(node));
  }

  #kind(node: number): number {
    return (this.#codes[node] ?? 0) & 7;
  }

  #end(node: number): number {
    return (this.#codes[node] ?? 0) >>> 3;
  }

  #text(node: number): string {
    return this.#texts[node] ?? '';
  }

  #target(node: number): number {
    return this.#targets?.get(node) ?? this.fail(node, `anchor ${quote(this.#text(node))} is nowhere before its use`);
  }

  #readAlias<T>(node: number, decode: Decode<T>, before: T | undefined): T {
    const target = this.#target(node);
    if (this.#active.has(target)) this.fail(node, `anchor ${quote(this.#text(node))} stands inside itself`);
    this.#active.add(target);
    this.#depth++;
    const value = this.read(target, decode, before);
    this.#depth--;
    this.#active.delete(target);
    return value;
  }

  #countThroughAlias(node: number): void {
    if (isTooMuchByAlias(++this.#readThroughAliases, this.#read))
      this.fail(node, 'too much of the document comes through aliases', 'write the values out');
  }

  /** Go's way with other keys: sorted by bytes, matched without case, the later of two spellings on top. */
  #oddRecord(node: number, fields: Fields, out: Record<string, unknown>): Record<string, unknown> {
    const named = this.#members(node).map(([key, value]) => ({ key, value, name: this.#keyText(key) }));
    named.sort((a, b) => (a.name < b.name ? -1 : a.name > b.name ? 1 : 0));
    for (const { key, value, name } of named) {
      const field = fields.has(name) ? name : findFoldedName(name, fields.keys());
      const decode = field === undefined ? undefined : fields.get(field);
      if (field === undefined || decode === undefined) this.#refuseField(key, name, fields);
      out[field] = this.read(value, decode, out[field]);
    }
    return out;
  }

  #refuseField(node: number, name: string, fields: Fields): never {
    this.fail(node, `field ${quote(name)} is unknown`, suggestNearest(name, [...fields.keys()]));
  }

  /** Key and value nodes of a mapping, merge keys resolved. */
  #members(node: number): [key: number, value: number][] {
    const out: [number, number][] = [];
    this.#collect(node, out, new Set());
    return out;
  }

  #collect(node: number, out: [number, number][], seen: Set<string>): void {
    const end = this.#end(node);
    for (let key = node + 1; key < end; key = this.#end(key + 1)) {
      const value = key + 1;
      if (this.#isMerge(key)) {
        this.#merge(value, out, seen);
        continue;
      }
      this.#read++;
      const identity = this.#keyIdentity(key);
      if (seen.has(identity) && !this.#mayRepeatKeys) this.fail(key, `key ${quote(this.#keyText(key))} is there twice`);
      seen.add(identity);
      out.push([key, value]);
    }
  }

  #isMerge(key: number): boolean {
    if (this.#kind(key) > NodeKind.text || this.#text(key) !== '<<') return false;
    const tag = this.#tags?.get(key);
    // Go takes what is tagged "!" for a text, but in a key for a merge, in quotes, too.
    return tag === undefined ? this.#kind(key) === NodeKind.plain : tag === MERGE_TAG || tag === '!';
  }

  #merge(value: number, out: [number, number][], seen: Set<string>): void {
    const isList = this.#kind(value) === NodeKind.sequence;
    const sources = isList ? this.#items(value).reverse() : [value];
    for (const source of sources) {
      this.read(
        source,
        (_, mapping) => {
          if (this.#kind(mapping) !== NodeKind.mapping)
            this.fail(source, 'a merge key needs a mapping or a list of mappings');
          this.#collect(mapping, out, seen);
        },
        undefined,
      );
    }
  }

  #items(node: number): number[] {
    const items: number[] = [];
    for (let item = node + 1; item < this.#end(node); item = this.#end(item)) items.push(item);
    return items;
  }

  #item(node: number, index: number): number | undefined {
    const items = this.#lists.get(node) ?? this.#items(node);
    this.#lists.set(node, items);
    return items[index];
  }

  #key(node: number): Scalar {
    const target = this.#kind(node) === NodeKind.alias ? this.#target(node) : node;
    return this.isScalar(target) ? this.scalar(target) : this.fail(node, 'a key must be a single value');
  }

  #keyIdentity(node: number): string {
    const value = this.#key(node);
    if (value instanceof Float) return `float ${value.value}`;
    return value === null ? 'null' : `${typeof value === 'bigint' ? 'number' : typeof value} ${value}`;
  }

  #keyText(node: number): string {
    const value = this.#key(node);
    if (typeof value === 'string') return value;
    if (value === null) return this.fail(node, 'a key is missing');
    if (value instanceof Float) return writeFloatKey(value.value);
    if (typeof value === 'bigint' && value > 2n ** 63n - 1n)
      this.fail(node, 'a key is larger than 64 bits with a sign hold');
    return String(value);
  }

  #step(node: number, step: string | number): number | undefined {
    if (typeof step === 'number') return this.#kind(node) === NodeKind.sequence ? this.#item(node, step) : undefined;
    if (this.#kind(node) !== NodeKind.mapping) return undefined;
    let found: number | undefined;
    for (let key = node + 1; key < this.#end(node); key = this.#end(key + 1)) {
      if (this.#text(key) === step) found = key + 1;
    }
    return found;
  }
}

/** A text field: numbers and booleans become text as in Go, nothing leaves what was there. */
export const text: Decode<string> = (reader, node, before) => reader.quickText(node) ?? anyText(reader, node, before);

const anyText: Decode<string> = (reader, node, before) => {
  const value = reader.isScalar(node) ? reader.scalar(node) : reader.mistyped(node, 'a text');
  if (typeof value === 'string') return value;
  if (value === null) return before ?? '';
  return value instanceof Float ? writeFloat(value.value) : String(value);
};
