// What there is to say about a kind of container edit: an object of this type, and a row in kinds.ts, are all it takes.
import type { JsonValue, OrderedJson } from '../text/json.ts';
import type { Decode } from '../text/yaml-reader.ts';
import type { DeviceLookup } from './device-lookup.ts';
import type { Draft, Entry } from './draft.ts';
import type { Edit } from './edit.ts';
import type { FieldFault } from './fault.ts';
import type { EditProblem, TrustedHost } from './finding.ts';
import type { Mode } from './mode.ts';

/** A version of CDI that a spec may have; older ones are refused. */
export type Version = '0.3.0' | '0.4.0' | '0.5.0' | '0.6.0' | '0.7.0' | '0.8.0' | '1.0.0' | '1.1.0';

/** What a version of CDI is needed for. */
export interface Need {
  readonly version: Version;
  /** `a mount with a type` */
  readonly words: string;
  /** the field that needs it where it says something; without, the whole item does */
  readonly field?: string;
}

/**
 * @template Name its field in a spec's edits
 * @template Item one of what the field lists, or what it is where it is no list
 */
export interface EditKind<Name extends string, Item extends JsonValue, Value = readonly Item[]> {
  readonly name: Name;
  /** what people call one of it */
  readonly word: string;
  /** where a runtime-spec document has it */
  readonly path: readonly string[];
  /** what it writes elsewhere, in words */
  readonly beside?: string;
  /** whether edits have a list of them; else the last one counts */
  readonly isList: boolean;
  /** whether two of one key stand beside each other; else the later one counts */
  readonly isRepeated: boolean;
  readonly decode: Decode<Value | undefined>;
  readonly needs: readonly Need[];
  /** of a record: its fields in the order in which they are written */
  readonly fields?: object;
  /** the fields that are written when they are empty or 0 as well */
  readonly always?: readonly string[];
  /** the first thing that is wrong with an item */
  fault(item: Item): FieldFault | undefined;
  /** fields by which no two in a list may be the same, and what the message calls one */
  readonly unique?: { readonly fields: readonly string[]; readonly owner: string };
  /** what is wrong with an item on a host: one that names nothing of the host has no such question */
  finding?(item: Item, machine: TrustedHost): EditProblem | undefined;
  /** an item without what could lead elsewhere by the time that the runtime looks */
  settled?(item: Item, machine: TrustedHost): Item;
  /** an item as a container gets it; `hookEnv` is for hooks without env */
  completed?(item: Item, hookEnv: readonly string[]): Item;
  /** Plans the changes that edits of this kind make to a document, of which there is at least one. */
  apply<N>(draft: Draft<N>, edits: readonly Edit<Item>[], lookup: DeviceLookup, mode: Mode): void;
  /** what an item is known by: a variable's name, a path, a destination, a hook's name */
  key(item: Item): string;
  /** what an item is about */
  words(item: Item): string;
  /** what the document had instead, without what the item says as well; by default all of it */
  oldWords?(old: OrderedJson): string;
  /** why an item does nothing */
  idleWords?(item: Item): string | undefined;
  /** the entries before one that it hides */
  covered?<N>(draft: Draft<N>, list: readonly Entry<N>[]): (entry: Entry<N>) => readonly Entry<N>[];
}
