// Whether a part of a document says the same as a value that is to be injected.
import type { JsonReader, JsonValue } from '../text/json.ts';
import { wholeNumber } from './whole-number.ts';

/**
 * Equal in every field: absent, null and an empty list count as the same, the order of keys and the
 * spelling of whole numbers do not matter.
 */
export function same<N>(reader: JsonReader<N>, node: N, value: JsonValue): boolean {
  if (Array.isArray(value)) return sameList(reader, node, value);
  if (typeof value === 'object' && value !== null) return sameObject(reader, node, new Map(Object.entries(value)));
  const kind = reader.kind(node);
  if (typeof value === 'string') return kind === 'string' && reader.string(node) === value;
  if (typeof value === 'boolean') return kind === String(value);
  if (value === null) return kind === 'null';
  return kind === 'number' && wholeNumber(reader.number(node)) === String(value);
}

function sameList<N>(reader: JsonReader<N>, node: N, value: readonly JsonValue[]): boolean {
  if (reader.kind(node) !== 'array') return false;
  const elements = reader.elements(node);
  return elements.length === value.length && elements.every((element, i) => same(reader, element, value[i] ?? null));
}

function sameObject<N>(reader: JsonReader<N>, node: N, value: ReadonlyMap<string, JsonValue | undefined>): boolean {
  if (reader.kind(node) !== 'object') return false;
  const met = new Set<string>();
  for (const [key, member] of reader.members(node)) {
    if (met.has(key)) return false;
    met.add(key);
    const wanted = value.get(key);
    if (wanted === undefined || isEmpty(wanted)) {
      if (!isBlank(reader, member)) return false;
    } else if (!same(reader, member, wanted)) return false;
  }
  return [...value].every(([key, wanted]) => wanted === undefined || isEmpty(wanted) || met.has(key));
}

function isEmpty(value: JsonValue): boolean {
  return value === null || (Array.isArray(value) && value.length === 0);
}

function isBlank<N>(reader: JsonReader<N>, node: N): boolean {
  const kind = reader.kind(node);
  return kind === 'null' || (kind === 'array' && reader.elements(node).length === 0);
}
