// The shapes of a settings file: lists, choices, counts.
import { findNearest } from '../text/nearest.ts';
import { quoteList } from '../text/quote.ts';
import type { Decode } from '../text/yaml-reader.ts';
import type { Scalar } from '../text/yaml-scalar.ts';

/** What a file says: any part of the settings. */
export type Part<T> = { readonly [K in keyof T]?: Said<T[K]> };
type Said<V> = V extends Whole ? V : Part<V>;
/** What replaces what was there before, instead of merging with it. */
type Whole = readonly unknown[] | string | number | boolean | null;

/** The node of a value, to point at. */
export const itself: Decode<number> = (_, node) => node;

export function oneOf<T extends string | boolean>(...choices: readonly T[]): Decode<T> {
  return (reader, node) => {
    const value = reader.isScalar(node) ? reader.scalar(node) : undefined;
    for (const choice of choices) if (choice === value) return choice;
    const shown = choices.map(String);
    return reader.fail(node, `the value is none of ${shown.join(', ')}`, suggestChoice(value, shown));
  };
}

/** The name of a row of a table. */
export function keyOf<T extends object>(rows: T): Decode<Extract<keyof T, string>> {
  return (reader, node) => {
    const names: Extract<keyof T, string>[] = [];
    for (const name in rows) names.push(name);
    return oneOf(...names)(reader, node, undefined);
  };
}

function suggestChoice(value: Scalar | undefined, choices: readonly string[]): string | undefined {
  if (typeof value !== 'string') return undefined;
  if (choices.includes(value)) return 'write it without quotes';
  const near = findNearest(value, choices);
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
    if (items.length < least)
      reader.fail(node, items.length === 0 ? 'the list is empty' : `the list has less than ${least} entries`, empty);
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
