// Hooks run on the host, as root: which programs they may be, and what their environment may not hold.
import { failed } from '../host/host.ts';
import type { Trust } from '../host/trust.ts';
import { matchesGlob } from '../text/glob.ts';
import { quote } from '../text/quote.ts';
import { isDangerousVariable } from './dangerous-env.ts';
import { type Finding, GENERATE_ANEW, isListed, type Machine, MEND_TRUST, reachProblem } from './finding.ts';
import { START_CONTAINER_HOOK } from './hook-names.ts';

/** What of a hook matters here. */
interface Hook {
  readonly hookName: string;
  readonly path: string;
  readonly env?: readonly string[] | undefined;
}

/** The first thing that is wrong with a hook. One that runs inside the container has a path and an environment of there. */
export function hookFinding(hook: Hook, { trust, limits }: Machine): Finding | undefined {
  const { owner, hookPaths, hookEnv } = limits;
  if (hookPaths.length > 0 && !isListed(hook.path, hookPaths)) {
    return untrusted(hook, ['path'], 'trust.hookPaths does not list it', 'add it there');
  }
  if (hook.hookName === START_CONTAINER_HOOK) return undefined;
  if (!hook.path.startsWith('/')) {
    return untrusted(hook, ['path'], 'its path is not absolute', 'write the whole path');
  }
  return envFinding(hook, hookEnv) ?? programFinding(hook, trust, owner === 'strict');
}

function envFinding(hook: Hook, allowed: readonly string[]): Finding | undefined {
  for (const [index, entry] of (hook.env ?? []).entries()) {
    const [name = ''] = entry.split('=', 1);
    if (!isDangerousVariable(name) || allowed.some((glob) => matchesGlob(glob, name))) continue;
    const why = `variable ${quote(name)} could make it run what somebody else chose`;
    return untrusted(hook, ['env', index], why, 'remove it, or list it in trust.hookEnv');
  }
  return undefined;
}

function programFinding(hook: Hook, trust: Trust, isStrict: boolean): Finding | undefined {
  const { end, problem } = trust.trail(hook.path);
  if (isStrict && problem !== undefined) return untrusted(hook, ['path'], problem, MEND_TRUST);
  if (failed(end)) {
    const details = { field: ['path'], why: reachProblem(end.errno), hint: GENERATE_ANEW };
    return { code: 'STALE_DEVICE', what: whatOf(hook), ...details };
  }
  return end.kind === 'file' ? undefined : untrusted(hook, ['path'], 'it is no regular file', 'name a program');
}

function untrusted(hook: Hook, field: Finding['field'], why: string, hint: string): Finding {
  return { code: 'UNTRUSTED', what: whatOf(hook), field, why, hint };
}

function whatOf({ path }: Hook): string {
  return `run hook ${quote(path)}`;
}
