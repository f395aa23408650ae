// What a rule of cdictl lint is, and how it goes through the edits of a spec.

import type { FieldPath } from '../../edits/fault.ts';
import type { EditProblem } from '../../edits/finding.ts';
import type { ContainerEdits } from '../../edits/kinds.ts';
import type { Target } from '../../engines/targets.ts';
import type { Host } from '../../host/host.ts';
import type { Trust } from '../../host/trust.ts';
import type { Position } from '../../text/error.ts';
import type { SpecView } from '../look.ts';
import type { Severity } from './finding.ts';
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

export interface Rule {
  readonly id: string;
  readonly severity: Severity;
  readonly summary: string;
  readonly cure: string;
  readonly find: (subject: LintSubject) => readonly FieldFinding[];
}

/** Edits of a spec, and the field that they stand in; `device` is undefined for those of the spec as a whole. */
interface PlacedEdits {
  readonly edits: ContainerEdits;
  readonly field: FieldPath;
  readonly device: string | undefined;
}

/** Those of the spec as a whole first, as they are applied. */
export function listEdits({ spec }: LintSubject): readonly PlacedEdits[] {
  if (spec === undefined) return [];
  const devices = spec.devices.map(({ name, containerEdits }, index) => ({
    edits: containerEdits,
    field: ['devices', index, 'containerEdits'],
    device: name,
  }));
  if (spec.containerEdits === undefined) return devices;
  return [{ edits: spec.containerEdits, field: ['containerEdits'], device: undefined }, ...devices];
}

type ListName = 'deviceNodes' | 'mounts' | 'hooks';
type ItemOf<K extends ListName> = NonNullable<ContainerEdits[K]>[number];

/** What is found in an item: a message, or one about a field of it. */
export type Judgement =
  | string
  | {
      readonly in: FieldPath;
      readonly message: string;
      readonly cure?: string;
      readonly problem?: EditProblem;
    }
  | undefined;

/** A rule's `find` that judges every device node, mount or hook by itself. */
export function judgeEach<K extends ListName>(
  kind: K,
  judge: (item: ItemOf<K>, subject: LintSubject) => Judgement | readonly Judgement[],
): Rule['find'] {
  return (subject) =>
    listEdits(subject).flatMap(({ edits, field }) => {
      // The compiler does not see that the list of a kind holds items of that kind.
      const items = (edits[kind] ?? []) as readonly ItemOf<K>[];
      return items.flatMap((item, index) => {
        const judged = judge(item, subject);
        if (judged === undefined) return [];
        return [judged].flat().flatMap((verdict): FieldFinding[] => {
          if (verdict === undefined) return [];
          const place = [...field, kind, index];
          if (typeof verdict === 'string') return [{ field: place, message: verdict }];
          return [{ ...verdict, field: [...place, ...verdict.in] }];
        });
      });
    });
}
