// What lint has to tell, for the forms that other programs want it in.
import type { CdiError } from '../../text/error.ts';
import type { LintFinding } from './finding.ts';
import type { IgnoredFinding } from './ignores.ts';
import type { Rule } from './rule.ts';

export interface LintReport {
  /** of cdictl */
  readonly version: string;
  /** those that were asked for */
  readonly rules: readonly Rule[];
  readonly findings: readonly LintFinding[];
  readonly ignored: readonly IgnoredFinding[];
  /** of files and directories that cannot be read or written */
  readonly errors: readonly CdiError[];
}
