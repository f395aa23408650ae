// What a rule finds in a spec.
import type { EditProblem } from '../../edits/finding.ts';
import type { Position } from '../../text/error.ts';
import type { SharedCause } from './groups.ts';

/**
 * `error`: no engine takes the spec, or the shim refuses it, or a device cannot work; `warning`: it works in part or
 * by chance; `info`: it could be better.
 */
export type Severity = 'error' | 'warning' | 'info';

/** Rising. */
export const SEVERITIES: readonly Severity[] = ['info', 'warning', 'error'];

export interface LintFinding {
  /** of the rule: `version-too-high` */
  readonly rule: string;
  readonly severity: Severity;
  /** as messages name it */
  readonly path: string;
  readonly at: Position | undefined;
  readonly message: string;
  /** what to do about it */
  readonly cure: string;
  /** a cdiVersion that fixes it: the one thing that can be changed without knowing the device */
  readonly version: string | undefined;
  /** of the spec; empty where no one can say */
  readonly vendor: string;
  readonly problem: EditProblem | undefined;
  readonly cause: SharedCause | undefined;
}
