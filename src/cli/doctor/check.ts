// What a check of cdictl doctor is, and what it says.
import type { CdiError, Position } from '../../text/error.ts';
import { makeFault } from '../lint/finding.ts';
import type { Groupable } from '../lint/groups.ts';
import type { HostView } from './host-view.ts';

/** `skipped`: there is nothing to check here, and the message says why. */
export type Status = 'ok' | 'warning' | 'error' | 'skipped';

/** Rising. */
export const STATUSES: readonly Status[] = ['skipped', 'ok', 'warning', 'error'];

export interface Result extends Groupable {
  readonly status: Status;
  /** what to do about it; of warnings and errors */
  readonly cure?: string | undefined;
  /** the file that it is about */
  readonly path?: string | undefined;
  readonly at?: Position | undefined;
}

export interface Check {
  readonly id: string;
  /** what it looks at */
  readonly summary: string;
  /** At least one result. */
  readonly examine: (view: HostView) => readonly Result[] | Promise<readonly Result[]>;
}

export function reportOk(message: string): Result {
  return { status: 'ok', message };
}

export function reportSkipped(message: string): Result {
  return { status: 'skipped', message };
}

export function reportWarning(message: string, cure: string, path?: string): Result {
  return { status: 'warning', message, cure, path };
}

export function reportError(message: string, cure: string, path?: string): Result {
  return { status: 'error', message, cure, path };
}

/** @param cure what to do, where the error does not say it */
export function reportProblem(problem: CdiError, cure: string): Result {
  // What has a place is told with it, and needs no more words about where it is.
  const { at, why, hint } = makeFault(problem, 'registry');
  const message = at === undefined ? `cannot ${problem.what}: ${why}` : why;
  return { status: 'error', message, cure: hint ?? cure, path: problem.path, at };
}

/** The results, or one that all is well where there are none. */
export function reportOkIfEmpty(results: readonly Result[], message: string): readonly Result[] {
  return results.length > 0 ? results : [reportOk(message)];
}
