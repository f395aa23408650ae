// Findings for people: one for each cause. Programs, and who asks for all, get each by itself.
import type { EditProblem } from '../../edits/finding.ts';
import { adviseGenerating, describeCause, groupByCause } from '../../inject/causes.ts';
import type { FindSuccessor } from '../../inject/find-successor.ts';
import { writeCount } from '../terminal/plural.ts';

/** What several findings come from, as far as the one that found them knows. */
export interface SharedCause {
  /** the same for all of them */
  readonly key: string;
  /** what this one is about: each counts once */
  readonly item: string;
  describe(items: readonly string[]): { readonly message: string; readonly cure: string };
}

/** What can be grouped. */
export interface Groupable {
  readonly path?: string | undefined;
  readonly message: string;
  readonly cure?: string | undefined;
  /** of the spec that it is about */
  readonly vendor?: string | undefined;
  readonly problem?: EditProblem | undefined;
  readonly cause?: SharedCause | undefined;
}

/**
 * The findings with one for each cause: the first of it, in words for all.
 *
 * @param kindOf what has to be the same besides
 */
export function groupFindings<T extends Groupable>(
  findings: readonly T[],
  kindOf: (finding: T) => string,
  findSuccessor: FindSuccessor,
): readonly T[] {
  const causes = groupByCause(findings.flatMap(takeProblem), ({ finding }) => kindOf(finding), findSuccessor);
  const groups = new Map<unknown, T[]>();
  const words = new Map<T, Pick<Groupable, 'message' | 'cure'>>();
  for (const finding of findings) {
    if (finding.problem?.sharedWhy !== undefined) continue;
    const { message, cure = '', cause } = finding;
    const key = JSON.stringify([kindOf(finding), cause?.key ?? [makeTemplate(message), makeTemplate(cure)]]);
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [finding]);
    else group.push(finding);
  }
  for (const [first, ...others] of groups.values())
    if (first !== undefined) words.set(first, describeAll(first, others));
  for (const cause of causes) {
    const members = cause.members.map(({ finding }) => finding);
    const [first] = members;
    if (first === undefined) continue;
    const specs = new Map(members.map(({ path = '', vendor = '' }) => [path, { path, vendor }]));
    const { what, why } = describeCause(cause);
    const where = specs.size === 1 ? '' : ` of ${writeCount(specs.size, 'spec')}`;
    const isAlone = members.length === 1 && cause.succession === undefined;
    const cure = cause.succession === undefined ? first.cure : adviseGenerating([...specs.values()]);
    words.set(first, isAlone ? first : { message: `cannot ${what}${where}: ${why}`, cure });
  }
  return findings.flatMap((finding) => {
    const told = words.get(finding);
    return told === undefined ? [] : [{ ...finding, message: told.message, cure: told.cure }];
  });
}

function takeProblem<T extends Groupable>(finding: T): { readonly finding: T; readonly problem: EditProblem }[] {
  const { problem } = finding;
  return problem?.sharedWhy === undefined ? [] : [{ finding, problem }];
}

/** What two messages about different things have in common. */
function makeTemplate(text: string): string {
  return text.replace(/"(?:[^"\\]|\\.)*"|\d+/g, '');
}

function describeAll<T extends Groupable>(first: T, others: readonly T[]): Pick<Groupable, 'message' | 'cure'> {
  const all = [first, ...others];
  const items = new Set(all.flatMap(({ cause }) => cause?.item ?? []));
  if (first.cause !== undefined && items.size > 1) return first.cause.describe([...items]);
  if (others.length === 0 || items.size === 1) return first;
  const specs = new Set(all.map(({ path }) => path)).size;
  const where = specs === 1 ? '' : ` in ${writeCount(specs, 'spec')}`;
  return { message: `${first.message}; ${others.length} more like it${where}`, cure: first.cure };
}
