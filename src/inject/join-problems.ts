// What is wrong with the edits of a plan, as messages: one for each cause, however many paths it is about.
import type { EditSource } from '../edits/edit.ts';
import type { EditProblem } from '../edits/finding.ts';
import { CdiError } from '../text/error.ts';
import { quote, quoteList } from '../text/quote.ts';
import type { SpecSources } from './spec-sources.ts';

/** A problem, where it is, and what is done about it. */
export interface FoundProblem {
  readonly problem: EditProblem;
  readonly source: EditSource;
  readonly field: readonly (string | number)[];
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
export function joinProblems(found: readonly FoundProblem[], sources: SpecSources): JoinedProblems {
  const causes = groupByCause(found);
  const refusing = causes.filter(([{ outcome }]) => outcome === 'refuse');
  const refusal = refusing.find(([{ problem }]) => problem.code === 'UNTRUSTED') ?? refusing[0];
  const others = causes.filter((cause) => cause !== refusal);
  const warnings = others.slice(0, MOST_CAUSES).map((cause) => {
    const { message } = makeError(cause, sources);
    return cause[0].outcome === 'leave out' ? `left out: ${message}` : message;
  });
  const rest = others.length - warnings.length;
  if (rest > 0) warnings.push(`more problems of this kind: ${rest}; cdictl lint lists them all`);
  return { warnings, refusal: refusal && makeError(refusal, sources) };
}

/** Problems of one cause, in order. */
type Cause = readonly [FoundProblem, ...FoundProblem[]];

function groupByCause(found: readonly FoundProblem[]): Cause[] {
  const causes = new Map<unknown, [FoundProblem, ...FoundProblem[]]>();
  for (const one of found) {
    const { problem, source, outcome } = one;
    const { code, verb, sharedWhy, hint } = problem;
    // No path has a NUL in it, and the rest is ours.
    const key = sharedWhy === undefined ? one : [code, verb, sharedWhy, hint, source.path, outcome].join('\0');
    const cause = causes.get(key);
    if (cause === undefined) causes.set(key, [one]);
    else cause.push(one);
  }
  return [...causes.values()];
}

function makeError(cause: Cause, sources: SpecSources): CdiError {
  const [{ problem, source, field }] = cause;
  const { verb, sharedWhy } = problem;
  const paths = sharedWhy === undefined ? [problem.path] : [...new Set(cause.map((one) => one.problem.path))];
  const isOne = paths.length === 1;
  const { path } = source;
  return new CdiError(problem.code, {
    what: `${verb} ${quoteList(paths)} of spec ${quote(path)}`,
    path,
    at: sources.locate(source, field),
    why: isOne ? problem.why : (sharedWhy ?? problem.why),
    hint: problem.hint,
  });
}
