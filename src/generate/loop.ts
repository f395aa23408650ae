// Loop devices, which the whole host shares: one that is bound to a file shows that file to every container.
import type { DeviceNode } from '../edits/device-node.ts';
import { makeContainerNodes } from './container-node.ts';
import type { DeviceTree } from './device-tree.ts';
import type { Generator } from './generator.ts';

/** A loop device keeps its number: no one enumerates them. Partitions come and go with the file, so they stay out. */
const NODE = /^loop(?:\d+|-control)$/;

export const loop: Generator = {
  id: 'loop',
  about: 'loop devices',
  naming: 'loop-control, loop0, loop1, …',
  find: (tree) => {
    const names = tree.names('/dev').filter((name) => NODE.test(name));
    const all = names.map((name) => ({ names: [name], nodes: listNodesWithoutGroup(tree, `/dev/${name}`) }));
    const devices = all.filter((device) => device.nodes.length > 0);
    return devices.length > 0 ? { devices } : { why: 'there is no loop device', hint: 'load the module loop' };
  },
};

/** Whoever is in the group of loop devices, `disk`, may read every disk: no container is put into it. */
function listNodesWithoutGroup(tree: DeviceTree, path: string): DeviceNode[] {
  return makeContainerNodes(tree, path).map(({ gid: _, ...node }) => node);
}
