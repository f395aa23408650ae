// What is wrong with edits, by what it is the matter of: an update of a driver is one cause, however many paths it moved.
import { type EditProblem, GENERATE_AGAIN } from '../edits/finding.ts';
import { quoteList } from '../text/quote.ts';
import type { FindSuccessor, Succession } from './find-successor.ts';

/** Problems of one cause, in order. */
export interface Cause<T> {
  readonly members: readonly [T, ...T[]];
  /** what took the place of most of their paths */
  readonly succession: Succession | undefined;
}

/** @param outcome what has to be the same besides */
export function groupByCause<T extends { readonly problem: EditProblem }>(
  found: readonly T[],
  outcome: (one: T) => string,
  findSuccessor: FindSuccessor,
): Cause<T>[] {
  const successions = new Map<string, Succession | undefined>();
  const paths = found.map(({ problem }) => getReplaceable(problem));
  for (const path of paths) {
    if (path !== undefined && !successions.has(path)) successions.set(path, findSuccessor(path));
  }
  const main = findMost([...successions.values()].filter((one) => one !== undefined));
  const groups = new Map<unknown, [T, ...T[]]>();
  const replaced = new Set<unknown>();
  let place = 0;
  for (const one of found) {
    const { code, verb, sharedWhy, hint } = one.problem;
    const path = paths[place++];
    // What the newer version does not have is gone with the rest of the older one.
    const isReplaced =
      path !== undefined && main !== undefined && (successions.get(path) !== undefined || path.includes(main.from));
    const why = isReplaced ? '' : sharedWhy;
    const key = sharedWhy === undefined ? one : `${code}\n${verb}\n${why}\n${hint}\n${outcome(one)}`;
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [one]);
    else group.push(one);
    if (isReplaced) replaced.add(key);
  }
  return [...groups].map(([key, members]) => ({ members, succession: replaced.has(key) ? main : undefined }));
}

/** What an update may have replaced: nodes have numbers in their names that are no versions. */
function getReplaceable({ code, hint, path, sharedWhy }: EditProblem): string | undefined {
  if (path.startsWith('/dev/')) return undefined;
  return code === 'STALE_DEVICE' && hint === GENERATE_AGAIN && sharedWhy !== undefined ? path : undefined;
}

function findMost(successions: readonly Succession[]): Succession | undefined {
  const counts = new Map<string, number>();
  let most: Succession | undefined;
  for (const one of successions) {
    const count = (counts.get(one.from) ?? 0) + 1;
    counts.set(one.from, count);
    if (most === undefined || count > (counts.get(most.from) ?? 0)) most = one;
  }
  return most;
}

/** A cause in words: what cannot be done, and why. */
export function describeCause({ members, succession }: Cause<{ readonly problem: EditProblem }>): {
  readonly what: string;
  readonly why: string;
} {
  const [{ problem }] = members;
  const { verb, sharedWhy = problem.why } = problem;
  const paths = new Set<string>();
  for (const member of members) paths.add(member.problem.path);
  const isOne = paths.size === 1;
  const why = isOne ? problem.why : sharedWhy;
  if (succession === undefined) return { what: `${verb} ${quoteList([...paths])}`, why };
  const { from, to } = succession;
  const isMixed = [...paths].some((path) => !path.includes(from));
  const what = isOne ? quoteList([...paths]) : `${paths.size} paths of version ${from}${isMixed ? ' and others' : ''}`;
  return { what: `${verb} ${what}`, why: `${why}, but version ${to}` };
}

/** The programs by which vendors' specs are made, by vendor. */
const GENERATORS: ReadonlyMap<string, string> = new Map([
  ['amd.com', 'amd-ctk cdi generate'],
  ['nvidia.com', 'nvidia-ctk cdi generate'],
]);

/** What to do about specs of another day than the host, in the words of the vendor where they are known. */
export function adviseGenerating(specs: readonly { readonly path: string; readonly vendor: string }[]): string {
  const advice = specs.length > 1 ? 'generate the specs again' : GENERATE_AGAIN;
  for (const { path, vendor } of specs) {
    const command = GENERATORS.get(vendor);
    if (command !== undefined) return `${advice}: ${command}${/^[\w./-]+$/.test(path) ? ` --output=${path}` : ''}`;
  }
  return advice;
}
