// Reading access to a JSON document as it was written: spans, key order and the spelling of numbers.

/** What a node of a JSON document is. */
export type JsonKind = 'object' | 'array' | 'string' | 'number' | 'true' | 'false' | 'null';

/**
 * Reads a document of any make by its nodes: a text with spans, or values in memory. `N` names a node.
 */
export interface JsonReader<N> {
  kind(node: N): JsonKind;
  /** the members in order, a key and its node in turn; duplicates as often as written */
  members(node: N): readonly (string | N)[];
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
