// Hooks run on the host, as root: which programs they may be, and what their environment may not hold.
import { isFailure } from '../host/host.ts';
import { matchesGlob } from '../text/glob.ts';
import { quote } from '../text/quote.ts';
import { isDangerousVariable } from './dangerous-env.ts';
import {
  type EditProblem,
  FIX_TRUST,
  findUnlisted,
  isListed,
  listHookPaths,
  makeMissing,
  makeUntrusted,
  type TrustedHost,
} from './finding.ts';
import { POSTSTART_HOOK, POSTSTOP_HOOK, START_CONTAINER_HOOK } from './hook-names.ts';

/** What of a hook matters here. */
interface Hook {
  readonly hookName: string;
  readonly path: string;
  readonly args?: readonly string[] | undefined;
  readonly env?: readonly string[] | undefined;
}

const VERB = 'run hook';

/** The first thing that is wrong with a hook. One that runs inside the container has a path and an environment of there. */
export function findHookProblem(hook: Hook, machine: TrustedHost): EditProblem | undefined {
  const { trust, limits } = machine;
  const { hookName, path } = hook;
  const list = limits.hookPaths.length === 0 ? undefined : listHookPaths(limits);
  if (list !== undefined && !isListed(path, list)) return refuse(hook, ['path'], list.why, 'add it there');
  if (hookName === START_CONTAINER_HOOK) return undefined;
  if (!path.startsWith('/')) return refuse(hook, ['path'], 'its path is not absolute', 'write the whole path');
  const beyond = list && findUnlisted(path, list, trust);
  if (beyond !== undefined) return refuse(hook, ['path'], beyond, 'add it there');
  return findEnvProblem(hook, limits.hookEnv) ?? findProgramProblem(hook, machine);
}

function findEnvProblem(hook: Hook, allowed: readonly string[]): EditProblem | undefined {
  let index = 0;
  for (const entry of hook.env ?? []) {
    const end = entry.indexOf('=');
    const name = end < 0 ? entry : entry.slice(0, end);
    if (isDangerousVariable(name) && !allowed.some((glob) => matchesGlob(glob, name))) {
      const why = `variable ${quote(name)} could make it run what somebody else chose`;
      return refuse(hook, ['env', index], why, 'remove it, or list it in trust.hookEnv');
    }
    index += 1;
  }
  return undefined;
}

function findProgramProblem(hook: Hook, { trust, limits, family }: TrustedHost): EditProblem | undefined {
  const { path, hookName } = hook;
  const trail = trust.trail(path);
  const { end, problem } = trail;
  // What runs when the container does already, or no more: crun goes on without, and runc at the end.
  const isFatal = hookName !== POSTSTOP_HOOK && (hookName !== POSTSTART_HOOK || family !== 'crun');
  if (isFailure(end)) return makeMissing(VERB, path, ['path'], end.errno, trail, limits, isFatal);
  if (limits.owner === 'strict' && problem !== undefined) return refuse(hook, ['path'], problem, FIX_TRUST);
  if (end.kind !== 'file') return refuse(hook, ['path'], 'it is no regular file', 'name a program');
  if ((end.mode & ANYBODY_EXECUTES) !== 0) return undefined;
  return {
    code: 'STALE_DEVICE',
    verb: VERB,
    path,
    field: ['path'],
    why: 'no one may execute it',
    hint: 'make it executable: chmod 0755',
    isFatal,
    sharedWhy: 'no one may execute them',
  };
}

/** Root, too, needs one of these. */
const ANYBODY_EXECUTES = 0o111;

/** A hook as it is handed on, where somebody else could change a link on the way to a program that is listed. */
export function settleHook<H extends Hook>(hook: H, { trust, limits: { hookPaths } }: TrustedHost): H {
  if (hookPaths.length === 0 || hook.hookName === START_CONTAINER_HOOK) return hook;
  const { choice, place, spellings } = trust.trail(hook.path);
  if (choice === undefined || spellings.length === 1) return hook;
  // By what it is called it may tell what it has to do.
  const args = hook.args === undefined || hook.args.length === 0 ? [hook.path] : hook.args;
  return { ...hook, path: place, args };
}

function refuse({ path }: Hook, field: EditProblem['field'], why: string, hint: string): EditProblem {
  return makeUntrusted(VERB, path, field, why, hint);
}
