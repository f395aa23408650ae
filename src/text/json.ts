// Reading access to a JSON document as it was written: spans, key order and the spelling of numbers.

/** What a node of a JSON document is. */
export type JsonKind = 'object' | 'array' | 'string' | 'number' | 'true' | 'false' | 'null';

/**
 * Reads a document of any make by its nodes: a text with spans, or values in memory. `N` names a node.
 */
export interface JsonReader<N> {
  kind(node: N): JsonKind;
  /** the members in order; duplicates as often as written */
  members(node: N): readonly (readonly [key: string, node: N])[];
  elements(node: N): readonly N[];
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

/** A changed document: new text, or a span of the old one given by two offsets, in order. */
export type Pieces = readonly (string | number)[];

/** Nesting beyond this is refused, by every host alike. */
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
  members: (value) =>
    typeof value === 'object' && value !== null
      ? Object.entries(value).filter(([, member]) => member !== undefined)
      : [],
  elements: (value) => (Array.isArray(value) ? value : []),
  string: (value) => (typeof value === 'string' ? value : ''),
  number: (value) => String(value),
};

/**
 * A value that is written as JSON: undefined members are left out, bigints keep all their digits. A map is an
 * object whose keys keep their order, also those that look like numbers.
 */
export type JsonValue =
  | null
  | boolean
  | number
  | bigint
  | string
  | readonly JsonValue[]
  | ReadonlyMap<string, JsonValue>
  | { readonly [key: string]: JsonValue | undefined };

/** Writes a value compactly. */
export function writeJson(value: JsonValue): string {
  if (typeof value === 'string') return JSON.stringify(value);
  if (typeof value !== 'object' || value === null) return String(value);
  if (isArray(value)) return `[${value.map(writeJson).join(',')}]`;
  const members = jsonMembers(value).flatMap(([key, member]) =>
    member === undefined ? [] : [`${JSON.stringify(key)}:${writeJson(member)}`],
  );
  return `{${members.join(',')}}`;
}

/** The members of an object or map to be written. */
export function jsonMembers(
  value: ReadonlyMap<string, JsonValue> | { readonly [key: string]: JsonValue | undefined },
): readonly (readonly [string, JsonValue | undefined])[] {
  return value instanceof Map ? [...value] : Object.entries(value);
}

function isArray(value: object): value is readonly JsonValue[] {
  return Array.isArray(value);
}

/** Puts a changed document together, where offsets are string indexes. */
export function assemble(text: string, pieces: Pieces): string {
  let out = '';
  for (let i = 0; i < pieces.length; i++) {
    const piece = pieces[i];
    out += typeof piece === 'string' ? piece : text.slice(piece, Number(pieces[++i]));
  }
  return out;
}
