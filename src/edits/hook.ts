// Hooks: appended in order, each to the list of its name.
import { HOOK_NAMES, type Hook } from '../cdi/spec.ts';
import { CdiError } from '../text/error.ts';
import type { JsonValue } from '../text/json.ts';
import { nearest } from '../text/nearest.ts';
import { quote } from '../text/quote.ts';
import type { Draft } from './draft.ts';
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

/** A hook that differs only by having no env counts as there, and gets the env. */
function addMissing<N>(draft: Draft<N>, path: readonly string[], wanted: readonly OciHook[]): void {
  const entries = draft.list(path);
  const there = entries.length;
  let changed = false;
  for (const hook of wanted) {
    const place = findHook(draft, entries.slice(0, there), hook);
    if (place === undefined) {
      entries.push({ value: hook });
      changed = true;
    } else if (place.bare) {
      entries[place.index] = { value: hook };
      changed = true;
    }
  }
  if (changed) draft.setList(path, entries);
}

function findHook<N>(
  draft: Draft<N>,
  entries: readonly ({ kept: N } | { value: JsonValue })[],
  hook: OciHook,
): { readonly index: number; readonly bare: boolean } | undefined {
  const { env, ...bareHook } = hook;
  let bare: number | undefined;
  for (const [index, entry] of entries.entries()) {
    if (!('kept' in entry)) {
      // Given its env by an earlier hook of this run that was equal to this one.
      if (entry.value === hook || JSON.stringify(entry.value) === JSON.stringify(hook)) return { index, bare: false };
      continue;
    }
    if (same(draft.reader, entry.kept, hook)) return { index, bare: false };
    if (env !== undefined && bare === undefined && same(draft.reader, entry.kept, bareHook)) bare = index;
  }
  return bare === undefined ? undefined : { index: bare, bare: true };
}
