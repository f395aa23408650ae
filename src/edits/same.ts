// Whether a part of a document says the same as a value that is to be injected.
import { type JsonReader, type JsonValue, writeJson } from '../text/json.ts';
import { spellWholeNumber } from './whole-number.ts';

/**
 * Equal in every field: absent, null and an empty list count as the same, the order of keys and the
 * spelling of whole numbers do not matter.
 */
export function isSame<N>(reader: JsonReader<N>, node: N, value: JsonValue): boolean {
  if (isList(value)) return isSameList(reader, node, value);
  if (typeof value === 'object' && value !== null) return isSameObject(reader, node, value);
  const kind = reader.kind(node);
  if (typeof value === 'string') return kind === 'string' && reader.string(node) === value;
  if (typeof value === 'boolean') return kind === String(value);
  if (value === null) return kind === 'null';
  return kind === 'number' && spellWholeNumber(reader.number(node)) === String(value);
}

function isSameList<N>(reader: JsonReader<N>, node: N, value: readonly JsonValue[]): boolean {
  if (reader.kind(node) !== 'array') return false;
  const elements = reader.elements(node);
  return elements.length === value.length && elements.every((element, i) => isSame(reader, element, value[i] ?? null));
}

type JsonObject = { readonly [key: string]: JsonValue | undefined };

function isSameObject<N>(reader: JsonReader<N>, node: N, value: JsonObject): boolean {
  if (reader.kind(node) !== 'object') return false;
  if (reader.written?.(node) === writeJson(value)) return true;
  const seen = new Set<string>();
  for (const pair of reader.members(node)) {
    // By index: in the shim's engine it takes several times as long to take a pair apart.
    const key = pair[0];
    const member = pair[1];
    if (seen.has(key)) return false;
    seen.add(key);
    const wanted = Object.hasOwn(value, key) ? value[key] : undefined;
    if (wanted === undefined || isEmpty(wanted)) {
      if (!isBlank(reader, member)) return false;
    } else if (!isSame(reader, member, wanted)) return false;
  }
  return Object.keys(value).every((key) => seen.has(key) || isEmpty(value[key]));
}

function isList(value: JsonValue): value is readonly JsonValue[] {
  return Array.isArray(value);
}

function isEmpty(value: JsonValue | undefined): boolean {
  return value === undefined || value === null || (Array.isArray(value) && value.length === 0);
}

function isBlank<N>(reader: JsonReader<N>, node: N): boolean {
  const kind = reader.kind(node);
  return kind === 'null' || (kind === 'array' && reader.elements(node).length === 0);
}

/** A text by which many are compared with many: two have the same where `isSame` holds. Undefined for a key that is there twice. */
export function writeMeaning<N>(reader: JsonReader<N>, node: N): string | undefined {
  const kind = reader.kind(node);
  if (kind === 'string') return JSON.stringify(reader.string(node));
  if (kind === 'number') return spellWholeNumber(reader.number(node));
  const parts: string[] = [];
  if (kind === 'array') {
    for (const element of reader.elements(node)) {
      const meaning = writeMeaning(reader, element);
      if (meaning === undefined) return undefined;
      parts.push(meaning);
    }
    return `[${parts.join()}]`;
  }
  if (kind !== 'object') return kind;
  const seen = new Set<string>();
  for (const pair of reader.members(node)) {
    // By index: in the shim's engine it takes several times as long to take a pair apart.
    const key = pair[0];
    const member = pair[1];
    if (seen.has(key)) return undefined;
    seen.add(key);
    if (isBlank(reader, member)) continue;
    const meaning = writeMeaning(reader, member);
    if (meaning === undefined) return undefined;
    parts.push(`${JSON.stringify(key)}:${meaning}`);
  }
  return `{${parts.sort().join()}}`;
}
