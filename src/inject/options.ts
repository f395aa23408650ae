// What the settings say about an injection, as this floor needs it: the settings fit it by their structure.
import type { Policy } from '../policy/rules.ts';
import type { RequestOptions } from '../requests/request.ts';
import type { OwnerTrust } from './spec-sources.ts';

export interface InjectionOptions {
  readonly specDirs: readonly string[];
  readonly requests: RequestOptions;
  readonly policy: Policy;
  readonly unresolved: 'fail' | 'warn';
  /** milliseconds to wait for a device that is not there yet */
  readonly wait: number;
  readonly stale: 'fail' | 'warn' | 'skip';
  readonly trust: {
    readonly owner: OwnerTrust;
    /** globs over paths; an empty list allows every path */
    readonly hookPaths: readonly string[];
    readonly hostPaths: readonly string[];
    /** globs over names of variables that hooks may have in spite of the danger */
    readonly hookEnv: readonly string[];
  };
  /** the real runtime that gets the document, to be judged as well; absent where there is none */
  readonly runtime?: string | undefined;
  readonly hooks: { readonly emptyEnv: 'minimal' | 'keep' };
  readonly limits: { readonly spec: number; readonly specs: number };
}
