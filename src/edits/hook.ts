// Hooks: appended in order, each to the list of its name.
import { CdiError } from '../text/error.ts';
import { type JsonValue, valueReader, writeJson } from '../text/json.ts';
import { suggestNearest } from '../text/nearest.ts';
import { quote } from '../text/quote.ts';
import { type FieldTable, optional, recordsOf, textList } from '../text/yaml-decode.ts';
import { text } from '../text/yaml-reader.ts';
import type { DeviceLookup } from './device-lookup.ts';
import { type Draft, type Entry, replaceEntries } from './draft.ts';
import type { Edit } from './edit.ts';
import { findVariableFault } from './env.ts';
import { type FieldFault, findFirstFault, makeFault, makeMissingFault, placeFault } from './fault.ts';
import { findHookProblem, settleHook } from './hook-finding.ts';
import { HOOK_NAMES, START_CONTAINER_HOOK } from './hook-names.ts';
import { type Integer, int64 } from './integer.ts';
import type { EditKind } from './kind.ts';
import type { Mode } from './mode.ts';
import { writeMeaning } from './same.ts';

/** A program that the runtime runs at some point of the container's life. */
export type Hook = {
  /** when it runs: one of `HOOK_NAMES`. CDI "OCI Edits"; OCI config "POSIX-platform Hooks" */
  readonly hookName: string;
  /** the program: an absolute path on the host, for `startContainer` in the container. CDI "OCI Edits" */
  readonly path: string;
  /** its arguments, the first of which is what it is called. CDI "OCI Edits" */
  readonly args?: readonly string[] | undefined;
  /** its whole environment as `NAME=value`; absent: what the runtime lets it have. CDI "OCI Edits" */
  readonly env?: readonly string[] | undefined;
  /** seconds after which the runtime ends it; absent: it is not ended. CDI "OCI Edits" */
  readonly timeout?: Integer | undefined;
};

const KNOWN: readonly string[] = HOOK_NAMES;
const FIELDS: FieldTable<Hook> = {
  hookName: text,
  path: text,
  args: textList,
  env: textList,
  timeout: optional(int64),
};

export const hooks: EditKind<'hooks', Hook> = {
  name: 'hooks',
  word: 'hook',
  path: ['hooks'],
  isList: true,
  isRepeated: true,
  decode: recordsOf(FIELDS, { hookName: '', path: '' }),
  needs: [],
  fields: FIELDS,
  always: ['hookName', 'path', 'timeout'],
  fault: findHookFault,
  finding: findHookProblem,
  settled: settleHook,
  completed: addEnv,
  apply: applyHooks,
  key: (hook) => hook.hookName,
  words: ({ hookName, path, args = [] }) => [hookName, path, ...args.slice(1)].join(' '),
};

function findHookFault(hook: Hook): FieldFault | undefined {
  if (!KNOWN.includes(hook.hookName)) {
    return makeFault('hookName', `hook name ${quote(hook.hookName)} is unknown`, `use one of ${KNOWN.join(', ')}`);
  }
  return hook.path === ''
    ? makeMissingFault('path', 'hook')
    : placeFault('env', findFirstFault(hook.env ?? [], findVariableFault));
}

/**
 * Gives a hook without env, which runs outside the container, one: runtimes differ in what they let such a hook inherit,
 * the container's environment included.
 */
function addEnv(hook: Hook, env: readonly string[]): Hook {
  const isComplete = hook.hookName === START_CONTAINER_HOOK || (hook.env !== undefined && hook.env.length > 0);
  return isComplete ? hook : { ...hook, env };
}

/** A hook as the runtime spec writes it. */
interface OciHook {
  readonly [field: string]: JsonValue | undefined;
  readonly path: string;
  readonly env?: readonly string[] | undefined;
}

/** A hook that the document is to have, and whose it is. */
interface WantedHook {
  readonly value: OciHook;
  readonly from: Edit;
}

/** @see CDI SPEC "OCI Edits" (hooks); OCI config "POSIX-platform Hooks" */
function applyHooks<N>(draft: Draft<N>, edits: readonly Edit<Hook>[], _: DeviceLookup, mode: Mode): void {
  for (const [name, wanted] of groupByName(edits)) {
    const path = ['hooks', name];
    if (mode === 'append') draft.addToList(path, wanted);
    else addMissing(draft, path, wanted);
  }
}

function groupByName(edits: readonly Edit<Hook>[]): Map<string, WantedHook[]> {
  const named = new Map<string, WantedHook[]>();
  for (const from of edits) {
    const { hookName } = from.value;
    if (!KNOWN.includes(hookName)) {
      const why = `hook name ${quote(hookName)} is unknown`;
      throw new CdiError('BAD_EDITS', { what: 'inject hooks', why, hint: suggestNearest(hookName, KNOWN) });
    }
    const hook = { value: makeOciHook(from.value), from };
    const list = named.get(hookName);
    if (list === undefined) named.set(hookName, [hook]);
    else list.push(hook);
  }
  return named;
}

function makeOciHook({ path, args, env, timeout }: Hook): OciHook {
  return {
    path,
    args: args === undefined || args.length === 0 ? undefined : args,
    env: env === undefined || env.length === 0 ? undefined : env,
    timeout,
  };
}

/** A hook of the document that differs only by having no env counts as there, and gets the env. */
function addMissing<N>(draft: Draft<N>, path: readonly string[], wanted: readonly WantedHook[]): void {
  const there = draft.elements(path);
  if (there.length === 0) {
    draft.addToList(path, wanted);
    return;
  }
  const known = groupByMeaning(draft, there);
  const meanings = wanted.map(({ value }) => writeMeaning(valueReader, value));
  const missed = wanted.filter((_, index) => !known.has(meanings[index]));
  if (missed.length === 0) return;
  // What is there as one of the wanted hooks itself stays, or the next time that one would be missing.
  for (const meaning of meanings) known.delete(meaning);
  const completed = new Map<N, WantedHook>();
  const added: WantedHook[] = [];
  for (const hook of missed) {
    const { env, ...bare } = hook.value;
    const nodes = env === undefined ? undefined : known.get(writeMeaning(valueReader, bare));
    // all of them or none
    const before = nodes?.[0] === undefined ? undefined : completed.get(nodes[0]);
    if (nodes !== undefined && before === undefined) for (const node of nodes) completed.set(node, hook);
    else if (!isEqual(before, hook)) added.push(hook);
  }
  const entries = there.map((kept): Entry<N> => {
    const hook = completed.get(kept);
    return hook === undefined ? { kept } : replaceEntries(hook, { kept });
  });
  draft.setList(path, [...entries, ...added]);
}

function groupByMeaning<N>({ reader }: Draft<N>, nodes: readonly N[]): Map<string | undefined, N[]> {
  const groups = new Map<string | undefined, N[]>();
  for (const node of nodes) {
    const meaning = writeMeaning(reader, node);
    const group = groups.get(meaning);
    if (group === undefined) groups.set(meaning, [node]);
    else group.push(node);
  }
  // Of what has a key twice no one knows what it says.
  groups.delete(undefined);
  return groups;
}

function isEqual(one: WantedHook | undefined, other: WantedHook): boolean {
  return one !== undefined && writeJson(one.value) === writeJson(other.value);
}
