// What is wrong with one edit of a spec, before it is known what the settings make of that.
import type { Host } from '../host/host.ts';
import type { Trail, Trust } from '../host/trust.ts';
import type { Family } from '../oci/families.ts';
import { matchesPath } from '../text/glob.ts';
import { cleanPath } from '../text/path.ts';
import { quote, quoteList } from '../text/quote.ts';
import type { DeviceLookup } from './device-lookup.ts';

export interface EditProblem {
  readonly code: 'UNTRUSTED' | 'STALE_DEVICE';
  /** what cannot be done then, to follow "cannot", and with which path of the host: `run hook`, `/bin/h` */
  readonly verb: string;
  readonly path: string;
  /** which part of the edit it is about: `['path']` */
  readonly field: readonly (string | number)[];
  readonly why: string;
  readonly hint: string;
  /** whether the runtime would not start a container that has the edit */
  readonly isFatal?: boolean;
  /** for several paths of one cause: why none of them can be used */
  readonly sharedWhy?: string | undefined;
}

/** What the settings say about trust. */
export interface TrustLimits {
  readonly owner: 'strict' | 'off';
  /** globs over paths; an empty list allows every path */
  readonly hookPaths: readonly string[];
  readonly hostPaths: readonly string[];
  /** globs over types of file systems; an empty list allows all where `hostPaths` is empty, too, else none */
  readonly mountTypes: readonly string[];
  /** globs over names of variables that hooks may have in spite of the danger */
  readonly hookEnv: readonly string[];
}

/** What an edit is held against. */
export interface TrustedHost {
  readonly host: Pick<Host, 'readLink'>;
  readonly lookup: DeviceLookup;
  readonly trust: Trust;
  readonly limits: TrustLimits;
  /** whether a rule of the policy is about what is mounted */
  readonly hasMountRules: boolean;
  readonly family: Family;
  /** Whether the runtime mounts the host's device nodes into the container, where it may not make any. */
  bindsNodes(): boolean;
}

export const GENERATE_AGAIN = 'generate the spec again';
export const FIX_TRUST = 'let only root write there, or set trust.owner: off';

/** The list of the settings that a path is held against. */
interface PathList {
  readonly patterns: readonly string[];
  /** why a path is refused that is not on it */
  readonly why: string;
}

function listHostPaths({ hostPaths }: TrustLimits): PathList {
  return { patterns: hostPaths, why: `trust.hostPaths lists only ${quoteList(hostPaths)}` };
}

export function listHookPaths({ hookPaths }: TrustLimits): PathList {
  return { patterns: hookPaths, why: 'trust.hookPaths does not list it' };
}

export function isListed(path: string, { patterns }: PathList): boolean {
  // With `..` in it, it may lead elsewhere than it reads.
  if (path.split('/').includes('..')) return false;
  const clean = cleanPath(path);
  return patterns.some((pattern) => matchesPath(pattern, clean));
}

/** Why a list that is not empty does not vouch for what a path leads to: each link on the way has to be on it, too. */
export function findUnlisted(path: string, list: PathList, trust: Trust): string | undefined {
  if (!isListed(path, list)) return list.why;
  const { spellings, place } = trust.trail(path);
  const beyond = [...spellings, place].find((spelling) => !isListed(spelling, list));
  return beyond === undefined ? undefined : `it leads to ${quote(beyond)}, and ${list.why}`;
}

/** What is wrong with a path of the host where `trust.hostPaths` limits them: all that leads there has to be on the list. */
export function findHostPathProblem(
  verb: string,
  path: string,
  field: EditProblem['field'],
  { trust, limits }: TrustedHost,
): EditProblem | undefined {
  if (limits.hostPaths.length === 0) return undefined;
  const why = findUnlisted(path, listHostPaths(limits), trust);
  if (why !== undefined) return makeUntrusted(verb, path, field, why, 'add it there');
  const { choice } = trust.trail(path);
  return limits.owner === 'strict' && choice !== undefined
    ? makeUntrusted(verb, path, field, choice, FIX_TRUST)
    : undefined;
}

export function makeUntrusted(
  verb: string,
  path: string,
  field: EditProblem['field'],
  why: string,
  hint: string,
): EditProblem {
  return { code: 'UNTRUSTED', verb, path, field, why, hint, sharedWhy: why };
}

/** Something of the host that is not there: what others may put into its place yet cannot be trusted. */
export function makeMissing(
  verb: string,
  path: string,
  field: EditProblem['field'],
  errno: string,
  { choice }: Trail,
  { owner }: TrustLimits,
  isFatal: boolean,
): EditProblem {
  if (owner === 'strict' && choice !== undefined) return makeUntrusted(verb, path, field, choice, FIX_TRUST);
  const [why, sharedWhy] = [explainUnusable(errno), explainUnusable(errno, 'them')];
  return { code: 'STALE_DEVICE', verb, path, field, why, hint: GENERATE_AGAIN, isFatal, sharedWhy };
}

/** Why something of the host, or several things, cannot be used. */
export function explainUnusable(errno: string, them: 'it' | 'them' = 'it'): string {
  if (errno === 'ENOENT' || errno === 'ENOTDIR') return `the host does not have ${them}`;
  const isOne = them === 'it';
  if (errno === 'ELOOP') return isOne ? 'its links form a loop' : 'their links form loops';
  return `${isOne ? 'it' : 'they'} cannot be looked at (${errno})`;
}
