// Reading access to a JSON document as it was written: spans, key order and the spelling of numbers.

/** What a node of a JSON document is. */
export type JsonKind = 'object' | 'array' | 'string' | 'number' | 'true' | 'false' | 'null';

/**
 * Reads a document of any make by its nodes: a text with spans, or values in memory. `N` names a node.
 */
export interface JsonReader<N> {
  kind(node: N): JsonKind;
  /**
   * The members in order; duplicates as often as written.
   *
   * @param like a host may leave out those whose name does not begin with its first letter, in upper or lower case, if
   *   they begin with a letter of ASCII
   */
  members(node: N, like?: string): readonly (readonly [key: string, node: N])[];
  /**
   * The one member of a name, null where there is none; undefined where it needs a closer look, as at a member that is
   * there twice or in another spelling, too.
   */
  readonly member?: (node: N, name: string) => N | null | undefined;
  /** of a list, or the members' values of an object of a text */
  elements(node: N): readonly N[];
  /** how a node is written, where it is a text and that costs little */
  readonly written?: (node: N) => string;
  /** the value of a string */
  string(node: N): string;
  /** the literal of a number as it was written */
  number(node: N): string;
}

/** A JSON text, its nodes by number (0 is the root). Offsets are the host's own unit: opaque, ordered. */
export interface JsonTree extends JsonReader<number> {
  /** offset of the first character of the node */
  start(node: number): number;
  /** offset after the last character of the node */
  end(node: number): number;
  /** offset of the key's opening quote, for a member's value */
  keyStart(node: number): number;
  /** the text between two offsets; for white space and separators, not for large parts */
  slice(start: number, end: number): string;
}

/** A changed document: new text, values that are written compactly, or a span of the old one given by two offsets, in order. */
export type Pieces = readonly (string | number | JsonComposite)[];

/** Nesting beyond this is refused, but in what runtimes read. */
export const JSON_DEPTH = 200;

/**
 * Reads values in memory as a document. Numbers may be bigints; members that are undefined count as absent.
 */
export const valueReader: JsonReader<unknown> = {
  kind: (value) => {
    if (value === null || value === undefined) return 'null';
    if (Array.isArray(value)) return 'array';
    if (typeof value === 'boolean') return value ? 'true' : 'false';
    if (typeof value === 'number' || typeof value === 'bigint') return 'number';
    return typeof value === 'string' ? 'string' : 'object';
  },
  members: (value) => (hasMembers(value) ? Object.entries(value).filter(([, member]) => member !== undefined) : []),
  member: (value, name) => {
    let found: unknown = null;
    if (!hasMembers(value)) return undefined;
    for (const key of Object.keys(value)) {
      if (key === name) found = value[key];
      else if (key.length === name.length ? isAlike(key, name) : key.charCodeAt(name.length) === 0) return undefined;
    }
    return found;
  },
  elements: (value) => (Array.isArray(value) ? value : []),
  string: (value) => (typeof value === 'string' ? value : ''),
  number: (value) => String(value),
};

function hasMembers(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null;
}

/** Whether the first letters are the same, or may be to somebody. */
function isAlike(key: string, name: string): boolean {
  const first = key.charCodeAt(0);
  return first > 0x7f || (first | 0x20) === (name.charCodeAt(0) | 0x20);
}

/** A value that is written as JSON: undefined members are left out, bigints keep all their digits. */
export type JsonValue = null | boolean | number | bigint | string | JsonComposite;

type JsonComposite = readonly JsonValue[] | { readonly [key: string]: JsonValue | undefined };

/** Writes a value compactly. */
export function writeJson(value: JsonValue): string {
  try {
    return JSON.stringify(value);
  } catch {
    // The engine's own writer is several times faster, but refuses bigints.
    return spellJson(value);
  }
}

/** A value whose maps are objects with an order of their own, also for keys that look like numbers. */
export type OrderedJson =
  | null
  | boolean
  | number
  | bigint
  | string
  | readonly OrderedJson[]
  | ReadonlyMap<string, OrderedJson | undefined>
  | { readonly [key: string]: OrderedJson | undefined };

/** Writes a value compactly, member by member. */
export function spellJson(value: OrderedJson): string {
  if (typeof value === 'string') return JSON.stringify(value);
  if (typeof value !== 'object' || value === null) return String(value);
  if (isArray(value)) return `[${value.map(spellJson).join(',')}]`;
  const members = listMembers(value).flatMap(([key, member]) =>
    member === undefined ? [] : [`${JSON.stringify(key)}:${spellJson(member)}`],
  );
  return `{${members.join(',')}}`;
}

/** The members of an object or a map. */
export function listMembers(
  value: ReadonlyMap<string, OrderedJson | undefined> | { readonly [key: string]: OrderedJson | undefined },
): readonly (readonly [string, OrderedJson | undefined])[] {
  return value instanceof Map ? [...value] : Object.entries(value);
}

function isArray(value: object): value is readonly OrderedJson[] {
  return Array.isArray(value);
}

/** Puts a changed document together, where offsets are string indexes. */
export function assemble(text: string, pieces: Pieces): string {
  let out = '';
  for (let i = 0; i < pieces.length; i++) {
    const piece = pieces[i];
    if (typeof piece === 'object') out += writeJson(piece);
    else out += typeof piece === 'string' ? piece : text.slice(piece, Number(pieces[++i]));
  }
  return out;
}
