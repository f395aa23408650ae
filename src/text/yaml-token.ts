// What a YAML text is made of.

/** Offsets of the first character and after the last. */
interface Span {
  readonly start: number;
  readonly end: number;
}

/** Tokens that say nothing but what they are. The `block` ones come of indentation. */
export type Mark =
  | 'stream end'
  | 'document start'
  | 'document end'
  | 'block sequence'
  | 'block mapping'
  | 'block end'
  | 'block entry'
  | 'flow sequence'
  | 'flow sequence end'
  | 'flow mapping'
  | 'flow mapping end'
  | 'flow entry'
  | 'key'
  | 'value';

/** What a document declares before its start. */
export type Directive =
  | { readonly kind: 'version'; readonly major: number; readonly minor: number }
  | { readonly kind: 'tag prefix'; readonly handle: string; readonly prefix: string };

/** What may stand before a node. A tag without a handle is complete by its suffix. */
export type Property =
  | { readonly kind: 'anchor'; readonly name: string }
  | { readonly kind: 'tag'; readonly handle: string; readonly suffix: string };

export interface ScalarToken {
  readonly kind: 'scalar';
  readonly text: string;
  readonly plain: boolean;
  /** offset of an escape that is none in YAML 1.1, but of JSON: it is refused only where the scalar is used */
  readonly slashEscape?: number | undefined;
}

export type Token = Span &
  ({ readonly kind: Mark } | Directive | Property | { readonly kind: 'alias'; readonly name: string } | ScalarToken);
