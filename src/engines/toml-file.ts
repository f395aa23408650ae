// A TOML file of an engine: read with places for errors, compared by meaning.
import { parse, TomlError } from 'smol-toml';
import { CdiError } from '../text/error.ts';
import { quote } from '../text/quote.ts';

export type TomlValue = string | number | bigint | boolean | Date | TomlValue[] | TomlTable;
export interface TomlTable {
  [key: string]: TomlValue;
}

export interface TextFile {
  readonly path: string;
  readonly text: string;
}

/** Integers are bigints. @throws {CdiError} BAD_ENGINE_CONFIG with line and column */
export function readToml(file: TextFile): TomlTable {
  try {
    return parseToml(file.text);
  } catch (error) {
    if (!(error instanceof TomlError)) throw error;
    const [reason = ''] = error.message.replace(/^Invalid TOML document: /, '').split('\n');
    throw new CdiError('BAD_ENGINE_CONFIG', {
      what: `read ${quote(file.path)}`,
      why: `the file is no TOML: ${reason}`,
      path: file.path,
      at: { line: error.line, column: error.column },
      hint: 'correct it first',
    });
  }
}

/** @throws {TomlError} */
export function parseToml(text: string): TomlTable {
  const body = text.startsWith('\uFEFF') ? text.slice(1) : text;
  const table: TomlTable = {};
  return Object.assign(table, parse(body, { integersAsBigInt: true }));
}

export function isTable(value: TomlValue | undefined): value is TomlTable {
  return typeof value === 'object' && !Array.isArray(value) && !(value instanceof Date);
}

/** The value at a path of keys; undefined where a part of the path is missing or is no table. */
export function getToml(table: TomlTable, path: readonly string[]): TomlValue | undefined {
  let value: TomlValue | undefined = table;
  for (const key of path) {
    if (!isTable(value) || !Object.hasOwn(value, key)) return undefined;
    value = value[key];
  }
  return value;
}

export function getTable(table: TomlTable, path: readonly string[]): TomlTable | undefined {
  const value = getToml(table, path);
  return isTable(value) ? value : undefined;
}

export function getString(table: TomlTable, path: readonly string[]): string | undefined {
  const value = getToml(table, path);
  return typeof value === 'string' ? value : undefined;
}

/** The strings of an array; none where there is no array. */
export function getStrings(table: TomlTable, path: readonly string[]): string[] {
  const value = getToml(table, path);
  return Array.isArray(value) ? value.filter((item) => typeof item === 'string') : [];
}

/** A copy in which the value at the path is another one, or is gone. */
export function setToml(table: TomlTable, path: readonly string[], value: TomlValue | undefined): TomlTable {
  const [key, ...rest] = path;
  if (key === undefined) return isTable(value) ? value : {};
  const copy = { ...table };
  const inner = Object.hasOwn(table, key) ? table[key] : undefined;
  if (rest.length > 0) {
    if (value === undefined && !isTable(inner)) return copy;
    copy[key] = setToml(isTable(inner) ? inner : {}, rest, value);
  } else if (value === undefined) delete copy[key];
  else copy[key] = value;
  return copy;
}

/** Tables are merged key by key; of all other values the second one wins. */
export function mergeToml(first: TomlTable, second: TomlTable): TomlTable {
  const out = { ...first };
  for (const [key, value] of Object.entries(second)) {
    const old = Object.hasOwn(first, key) ? first[key] : undefined;
    out[key] = isTable(old) && isTable(value) ? mergeToml(old, value) : value;
  }
  return out;
}

/** Equal in every value; the order of keys does not matter. */
export function isSameToml(a: TomlValue, b: TomlValue): boolean {
  if (Array.isArray(a)) return Array.isArray(b) && isSameList(a, b);
  if (a instanceof Date) return b instanceof Date && a.toISOString() === b.toISOString();
  if (!isTable(a)) return Object.is(a, b);
  if (!isTable(b)) return false;
  const keys = Object.keys(a);
  return (
    keys.length === Object.keys(b).length &&
    keys.every((key) => {
      const [left, right] = [a[key], b[key]];
      return Object.hasOwn(b, key) && left !== undefined && right !== undefined && isSameToml(left, right);
    })
  );
}

function isSameList(a: readonly TomlValue[], b: readonly TomlValue[]): boolean {
  return (
    a.length === b.length &&
    a.every((item, i) => {
      const other = b[i];
      return other !== undefined && isSameToml(item, other);
    })
  );
}
