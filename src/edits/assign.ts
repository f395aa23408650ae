// Changes to a runtime-spec document in memory: made in place, as the library's callers expect.
import { CdiError } from '../text/error.ts';
import type { JsonValue } from '../text/json.ts';
import { quote } from '../text/quote.ts';
import type { Change } from './draft.ts';
import { REQUIRED } from './required.ts';

/**
 * Makes planned changes in a document; what they keep stays the very same objects.
 *
 * @throws {CdiError} BAD_BUNDLE for a document that cannot take a change: frozen, or no plain data; all is as before then
 */
export function assignChanges(document: object, changes: readonly Change<unknown>[]): void {
  for (const { path } of changes) refuseUnfit(document, path);
  const done: Made[] = [];
  try {
    for (const { path, to } of changes) {
      const value =
        'list' in to ? to.list.map((entry) => ('kept' in entry ? entry.kept : copy(entry.value))) : copy(to.value);
      define(findSection(document, path.slice(0, -1), done), path.at(-1) ?? '', value, done);
    }
  } catch (cause) {
    for (const made of done.reverse()) takeBack(made);
    throw makeUnfitError('it does not take a change', cause);
  }
}

/** A member that was set, and what was there. */
interface Made {
  readonly section: object;
  readonly key: string;
  readonly before: PropertyDescriptor | undefined;
}

function takeBack({ section, key, before }: Made): void {
  try {
    if (before === undefined) Reflect.deleteProperty(section, key);
    else Reflect.defineProperty(section, key, before);
  } catch {
    // what refuses even that has taken nothing before
  }
}

function makeUnfitError(why: string, cause?: unknown): CdiError {
  return new CdiError('BAD_BUNDLE', {
    what: 'edit the container configuration',
    why,
    hint: 'pass a copy of it',
    cause,
  });
}

/** The first section that would change must take the change: what is made below it always does. */
function refuseUnfit(document: object, path: readonly string[]): void {
  let section = document;
  for (const [depth, key] of path.entries()) {
    const name = quote(path.slice(0, depth + 1).join('.'));
    const there = Object.getOwnPropertyDescriptor(section, key);
    if (there !== undefined && !('value' in there)) throw makeUnfitError(`${name} is an accessor, and no plain data`);
    const next: unknown = there?.value;
    if (depth < path.length - 1 && typeof next === 'object' && next !== null) {
      section = next;
      continue;
    }
    if (there === undefined ? Object.isExtensible(section) : there.configurable === true) return;
    throw makeUnfitError(`${name} cannot be changed, since the object is frozen`);
  }
}

function findSection(document: object, path: readonly string[], done: Made[]): object {
  let section = document;
  for (const [depth, key] of path.entries()) {
    const next: unknown = Object.getOwnPropertyDescriptor(section, key)?.value;
    if (typeof next === 'object' && next !== null) section = next;
    else {
      const made = makeRequiredMembers(path.slice(0, depth + 1));
      define(section, key, made, done);
      section = made;
    }
  }
  return section;
}

function makeRequiredMembers(path: readonly string[]): object {
  const members = Object.entries(REQUIRED.get(path.join('.')) ?? {});
  return Object.fromEntries(members.map(([key, json]): [string, unknown] => [key, JSON.parse(json)]));
}

/** Sets a member as data, also one that is called `__proto__`. A proxy may take it and say something else. */
function define(section: object, key: string, value: unknown, done: Made[]): void {
  done.push({ section, key, before: Object.getOwnPropertyDescriptor(section, key) });
  Object.defineProperty(section, key, { value, enumerable: true, configurable: true, writable: true });
  if (Object.getOwnPropertyDescriptor(section, key)?.value !== value) throw new TypeError('it was not set');
}

/** Injected values belong to the document: a caller's change to it must not reach the registry. */
function copy(value: JsonValue): unknown {
  if (Array.isArray(value)) return value.map(copy);
  if (typeof value !== 'object' || value === null) return value;
  const members = Object.entries(value).filter(([, member]) => member !== undefined);
  return Object.fromEntries(members.map(([key, member]) => [key, copy(member ?? null)]));
}
