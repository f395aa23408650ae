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
  const work: Work = { done: [], made: new Map() };
  try {
    for (const { path, to } of changes) {
      const section = findSection(document, path, work);
      const key = path.at(-1) ?? '';
      set(section, key, makeValue(section, key, to), work);
    }
  } catch (cause) {
    for (const made of work.done.reverse()) takeBack(made);
    throw makeUnfitError('it does not take a change', cause);
  }
}

type Members = Record<string, unknown>;

function makeValue(section: object, key: string, to: Change<unknown>['to']): unknown {
  if ('value' in to) return copy(to.value);
  if ('list' in to) return to.list.map((entry) => ('kept' in entry ? entry.kept : copy(entry.value)));
  const there: unknown = Object.getOwnPropertyDescriptor(section, key)?.value;
  return [...(Array.isArray(there) ? there : []), ...to.added.map(({ value }) => copy(value))];
}

/** What was done to a document so far. */
interface Work {
  readonly done: Made[];
  /** sections that are ours, and go with the member that has the first of them */
  readonly made: Map<object, Members>;
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
    const name = (): string => quote(path.slice(0, depth + 1).join('.'));
    const there = Object.getOwnPropertyDescriptor(section, key);
    if (there !== undefined && !('value' in there)) throw makeUnfitError(`${name()} is an accessor, and no plain data`);
    const next: unknown = there?.value;
    if (depth < path.length - 1 && typeof next === 'object' && next !== null) {
      section = next;
      continue;
    }
    if (there === undefined ? Object.isExtensible(section) : there.configurable === true) return;
    throw makeUnfitError(`${name()} cannot be changed, since the object is frozen`);
  }
}

/** The section that has the last member of a path. */
function findSection(document: object, path: readonly string[], work: Work): object {
  let section = document;
  for (let depth = 0; depth < path.length - 1; ++depth) {
    const key = path[depth] ?? '';
    const next: unknown = Object.getOwnPropertyDescriptor(section, key)?.value;
    if (typeof next === 'object' && next !== null) section = next;
    else {
      const made = makeSection(path.slice(0, depth + 1).join('.'));
      set(section, key, made, work);
      work.made.set(made, made);
      section = made;
    }
  }
  return section;
}

const READY = new Map(
  [...REQUIRED].map(([path, members]) => [path, Object.entries(members).map(parseMember)] as const),
);

function parseMember([key, json]: readonly [string, string]): readonly [key: string, value: JsonValue] {
  return [key, JSON.parse(json)];
}

function makeSection(path: string): Members {
  const section: Members = {};
  for (const [key, value] of READY.get(path) ?? []) addMember(section, key, copy(value));
  return section;
}

function set(section: object, key: string, value: unknown, { done, made }: Work): void {
  const own = made.get(section);
  if (own !== undefined) {
    addMember(own, key, value);
    return;
  }
  done.push({ section, key, before: Object.getOwnPropertyDescriptor(section, key) });
  define(section, key, value);
  // A proxy may take it and say something else.
  if (Object.getOwnPropertyDescriptor(section, key)?.value !== value) throw new TypeError('it was not set');
}

/** Adds a member as data, also one that is called `__proto__`. */
function addMember(members: Members, key: string, value: unknown): void {
  if (key === '__proto__') define(members, key, value);
  else members[key] = value;
}

function define(section: object, key: string, value: unknown): void {
  Object.defineProperty(section, key, { value, enumerable: true, configurable: true, writable: true });
}

function isList(value: object): value is readonly JsonValue[] {
  return Array.isArray(value);
}

/** Injected values belong to the document: a caller's change to it must not reach the registry. */
function copy(value: JsonValue): unknown {
  if (typeof value !== 'object' || value === null) return value;
  if (isList(value)) return value.map(copy);
  const members: Members = {};
  for (const key of Object.keys(value)) {
    const member = value[key];
    if (member !== undefined) addMember(members, key, copy(member));
  }
  return members;
}
