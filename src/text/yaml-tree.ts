// The neutral form of a YAML document that both front ends fill: libyaml in the shim, `yaml` elsewhere.
import type { Position } from './error.ts';

/** Kinds of nodes, the low three bits of a node's code. */
export const NodeKind = {
  /** a scalar without quotes, whose tag decides or its text */
  plain: 0,
  /** a quoted or block scalar */
  quoted: 1,
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

/** Nesting beyond this is refused, by every front end alike. */
export const YAML_DEPTH = 256;
