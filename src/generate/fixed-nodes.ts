// Devices that are one node each, whose path is the same on every host.
import type { Fault } from '../cdi/device-name.ts';
import { makeContainerNodes } from './container-node.ts';
import type { DeviceTree } from './device-tree.ts';
import type { FoundDevices } from './generator.ts';

/**
 * @param nodes names and paths; without the first one the others are of no use
 * @param hint how to have the first one
 */
export function findFixedNodes(
  tree: DeviceTree,
  nodes: readonly (readonly [name: string, path: string])[],
  hint: string,
): FoundDevices | Fault {
  const all = nodes.map(([name, path]) => ({ names: [name], nodes: makeContainerNodes(tree, path) }));
  if (all[0]?.nodes.length === 0) return { why: `there is no device node ${nodes[0]?.[1]}`, hint };
  return { devices: all.filter((device) => device.nodes.length > 0) };
}
