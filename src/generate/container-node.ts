// A node of the host as a spec gives it to containers.
import type { DeviceNode } from '../edits/device-node.ts';
import type { DeviceTree } from './device-tree.ts';

/**
 * The node under its own path and, for programs that look for a name that stays, under each of the aliases.
 * Nothing where the host has no such node.
 *
 * A `hostPath` is always the node itself, since engines follow no links there. Type, numbers and mode are left
 * out: most numbers are given away again at each boot, and what engines read from the host is never stale.
 * Permissions are `rw`, as a container that finds its nodes in place makes none (`m`).
 */
export function makeContainerNodes(tree: DeviceTree, path: string, aliases: readonly string[] = []): DeviceNode[] {
  const found = tree.node(path);
  if (found === undefined) return [];
  const rest = { permissions: 'rw', ...(isForItsGroup(found) ? { gid: found.gid } : {}) };
  return [{ path, ...rest }, ...aliases.map((alias) => ({ path: alias, hostPath: path, ...rest }))];
}

/** Whether the owning group may do what others may not. Root's group needs no word. */
function isForItsGroup({ mode, gid }: { readonly mode: number; readonly gid: number }): boolean {
  const group = (mode >> 3) & 6;
  const others = mode & 6;
  return gid !== 0 && (group & ~others) !== 0;
}
