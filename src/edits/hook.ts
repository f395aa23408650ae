// Hooks: appended in order, each to the list of its name.
import { HOOK_NAMES, type Hook } from '../cdi/spec.ts';
import { CdiError } from '../text/error.ts';
import { type JsonValue, writeJson } from '../text/json.ts';
import { nearest } from '../text/nearest.ts';
import { quote } from '../text/quote.ts';
import type { Draft, Entry } from './draft.ts';
import type { Mode } from './mode.ts';
import { same } from './same.ts';

const KNOWN: readonly string[] = HOOK_NAMES;

/** A hook as the runtime spec writes it. */
interface OciHook {
  readonly [field: string]: JsonValue | undefined;
  readonly path: string;
  readonly env?: readonly string[] | undefined;
}

/** @see CDI SPEC "OCI Edits" (hooks); OCI config "POSIX-platform Hooks" */
export function applyHooks<N>(draft: Draft<N>, hooks: readonly Hook[] | undefined, mode: Mode): void {
  if (hooks === undefined) return;
  for (const [name, wanted] of byName(hooks)) {
    const path = ['hooks', name];
    if (mode === 'append') draft.setList(path, [...draft.list(path), ...wanted.map((value) => ({ value }))]);
    else addMissing(draft, path, wanted);
  }
}

function byName(hooks: readonly Hook[]): Map<string, OciHook[]> {
  const named = new Map<string, OciHook[]>();
  for (const hook of hooks) {
    if (!KNOWN.includes(hook.hookName)) {
      const why = `hook name ${quote(hook.hookName)} is unknown`;
      throw new CdiError('BAD_EDITS', { what: 'inject hooks', why, hint: nearest(hook.hookName, KNOWN) });
    }
    const list = named.get(hook.hookName) ?? [];
    list.push(ociHook(hook));
    named.set(hook.hookName, list);
  }
  return named;
}

function ociHook(hook: Hook): OciHook {
  return {
    path: hook.path,
    ...(hook.args === undefined || hook.args.length === 0 ? {} : { args: hook.args }),
    ...(hook.env === undefined || hook.env.length === 0 ? {} : { env: hook.env }),
    ...(hook.timeout === undefined ? {} : { timeout: hook.timeout }),
  };
}

/** A hook of the document that differs only by having no env counts as there, and gets the env. */
function addMissing<N>(draft: Draft<N>, path: readonly string[], wanted: readonly OciHook[]): void {
  const { reader } = draft;
  const there = draft.list(path).flatMap((entry) => ('kept' in entry ? [entry.kept] : []));
  const missing = wanted.filter((hook) => !there.some((node) => same(reader, node, hook)));
  if (missing.length === 0) return;
  // What is there as one of the wanted hooks itself stays, or the next time that one would be missing.
  const others = there.filter((node) => !wanted.some((hook) => same(reader, node, hook)));
  const completed = new Map<N, OciHook>();
  const added: OciHook[] = [];
  for (const hook of missing) {
    const { env, ...bare } = hook;
    const places = env === undefined ? [] : others.filter((node) => same(reader, node, bare));
    const free = places.filter((node) => !completed.has(node));
    for (const node of free) completed.set(node, hook);
    if (free.length === 0 && !places.some((node) => equal(completed.get(node), hook))) added.push(hook);
  }
  const entries = there.map((kept): Entry<N> => {
    const value = completed.get(kept);
    return value === undefined ? { kept } : { value };
  });
  draft.setList(path, [...entries, ...added.map((value) => ({ value }))]);
}

function equal(one: OciHook | undefined, other: OciHook): boolean {
  return one !== undefined && writeJson(one) === writeJson(other);
}
