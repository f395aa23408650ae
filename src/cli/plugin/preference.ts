// Which devices a container had best get together: those of one NUMA node, and shares of those that have most left.
import type { PreferenceRequest } from './messages.ts';

/** Of a unit: which device it is a share of, and where that is. */
export interface Placed {
  readonly device: string;
  readonly numaNode: number | undefined;
}

/** @returns as many as are wanted, with those that must be among them first, as far as there are so many */
export function choosePreferred(
  { available, mustInclude, size }: PreferenceRequest,
  find: (id: string) => Placed | undefined,
): readonly string[] {
  const given = new Set(mustInclude);
  const missing = size - given.size;
  if (missing <= 0) return [...given];
  const groups = new Map<string, { readonly numaNode: number | undefined; readonly ids: string[]; given: number }>();
  const group = (id: string) => {
    const { device, numaNode } = find(id) ?? { device: id, numaNode: undefined };
    const known = groups.get(device) ?? { numaNode, ids: [], given: 0 };
    groups.set(device, known);
    return known;
  };
  for (const id of given) group(id).given++;
  for (const id of new Set(available)) if (!given.has(id)) group(id).ids.push(id);
  const all = [...groups.values()];
  const order = rankNodes(all, missing);
  // A container gets a second share of a device only when it has one of each.
  const units = all.flatMap(({ numaNode, ids, given: begin }) =>
    ids.map((id, place) => ({ id, round: begin + place, node: order.indexOf(numaNode), left: ids.length })),
  );
  units.sort((a, b) => a.round - b.round || a.node - b.node || b.left - a.left);
  return [...given, ...units.slice(0, missing).map(({ id }) => id)];
}

interface Group {
  readonly numaNode: number | undefined;
  readonly ids: readonly string[];
  readonly given: number;
}

/** Nodes where the container has a device already, then the smallest that has enough, then the largest. */
function rankNodes(groups: readonly Group[], missing: number): readonly (number | undefined)[] {
  const nodes = new Map<number | undefined, { free: number; given: number }>();
  for (const { numaNode, ids, given } of groups) {
    const node = nodes.get(numaNode) ?? { free: 0, given: 0 };
    nodes.set(numaNode, { free: node.free + Math.min(ids.length, 1), given: node.given + given });
  }
  const rank = ([numaNode, { free, given }]: [number | undefined, { free: number; given: number }]): number[] => [
    numaNode === undefined ? 0 : -given,
    free >= missing ? 0 : 1,
    free >= missing ? free : -free,
  ];
  const sorted = [...nodes].sort((a, b) => {
    const [left, right] = [rank(a), rank(b)];
    for (const [place, value] of left.entries()) {
      const difference = value - (right[place] ?? 0);
      if (difference !== 0) return difference;
    }
    return 0;
  });
  return sorted.map(([numaNode]) => numaNode);
}
