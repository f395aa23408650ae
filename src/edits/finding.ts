// What is wrong with one edit of a spec, before it is known what the settings make of that.
import type { Host } from '../host/host.ts';
import type { Trust } from '../host/trust.ts';
import { matchesPath } from '../text/glob.ts';
import { cleanPath } from '../text/path.ts';
import { quoteList } from '../text/quote.ts';

export interface EditProblem {
  readonly code: 'UNTRUSTED' | 'STALE_DEVICE';
  /** what cannot be done then, to follow "cannot": `run hook "/bin/h"` */
  readonly what: string;
  /** which part of the edit it is about: `['path']` */
  readonly field: readonly (string | number)[];
  readonly why: string;
  readonly hint: string;
}

/** What the settings say about trust. */
export interface TrustLimits {
  readonly owner: 'strict' | 'off';
  /** globs over paths; an empty list allows every path */
  readonly hookPaths: readonly string[];
  readonly hostPaths: readonly string[];
  /** globs over names of variables that hooks may have in spite of the danger */
  readonly hookEnv: readonly string[];
}

/** What an edit is held against. */
export interface TrustedHost {
  readonly host: Host;
  readonly trust: Trust;
  readonly limits: TrustLimits;
}

export const GENERATE_AGAIN = 'generate the spec again';
export const FIX_TRUST = 'let only root write there, or set trust.owner: off';

/** Whether one of the patterns vouches for a path; with `..` in it, it may lead elsewhere than it reads. */
export function isListed(path: string, patterns: readonly string[]): boolean {
  if (path.split('/').includes('..')) return false;
  const clean = cleanPath(path);
  return patterns.some((pattern) => matchesPath(pattern, clean));
}

/** @param hostPaths those of the settings */
export function makeNotListed(what: string, field: EditProblem['field'], hostPaths: readonly string[]): EditProblem {
  const why = `trust.hostPaths lists only ${quoteList(hostPaths)}`;
  return { code: 'UNTRUSTED', what, field, why, hint: 'add it there' };
}

/** Why something of the host cannot be used. */
export function explainUnusable(errno: string): string {
  if (errno === 'ENOENT' || errno === 'ENOTDIR') return 'the host does not have it';
  return errno === 'ELOOP' ? 'its links form a loop' : `it cannot be looked at (${errno})`;
}
