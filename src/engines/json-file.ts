// A JSON file of an engine, read as strictly as Go reads it: no comments, no comma before a bracket.
import { CdiError } from '../text/error.ts';
import type { JsonTree } from '../text/json.ts';
import { parseJson } from '../text/json-syntax.ts';
import { findPosition } from '../text/malformed.ts';
import { quote } from '../text/quote.ts';
import type { TextFile } from './toml-file.ts';

export type JsonObject = { readonly [key: string]: unknown };

export interface JsonFile {
  readonly path: string;
  /** a byte order mark, which dockerd skips */
  readonly mark: string;
  /** the text behind the mark; of a blank file an empty object, which is what dockerd takes it for */
  readonly body: string;
  readonly tree: JsonTree;
  readonly object: JsonObject;
}

/** @throws {CdiError} BAD_ENGINE_CONFIG with line and column; also for a key that an object has twice in the outer two levels */
export function readJson({ path, text }: TextFile): JsonFile {
  const mark = text.startsWith('\uFEFF') ? '\uFEFF' : '';
  const body = text.trim() === '' ? '{}\n' : text.slice(mark.length);
  const subject = { what: `read ${quote(path)}`, path, hint: 'correct it first' };
  const tree = parseJson(body);
  if ('syntax' in tree) {
    throw new CdiError('BAD_ENGINE_CONFIG', { ...subject, at: tree.at, why: `the file is no JSON: ${tree.syntax}` });
  }
  if (tree.kind(0) !== 'object') {
    throw new CdiError('BAD_ENGINE_CONFIG', { ...subject, why: 'the file holds no JSON object' });
  }
  const twice = [0, ...tree.members(0).map(([, node]) => node)].flatMap((node) => findRepeated(tree, node));
  for (const [key, node] of twice) {
    const at = findPosition(body, tree.keyStart(node));
    throw new CdiError('BAD_ENGINE_CONFIG', { ...subject, at, why: `the key ${quote(key)} is there twice` });
  }
  const object: JsonObject = JSON.parse(body);
  return { path, mark, body, tree, object };
}

/** What a program printed; undefined where that is no JSON object. */
export function parseObject(text: string): JsonObject | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return isObject(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

export function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** The value at a path of keys; undefined where a part of the path is missing or is no object. */
export function getJson(object: JsonObject, path: readonly string[]): unknown {
  let value: unknown = object;
  for (const key of path) value = isObject(value) && Object.hasOwn(value, key) ? value[key] : undefined;
  return value;
}

/** A copy in which the value at the path is another one, or is gone where that is undefined. */
export function setJson(object: JsonObject, path: readonly string[], value: unknown): JsonObject {
  const [key, ...rest] = path;
  if (key === undefined) return object;
  const inner = Object.hasOwn(object, key) ? object[key] : undefined;
  const next = rest.length === 0 ? value : setJson(isObject(inner) ? inner : {}, rest, value);
  const kept = Object.entries(object).filter(([name]) => name !== key);
  return Object.fromEntries(next === undefined ? kept : [...kept, [key, next]]);
}

/** Equal in every value; the order of keys does not matter. */
export function isSameJson(a: unknown, b: unknown): boolean {
  if (Array.isArray(a)) {
    return Array.isArray(b) && a.length === b.length && a.every((item, i) => isSameJson(item, b[i]));
  }
  if (!isObject(a) || !isObject(b)) return a === b;
  const keys = Object.keys(a);
  return (
    keys.length === Object.keys(b).length && keys.every((key) => Object.hasOwn(b, key) && isSameJson(a[key], b[key]))
  );
}

function findRepeated(tree: JsonTree, node: number): (readonly [string, number])[] {
  if (tree.kind(node) !== 'object') return [];
  const members = tree.members(node);
  return members.filter(([key], i) => members.findIndex(([other]) => other === key) < i);
}
