// What the tree says of nodes beside their values: which node an alias means, and explicit tags.
import { NodeKind, type YamlTree } from './yaml-tree.ts';

const NONE: ReadonlyMap<number, number> = new Map();

/** By alias node: an alias means the last node before it that carries its anchor; without one it is absent. */
export function findAliasTargets({ codes, texts, anchors }: YamlTree): ReadonlyMap<number, number> {
  if (anchors.length === 0) return NONE;
  const targets = new Map<number, number>();
  const latest = new Map<string, number>();
  let next = 0;
  for (let node = 0; node < codes.length; node++) {
    while (next < anchors.length && Number(anchors[next]) <= node) {
      latest.set(String(anchors[next + 1]), Number(anchors[next]));
      next += 2;
    }
    const target = ((codes[node] ?? 0) & 7) === NodeKind.alias ? latest.get(texts[node] ?? '') : undefined;
    if (target !== undefined) targets.set(node, target);
  }
  return targets;
}

/** Go's bound: of many values, only a share that falls with their number may come through aliases. */
export function isTooMuchByAlias(readThroughAliases: number, read: number): boolean {
  if (readThroughAliases <= 100 || read <= 1000) return false;
  return readThroughAliases / read > computeAllowedShare(read);
}

function computeAllowedShare(read: number): number {
  if (read <= 400_000) return 0.99;
  return read >= 4_000_000 ? 0.1 : 0.99 - 0.89 * ((read - 400_000) / 3_600_000);
}

/** The full tag by node; undefined where there are none, which is the rule. */
export function readTags({ tags }: YamlTree): ReadonlyMap<number, string> | undefined {
  if (tags.length === 0) return undefined;
  const byNode = new Map<number, string>();
  for (let i = 0; i < tags.length; i += 2) byNode.set(Number(tags[i]), String(tags[i + 1]));
  return byNode;
}
