// Decoders over the YAML reader: texts, flags, whole numbers, lists and records.
import { type Decode, makeFields, type YamlReader } from './yaml-reader.ts';
import { Float, type Scalar, writeJsonFloat } from './yaml-scalar.ts';

/** A decoder for each field: forgetting one does not compile. */
export type FieldTable<T> = { readonly [K in keyof T]-?: Decode<T[K]> };

/** A text, but numbers and booleans are errors: for our own files. */
export const plainText: Decode<string> = (reader, node) => {
  const value = reader.isScalar(node) ? reader.scalar(node) : undefined;
  return typeof value === 'string' ? value : reader.mistyped(node, 'a text');
};

export const flag: Decode<boolean> = (reader, node, before) => {
  const value = reader.isScalar(node) ? reader.scalar(node) : undefined;
  if (value === null) return before ?? false;
  return typeof value === 'boolean' ? value : reader.mistyped(node, 'true or false');
};

/** A whole number within bounds; `2.0` and `1e3` are whole as well. */
export function integer(least: bigint, most: bigint): Decode<number | bigint> {
  const isWide = least <= 0n && most >= 2n ** 31n;
  return (reader, node, before) => {
    let value = reader.isScalar(node) ? reader.scalar(node) : undefined;
    // Comparing with bigints takes the shim's engine much longer.
    if (typeof value === 'number' && isWide && value > 0 && value < 2 ** 31) return value;
    if (value === null) return before ?? 0;
    if (value instanceof Float && Number.isInteger(value.value) && Math.abs(value.value) < 1e21) {
      // By its digits in JSON, as in Go, which has few of them and then zeros: -2^63 - 1 is -9223372036854776000.
      value = Number.isSafeInteger(value.value) ? value.value : BigInt(String(value.value));
    }
    if (typeof value !== 'number' && typeof value !== 'bigint') return reader.mistyped(node, 'a whole number');
    // The float -0.0 is "-0" in Go's JSON, whose sign no unsigned number takes.
    const isMinusZero = Object.is(value, -0) && least >= 0n;
    if (value < least || value > most || isMinusZero) {
      reader.fail(node, `${isMinusZero ? '-0' : value} is not within ${least} to ${most}`);
    }
    return value === 0 ? 0 : value;
  };
}

/** A field that stays undefined without a value, or with a null. */
export function optional<T>(decode: Decode<T>): Decode<T | undefined> {
  return (reader, node, before) => (reader.isNull(node) ? undefined : decode(reader, node, before));
}

export function listOf<T>(decode: Decode<T>): Decode<T[] | undefined> {
  return (reader, node, before) => (reader.isNull(node) ? undefined : reader.list(node, decode, before));
}

/**
 * A record decoder: null leaves what was there, unknown fields are errors, and what is then still undefined gets
 * its default.
 */
export function recordOf<T extends object>(table: FieldTable<T>, defaults: Partial<T>): Decode<T> {
  const fields = makeFields(table);
  const names = Object.keys(defaults);
  // Frozen, as all records that lack the field share one value.
  const fallbacks = Object.values<unknown>(defaults).map((value) => Object.freeze(value));
  return (reader, node, before) => {
    const values: Record<string, unknown> = reader.isNull(node) ? { ...before } : reader.record(node, fields, before);
    // By index: the shim's engine takes several times as long to walk pairs.
    for (let i = 0; i < names.length; i++) {
      const name = names[i] ?? '';
      if (values[name] === undefined) values[name] = fallbacks[i];
    }
    // The table's type says what each field's decoder gives, and the defaults are the fields that must be there.
    return values as T;
  };
}

/** A list of texts that stays undefined without a value, or with a null. */
export const textList: Decode<string[] | undefined> = (reader, node, before) =>
  reader.isNull(node) ? undefined : reader.texts(node, before);

/** A list of records (see `recordOf`) that stays undefined without a value, or with a null. */
export function recordsOf<T extends object>(table: FieldTable<T>, defaults: Partial<T>): Decode<T[] | undefined> {
  return listOf(recordOf(table, defaults));
}

/** Any document as JSON text. */
export const json: Decode<string> = (reader, node) => {
  if (reader.isScalar(node)) return writeJsonScalar(reader, node, reader.scalar(node));
  if (reader.isSequence(node)) return `[${reader.list(node, json, undefined).join(',')}]`;
  // Keys that differ in type only (`1` and `"1"`) become one in JSON: the later one stays.
  const members = new Map(reader.entries(node, json));
  return `{${[...members].map(([key, value]) => `${JSON.stringify(key)}:${value}`).join(',')}}`;
};

function writeJsonScalar(reader: YamlReader, node: number, value: Scalar): string {
  if (value instanceof Float) return writeJsonFloat(value.value) ?? reader.fail(node, 'the number has no form in JSON');
  return typeof value === 'string' ? JSON.stringify(value) : String(value);
}
