// The configuration of an engine without what may be secret in it: for files that leave the host.
import { parse, stringify } from 'smol-toml';
import { isObject, type JsonObject } from './json-file.ts';

export interface Shown {
  /** as it was where nothing had to go; undefined where it cannot be read, and so not be judged */
  readonly text: string | undefined;
  /** the members that are gone, by their keys */
  readonly leftOut: readonly string[];
}

/** Credentials, and what people put them in: proxies and mirrors as URLs, headers, options of drivers, environments. */
const SECRET =
  /auth|token|passw|secret|credential|prox(y|ies)|registr|mirror|header|opts|destination|env|identity|api-?key/i;

/** Keys stay, so that what engines read of the rest is where it was; switches and numbers are no secrets. */
export function leaveOutSecrets(path: string, text: string): Shown {
  const isJson = path.endsWith('.json');
  try {
    const value: unknown = isJson ? JSON.parse(text.replace(/^\uFEFF/, '') || '{}') : parse(text);
    if (!isObject(value)) return { text: undefined, leftOut: [] };
    const leftOut: string[] = [];
    const kept = keepOpen(value, [], leftOut);
    if (leftOut.length === 0) return { text, leftOut };
    return { text: isJson ? `${JSON.stringify(kept, null, 2)}\n` : stringify(kept), leftOut };
  } catch {
    return { text: undefined, leftOut: [] };
  }
}

function keepOpen(object: JsonObject, keys: readonly string[], leftOut: string[]): JsonObject {
  const kept = Object.entries(object).flatMap(([key, value]): [string, unknown][] => {
    const own = [...keys, key];
    const isPlain = typeof value === 'boolean' || typeof value === 'number';
    if (!isPlain && SECRET.test(key)) {
      leftOut.push(own.join('.'));
      return [];
    }
    return [[key, keepOpenValue(value, own, leftOut)]];
  });
  return Object.fromEntries(kept);
}

function keepOpenValue(value: unknown, keys: readonly string[], leftOut: string[]): unknown {
  if (Array.isArray(value)) return value.map((item) => keepOpenValue(item, keys, leftOut));
  return isObject(value) && !(value instanceof Date) ? keepOpen(value, keys, leftOut) : value;
}
