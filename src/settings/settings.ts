// Our own settings as types, and the defaults: both follow from the table.
import type { Family } from '../oci/families.ts';
import type { POLICY_PRESETS } from './policy-presets.ts';
import { type ACTIONS, type RULE, SETTINGS, type SOURCES } from './table.ts';
import type { PresetName } from './vendor-presets.ts';

/** Who asks for a device. */
export type Source = keyof typeof SOURCES;
/** `ignore`: as if no one had asked, but on record. */
export type Action = (typeof ACTIONS)[number];

/** Every condition that is there must hold; lists hold if one of their entries does. */
export type PolicyRule = {
  readonly [K in Exclude<keyof typeof RULE, 'action'>]?: Value<(typeof RULE)[K][0]> | undefined;
} & {
  readonly action: Action;
};

/** What each word of the table stands for. */
export interface Values {
  /** `auto`, a name, or an absolute path */
  readonly runtime: string;
  /** whose command line grammar the runtime has; `auto` tells it from the runtime's name */
  readonly family: 'auto' | Family;
  readonly flag: boolean;
  /** `auto` follows the rule of the source; true and false are the administrator's word */
  readonly enabled: 'auto' | boolean;
  readonly text: string;
  readonly absolutePath: string;
  readonly pathGlob: string;
  /** of a device node */
  readonly nodeGlob: string;
  /** of `vendor.com/class=name` */
  readonly deviceGlob: string;
  readonly namespaceGlob: string;
  readonly podGlob: string;
  readonly variableGlob: string;
  readonly mountTypeGlob: string;
  readonly prefix: string;
  readonly mountPrefix: string;
  /** `vendor.com/class` */
  readonly kind: string;
  readonly preset: PresetName;
  /**
   * variables that carry device names; `kind` is that of names without one, null: `requests.defaultKind`; one that
   * `replaces` a vendor's variable is read instead of it, where it is set
   */
  readonly variables: {
    readonly [name: string]: { readonly kind: string | null; readonly replaces?: string | null };
  };
  /** of these sources the first that asks alone counts; `auto`: as vendors' presets have it, without one `all` count */
  readonly precedence: 'auto' | 'all' | readonly Source[];
  readonly vendorVariable: string;
  readonly source: Source;
  readonly action: Action;
  readonly policyPreset: keyof typeof POLICY_PRESETS;
  readonly rule: PolicyRule;
  readonly owner: 'strict' | 'off';
  /** by patterns of devices: how many containers may have one at a time */
  readonly shares: { readonly [pattern: string]: number };
}

type Word = keyof Values;

/** What a key takes. */
export type Form =
  | Word
  | { readonly oneOf: readonly (string | boolean)[] }
  | { readonly list: Word; readonly least?: number; readonly most: number; readonly empty?: string }
  | { readonly oneOrMore: Word; readonly most: number }
  | { readonly orNull: Word }
  | { readonly bytes: Bounds }
  | { readonly duration: Bounds }
  | { readonly count: Bounds };
type Bounds = readonly [least: number, most: number];

export type Row = readonly [form: Form, fallback?: unknown];
export interface Section {
  readonly [key: string]: Row | Section;
}

type Value<F> = F extends Word
  ? Values[F]
  : F extends { readonly oneOf: readonly (infer T)[] }
    ? T
    : F extends { readonly list: infer W extends Word } | { readonly oneOrMore: infer W extends Word }
      ? readonly Values[W][]
      : F extends { readonly orNull: infer W extends Word }
        ? Values[W] | null
        : number;

type Taken<N> = N extends Row ? Value<N[0]> : { readonly [K in keyof N]: Taken<N[K]> };
type Defaults<N> = N extends readonly [unknown, infer D] ? D : { readonly [K in keyof N]: Defaults<N[K]> };

export type Settings = Taken<typeof SETTINGS>;

/** That each default is a value of its key, this assignment says. */
export const DEFAULT_SETTINGS: Settings = collectDefaults(SETTINGS);

export function isRow(node: Row | Section): node is Row {
  return Array.isArray(node);
}

/** By the loop that is quickest in the shim, which does this at every start. */
function collectDefaults<N extends Section>(section: N): Defaults<N> {
  const defaults: Record<string, unknown> = {};
  for (const key in section) {
    const node: Row | Section | undefined = section[key];
    if (node !== undefined) defaults[key] = isRow(node) ? node[1] : collectDefaults(node);
  }
  // One value for each key of the section.
  return defaults as Defaults<N>;
}
