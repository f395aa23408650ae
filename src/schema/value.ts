// What is judged: a document's values, with numbers as they are written.
import type { JsonReader } from '../text/json.ts';
import type { Decode } from '../text/yaml-reader.ts';
import { Float, writeJsonFloat } from '../text/yaml-scalar.ts';
import { Numeral } from './numeral.ts';

export type Value = null | boolean | string | Numeral | readonly Value[] | Fields;

/** A mapping; it inherits nothing, so that every key is an ordinary one. */
export interface Fields {
  readonly [key: string]: Value;
}

/** The way to a value: `['devices', 0, 'name']`. */
export type FieldPath = readonly (string | number)[];

export function isList(value: Value | undefined): value is readonly Value[] {
  return Array.isArray(value);
}

export function isFields(value: Value | undefined): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value) && !(value instanceof Numeral);
}

/**
 * Reads any JSON. Of a key that is there more than once the last one counts, as in Go.
 *
 * @param tooDeep throws; values in memory may contain themselves
 */
export function readJsonValue<N>(reader: JsonReader<N>, node: N, depth: number, tooDeep: () => never): Value {
  if (depth < 0) tooDeep();
  const kind = reader.kind(node);
  if (kind === 'string') return reader.string(node);
  if (kind === 'number') return new Numeral(reader.number(node));
  if (kind === 'array') return reader.elements(node).map((item) => readJsonValue(reader, item, depth - 1, tooDeep));
  if (kind !== 'object') return kind === 'null' ? null : kind === 'true';
  return collectFields(
    reader.members(node).map(([key, member]) => [key, readJsonValue(reader, member, depth - 1, tooDeep)] as const),
  );
}

/** Reads any YAML, as Go converts it to JSON: all numbers go through floats of 64 bits. */
export const readYamlValue: Decode<Value> = (reader, node) => {
  if (reader.isSequence(node)) return reader.list(node, readYamlValue, undefined);
  if (!reader.isScalar(node)) return collectFields(reader.entries(node, readYamlValue));
  const scalar = reader.scalar(node);
  if (scalar instanceof Float) {
    return new Numeral(writeJsonFloat(scalar.value) ?? reader.fail(node, 'the number has no form in JSON'));
  }
  const isWhole = typeof scalar === 'number' || typeof scalar === 'bigint';
  return isWhole ? new Numeral(String(scalar), String(Number(scalar))) : scalar;
};

function collectFields(entries: readonly (readonly [key: string, value: Value])[]): Fields {
  const out: Record<string, Value> = Object.create(null);
  for (const [key, value] of entries) out[key] = value;
  return out;
}

/** The value as validators want it: ordinary objects and Numbers. */
export function makePlain(value: Value): unknown {
  if (value instanceof Numeral) return value.number;
  if (isList(value)) return value.map(makePlain);
  if (!isFields(value)) return value;
  return Object.fromEntries(Object.entries(value).map(([key, member]) => [key, makePlain(member)] as const));
}

/** What a path leads to; undefined where there is nothing. */
export function findValue(value: Value, path: FieldPath): Value | undefined {
  let here: Value | undefined = value;
  for (const step of path) {
    if (isList(here)) here = here[Number(step)];
    else here = isFields(here) ? here[step] : undefined;
  }
  return here;
}
