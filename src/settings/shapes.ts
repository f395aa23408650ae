// The shapes of a settings file: sections of known keys, lists, choices, counts.
import { nearest, nearestWords } from '../text/nearest.ts';
import { quote, quoteList } from '../text/quote.ts';
import type { Decode } from '../text/yaml-reader.ts';
import type { Scalar } from '../text/yaml-scalar.ts';

/** What a file says: any part of the settings. */
export type Part<T> = { readonly [K in keyof T]?: Said<T[K]> };
type Said<V> = V extends Whole ? V : Part<V>;
/** What replaces what was there before, instead of merging with it. */
type Whole = readonly unknown[] | string | number | boolean | null;

/** A decoder for each key: forgetting one, or adding one that no setting has, does not compile. */
type Keys<T> = { readonly [K in keyof T]-?: Decode<Said<T[K]>> };

/**
 * A mapping of known keys, each in this very spelling; what is absent stays absent, and null is an empty mapping.
 *
 * @param keys asked for when such a mapping is there: most files have few, and the shim reads them at every start
 */
export function section<T extends object>(keys: () => Keys<T>): Decode<Part<T>> {
  let fields: ReadonlyMap<string, Decode<unknown>> | undefined;
  return (reader, node) => {
    if (reader.isNull(node)) return {};
    fields ??= new Map(Object.entries<Decode<unknown>>(keys()));
    const record = reader.record(node, fields, undefined);
    // Records take other cases too, as Go's do: of two spellings of one setting nobody could tell which one holds.
    for (const [name, value] of reader.entries(node, itself)) {
      if (!fields.has(name)) reader.fail(value, `field ${quote(name)} is unknown`, nearest(name, [...fields.keys()]));
    }
    // The type of the keys says what each decoder gives.
    return record as Part<T>;
  };
}

/** The node of a value, to point at. */
export const itself: Decode<number> = (_, node) => node;

export function oneOf<T extends string | boolean>(...choices: readonly T[]): Decode<T> {
  return (reader, node) => {
    const value = reader.isScalar(node) ? reader.scalar(node) : undefined;
    const found = choices.find((choice) => choice === value);
    if (found !== undefined) return found;
    const shown = choices.map(String);
    return reader.fail(node, `the value is none of ${shown.join(', ')}`, meantChoice(value, shown));
  };
}

function meantChoice(value: Scalar | undefined, choices: readonly string[]): string | undefined {
  if (typeof value !== 'string') return undefined;
  if (choices.includes(value)) return 'write it without quotes';
  const near = nearestWords(value, choices);
  return near.length === 0 ? undefined : `did you mean ${quoteList(near)}?`;
}

interface Bounds {
  readonly least?: number;
  readonly most: number;
  /** what to do about an empty list */
  readonly empty?: string;
}

export function list<T>(decode: Decode<T>, { least = 0, most, empty }: Bounds): Decode<readonly T[]> {
  return (reader, node) => {
    const items = reader.list(node, decode, undefined);
    if (items.length < least) reader.fail(node, 'the list is empty', empty);
    if (items.length > most) reader.fail(node, `the list has more than ${most} entries`);
    return items;
  };
}

/** A list, or one entry by itself. */
export function oneOrMore<T>(decode: Decode<T>, most: number): Decode<readonly T[]> {
  const many = list(decode, { least: 1, most, empty: 'leave the key out where it does not matter' });
  return (reader, node) =>
    reader.isSequence(node) ? many(reader, node, undefined) : [decode(reader, node, undefined)];
}

export function orNull<T>(decode: Decode<T>): Decode<T | null> {
  return (reader, node) => (reader.isNull(node) ? null : decode(reader, node, undefined));
}

/** A whole number within bounds. */
export function count(least: number, most: number): Decode<number> {
  return (reader, node) => {
    const value = reader.isScalar(node) ? reader.scalar(node) : undefined;
    if (typeof value !== 'number' && typeof value !== 'bigint') return reader.mistyped(node, 'a whole number');
    if (value < least || value > most) reader.fail(node, `${value} is not within ${least} to ${most}`);
    return Number(value);
  };
}
