// Which devices of a registry are devices of their own: neither other names for one, nor several others together.
import type { ContainerEdits } from '../../edits/kinds.ts';
import { compareBytes } from '../../text/byte-order.ts';
import { spellJson } from '../../text/json.ts';

/** A device, with what of the host it gives a container. */
export interface Candidate {
  /** qualified */
  readonly name: string;
  /** the place of its resource in the administrator's list */
  readonly rank: number;
  /** each thing as a text that is the same only for the same one */
  readonly things: ReadonlySet<string>;
}

/**
 * Things of the host that a device hands out: nodes and network devices; of one without, what it mounts, and of one
 * without that, all that it does.
 *
 * @param identify tells a node of the host from any other
 */
export function listThings(edits: ContainerEdits, identify: (hostPath: string) => string): ReadonlySet<string> {
  const nodes = (edits.deviceNodes ?? []).map(({ path, hostPath }) => identify(hostPath || path));
  const links = (edits.netDevices ?? []).map(({ hostInterfaceName }) => `net ${hostInterfaceName}`);
  if (nodes.length + links.length > 0) return new Set([...nodes, ...links]);
  const mounts = (edits.mounts ?? []).map(({ hostPath }) => `mount ${hostPath}`);
  return new Set(mounts.length > 0 ? mounts : [spellJson({ ...edits })]);
}

/**
 * Of names for one device the first counts that was there before, or else by resource, and then the shortest.
 *
 * @param before qualified names, as they were chosen last
 */
export function chooseOwnDevices<T extends Candidate>(
  candidates: readonly T[],
  before: readonly string[],
): readonly T[] {
  const places = new Map(before.map((name, place) => [name, place]));
  const place = ({ name }: T): number => places.get(name) ?? Number.POSITIVE_INFINITY;
  const sorted = [...candidates].sort(
    (a, b) => compareNumbers(place(a), place(b)) || a.rank - b.rank || compareNames(a.name, b.name),
  );
  const distinct = new Map<string, T>();
  for (const candidate of sorted) {
    const identity = writeIdentity(candidate);
    if (!distinct.has(identity)) distinct.set(identity, candidate);
  }
  const singles = [...distinct.values()];
  const byThing = new Map<string, T[]>();
  for (const candidate of singles)
    for (const thing of candidate.things) byThing.set(thing, [...(byThing.get(thing) ?? []), candidate]);
  return singles.filter((candidate) => !isMadeOfOthers(candidate, byThing));
}

/** A text that is the same only for devices of the same things. */
export function writeIdentity({ things }: Pick<Candidate, 'things'>): string {
  return [...things].sort(compareBytes).join('\n');
}

/** Whether others, each with less than it has, have all that it has. */
function isMadeOfOthers<T extends Candidate>(whole: T, byThing: ReadonlyMap<string, readonly T[]>): boolean {
  if (whole.things.size < 2) return false;
  const isPart = ({ things }: T): boolean =>
    things.size < whole.things.size && [...things].every((thing) => whole.things.has(thing));
  return [...whole.things].every((thing) => byThing.get(thing)?.some(isPart) === true);
}

/** A name like `0` says more to people than `GPU-…`, but "all" would be wrong as soon as there are two. */
function compareNames(a: string, b: string): number {
  const [isAllA, isAllB] = [a.endsWith('=all'), b.endsWith('=all')];
  return Number(isAllA) - Number(isAllB) || a.length - b.length || compareBytes(a, b);
}

function compareNumbers(a: number, b: number): number {
  return a === b ? 0 : a - b;
}
