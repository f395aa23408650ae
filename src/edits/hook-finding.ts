// Hooks run on the host, as root: which programs they may be, and what their environment may not hold.
import { isFailure } from '../host/host.ts';
import type { Trust } from '../host/trust.ts';
import { matchesGlob } from '../text/glob.ts';
import { quote } from '../text/quote.ts';
import { isDangerousVariable } from './dangerous-env.ts';
import { type EditProblem, explainUnusable, FIX_TRUST, GENERATE_AGAIN, isListed, type TrustedHost } from './finding.ts';
import { START_CONTAINER_HOOK } from './hook-names.ts';

/** What of a hook matters here. */
interface Hook {
  readonly hookName: string;
  readonly path: string;
  readonly env?: readonly string[] | undefined;
}

/** The first thing that is wrong with a hook. One that runs inside the container has a path and an environment of there. */
export function findHookProblem(hook: Hook, { trust, limits }: TrustedHost): EditProblem | undefined {
  const { owner, hookPaths, hookEnv } = limits;
  if (hookPaths.length > 0 && !isListed(hook.path, hookPaths)) {
    return makeUntrusted(hook, ['path'], 'trust.hookPaths does not list it', 'add it there');
  }
  if (hook.hookName === START_CONTAINER_HOOK) return undefined;
  if (!hook.path.startsWith('/')) {
    return makeUntrusted(hook, ['path'], 'its path is not absolute', 'write the whole path');
  }
  return findEnvProblem(hook, hookEnv) ?? findProgramProblem(hook, trust, owner === 'strict');
}

function findEnvProblem(hook: Hook, allowed: readonly string[]): EditProblem | undefined {
  for (const [index, entry] of (hook.env ?? []).entries()) {
    const [name = ''] = entry.split('=', 1);
    if (!isDangerousVariable(name) || allowed.some((glob) => matchesGlob(glob, name))) continue;
    const why = `variable ${quote(name)} could make it run what somebody else chose`;
    return makeUntrusted(hook, ['env', index], why, 'remove it, or list it in trust.hookEnv');
  }
  return undefined;
}

function findProgramProblem(hook: Hook, trust: Trust, isStrict: boolean): EditProblem | undefined {
  const { end, problem } = trust.trail(hook.path);
  if (isStrict && problem !== undefined) return makeUntrusted(hook, ['path'], problem, FIX_TRUST);
  if (isFailure(end)) {
    const details = { field: ['path'], why: explainUnusable(end.errno), hint: GENERATE_AGAIN };
    return { code: 'STALE_DEVICE', what: describeHook(hook), ...details };
  }
  return end.kind === 'file' ? undefined : makeUntrusted(hook, ['path'], 'it is no regular file', 'name a program');
}

function makeUntrusted(hook: Hook, field: EditProblem['field'], why: string, hint: string): EditProblem {
  return { code: 'UNTRUSTED', what: describeHook(hook), field, why, hint };
}

function describeHook({ path }: Hook): string {
  return `run hook ${quote(path)}`;
}
