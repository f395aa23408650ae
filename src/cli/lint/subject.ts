// A spec as rules see it: its content, where its fields stand, and what else there is.
import type { FieldPath } from '../../edits/fault.ts';
import type { EditProblem } from '../../edits/finding.ts';
import type { Target } from '../../engines/targets.ts';
import type { Host } from '../../host/host.ts';
import type { Trust } from '../../host/trust.ts';
import type { Position } from '../../text/error.ts';
import type { SpecView } from '../look.ts';
import type { SharedCause } from './groups.ts';
import type { SpecText } from './spec-text.ts';

/** The host that the devices are to be on. */
export interface Machine {
  readonly host: Host;
  readonly trust: Trust;
  /** what its spec directories hold */
  readonly look: SpecView;
  /** globs over variables that its settings let hooks have all the same */
  readonly hookEnv: readonly string[];
}

export interface LintSubject extends SpecText {
  /** devices that files of one priority define, with their absolute paths */
  readonly conflicts: ReadonlyMap<string, readonly string[]>;
  /** undefined where the host is not to be looked at, as in the CI of a vendor */
  readonly machine: Machine | undefined;
  /** engines and runtimes that are to take the spec, wherever they are */
  readonly targets?: readonly Target[];
  /** what others read in the text; undefined where no one asks */
  readonly otherReadings?: () => readonly FieldFinding[];
}

/** What a rule finds, without what the rule says already. */
export interface FieldFinding {
  /** empty: the file as a whole */
  readonly field: FieldPath;
  /** where it is known already */
  readonly at?: Position | undefined;
  readonly message: string;
  /** in place of the rule's */
  readonly cure?: string | undefined;
  readonly version?: string | undefined;
  /** of an edit, as the shim judges it */
  readonly problem?: EditProblem;
  readonly cause?: SharedCause;
}
