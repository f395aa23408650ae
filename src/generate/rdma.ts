// RDMA: for each card the node for verbs, which many may share, and those for management, which speak for the whole port.
import { groupItems, listClassDevices } from './class-devices.ts';
import { makeContainerNodes } from './container-node.ts';
import type { DeviceTree } from './device-tree.ts';
import type { FoundDevice, Generator } from './generator.ts';
import { findPlace } from './place.ts';

const FOLDER = '/dev/infiniband';

export const rdma: Generator = {
  id: 'rdma',
  about: 'RDMA cards',
  naming: 'the place (pci-0000:3b:00.0), else the name of the card (rxe0); with -mad for management',
  find: (tree) => {
    const devices = [...listCards(tree, 'verbs', ''), ...listCards(tree, 'mad', '-mad')];
    if (devices.length === 0) return { why: 'there is no RDMA card', hint: 'load its driver and ib_uverbs' };
    // It makes connections by addresses, and belongs to no card.
    return { devices, shared: makeContainerNodes(tree, `${FOLDER}/rdma_cm`) };
  },
};

function listCards(tree: DeviceTree, half: 'verbs' | 'mad', suffix: string): FoundDevice[] {
  const nodes = listClassDevices(tree, `infiniband_${half}`, /^(?:uverbs|umad)\d+$/);
  return groupItems(nodes, ({ path, hardware }) => tree.attribute(`${path}/ibdev`) ?? hardware).flatMap((own) => {
    const [{ name, path, hardware }] = own;
    const names = [findPlace(hardware), tree.attribute(`${path}/ibdev`), name];
    const found = own.flatMap((node) => makeContainerNodes(tree, `${FOLDER}/${node.name}`));
    return found.length === 0
      ? []
      : [{ names: names.flatMap((one) => (one ? [`${one}${suffix}`] : [])), nodes: found }];
  });
}
