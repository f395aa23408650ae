// Changes to a runtime-spec document in memory: made in place, as the library's callers expect.
import { CdiError } from '../text/error.ts';
import type { JsonValue } from '../text/json.ts';
import { quote } from '../text/quote.ts';
import type { Change } from './draft.ts';
import { REQUIRED } from './required.ts';

/**
 * Makes planned changes in a document; what they keep stays the very same objects.
 *
 * @throws {CdiError} BAD_BUNDLE for a document that is frozen where it would change; nothing is changed then
 */
export function assignChanges(document: object, changes: readonly Change<unknown>[]): void {
  for (const { path } of changes) refuseFrozen(document, path);
  for (const { path, to } of changes) {
    const value =
      'list' in to ? to.list.map((entry) => ('kept' in entry ? entry.kept : copy(entry.value))) : copy(to.value);
    const key = path.at(-1) ?? '';
    define(findSection(document, path.slice(0, -1)), key, value);
  }
}

/** The first section that would change must take the change: what is made below it always does. */
function refuseFrozen(document: object, path: readonly string[]): void {
  let section = document;
  for (const [depth, key] of path.entries()) {
    const there = Object.getOwnPropertyDescriptor(section, key);
    const next: unknown = there?.value;
    if (depth < path.length - 1 && typeof next === 'object' && next !== null) {
      section = next;
      continue;
    }
    if (there === undefined ? Object.isExtensible(section) : there.configurable === true) return;
    const why = `${quote(path.slice(0, depth + 1).join('.'))} cannot be changed, since the object is frozen`;
    throw new CdiError('BAD_BUNDLE', { what: 'edit the container configuration', why, hint: 'pass a copy of it' });
  }
}

function findSection(document: object, path: readonly string[]): object {
  let section = document;
  for (const [depth, key] of path.entries()) {
    const next: unknown = Object.getOwnPropertyDescriptor(section, key)?.value;
    if (typeof next === 'object' && next !== null) section = next;
    else {
      const made = makeRequiredMembers(path.slice(0, depth + 1));
      define(section, key, made);
      section = made;
    }
  }
  return section;
}

function makeRequiredMembers(path: readonly string[]): object {
  const members = Object.entries(REQUIRED.get(path.join('.')) ?? {});
  return Object.fromEntries(members.map(([key, json]): [string, unknown] => [key, JSON.parse(json)]));
}

/** Sets a member as data, also one that is called `__proto__`. */
function define(section: object, key: string, value: unknown): void {
  Object.defineProperty(section, key, { value, enumerable: true, configurable: true, writable: true });
}

/** Injected values belong to the document: a caller's change to it must not reach the registry. */
function copy(value: JsonValue): unknown {
  if (Array.isArray(value)) return value.map(copy);
  if (typeof value !== 'object' || value === null) return value;
  const members = Object.entries(value).filter(([, member]) => member !== undefined);
  return Object.fromEntries(members.map(([key, member]) => [key, copy(member ?? null)]));
}
