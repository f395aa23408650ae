// The neutral form of a YAML document, as shim/yaml-tree.c fills it in the shim and, by host/yaml.ts, everywhere else.
import type { Position } from './error.ts';

/** Kinds of nodes, the low three bits of a node's code. */
export const NodeKind = {
  /** a scalar without quotes whose text may mean more than text: a word, a number, a merge key */
  plain: 0,
  /** a scalar that is text: in quotes, in a block, or plain with a beginning like no word or number */
  text: 1,
  sequence: 2,
  /** keys and values in turn */
  mapping: 3,
  /** stands for the node that carries its text as an anchor */
  alias: 4,
} as const;

/**
 * The first document of a YAML text, flat: node 0 is the root, and children follow their parent.
 * `codes` is empty when there is no document.
 */
export interface YamlTree {
  /** per node: its kind, plus eight times the number of the node that follows its last descendant */
  readonly codes: readonly number[];
  /** per node: a scalar's text, an alias' anchor, else empty */
  readonly texts: readonly string[];
  /** explicit tags: a node and its full tag (`tag:yaml.org,2002:str`, `!x`) in turn */
  readonly tags: readonly (number | string)[];
  /** anchors: a node and its anchor in turn, in document order */
  readonly anchors: readonly (number | string)[];
  position(node: number): Position;
}

/** Why a text is no YAML, in plain words, and where. */
export interface SyntaxFailure {
  readonly syntax: string;
  readonly at: Position | undefined;
}
