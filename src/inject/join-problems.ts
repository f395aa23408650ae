// What is wrong with the edits of a plan, as messages: one for each cause, however many paths it is about.
import type { EditSource } from '../edits/edit.ts';
import { type EditProblem, GENERATE_AGAIN } from '../edits/finding.ts';
import type { Host } from '../host/host.ts';
import { CdiError } from '../text/error.ts';
import { quote } from '../text/quote.ts';
import { adviseGenerating, type Cause, describeCause, groupByCause } from './causes.ts';
import { createFindSuccessor } from './find-successor.ts';
import type { SpecSources } from './spec-sources.ts';

/** A problem, where it is, and what is done about it. */
export interface FoundProblem {
  readonly problem: EditProblem;
  readonly source: EditSource;
  /** where the edit is among those of its source */
  readonly kind: string;
  readonly index: number;
  readonly outcome: 'refuse' | 'leave out' | 'warn';
}

interface JoinedProblems {
  readonly warnings: readonly string[];
  /** why the container is refused; what else is wrong is among the warnings */
  readonly refusal: CdiError | undefined;
}

/** More causes than these are only counted. */
const MOST_CAUSES = 32;

/** Of what refuses, what is not trusted goes first. */
export function joinProblems(
  host: Pick<Host, 'listDirectory'>,
  found: readonly FoundProblem[],
  sources: SpecSources,
): JoinedProblems {
  if (found.length === 0) return { warnings: [], refusal: undefined };
  // Only a container that does not start is worth the look at what the host has instead.
  const isRefused = found.some(({ outcome }) => outcome === 'refuse');
  const causes = groupByCause(found, getOutcome, isRefused ? createFindSuccessor(host) : findNone);
  const refusing = causes.filter(({ members: [{ outcome }] }) => outcome === 'refuse');
  const refusal = refusing.find(({ members: [{ problem }] }) => problem.code === 'UNTRUSTED') ?? refusing[0];
  const others = causes.filter((cause) => cause !== refusal);
  const warnings = others.slice(0, MOST_CAUSES).map((cause) => {
    const { message } = makeError(cause, sources);
    return cause.members[0].outcome === 'leave out' ? `left out: ${message}` : message;
  });
  const rest = others.length - warnings.length;
  if (rest > 0) warnings.push(`more problems of this kind: ${rest}; cdictl lint lists them all`);
  return { warnings, refusal: refusal && makeError(refusal, sources) };
}

/** Each by itself, in words. */
export function describeProblems(found: readonly FoundProblem[], sources: SpecSources): readonly string[] {
  return found.map((one) => makeError({ members: [one], succession: undefined }, sources).message);
}

const getOutcome = ({ outcome }: FoundProblem): string => outcome;
const findNone = (): undefined => undefined;

function makeError(cause: Cause<FoundProblem>, sources: SpecSources): CdiError {
  const { members } = cause;
  const [{ problem, source, kind, index }] = members;
  const paths = new Set<string>();
  for (const member of members) paths.add(member.source.path);
  const specs = [...paths];
  const { what, why } = describeCause(cause);
  const others = specs.length > 1 ? ` and ${specs.length - 1} more` : '';
  return new CdiError(problem.code, {
    what: `${what} of spec ${quote(source.path)}${others}`,
    why,
    path: source.path,
    at: sources.locate(source, [kind, index, ...problem.field]),
    hint:
      problem.hint === GENERATE_AGAIN
        ? adviseGenerating(specs.map((path) => ({ path, vendor: sources.vendor(path) })))
        : problem.hint,
  });
}
