// Devices that programs drive themselves, such as virtual machines: all of one group together, as none is safe from the others.
import { listClassDevices } from './class-devices.ts';
import { makeContainerNodes } from './container-node.ts';
import type { Generator } from './generator.ts';
import { findPlace } from './place.ts';

const FOLDER = '/dev/vfio';

export const vfio: Generator = {
  id: 'vfio',
  about: 'devices that are bound to vfio, for virtual machines',
  naming: 'the place of the first device of the group (pci-0000:65:00.0), else group-N',
  find: (tree) => {
    const units = listClassDevices(tree, 'vfio-dev');
    const devices = tree.names('/sys/kernel/iommu_groups').flatMap((group) => {
      const folder = `/sys/kernel/iommu_groups/${group}/devices`;
      const members = tree.names(folder).map((name) => tree.target(`${folder}/${name}`) ?? name);
      const own = units.filter(({ hardware }) => members.includes(hardware));
      const paths = [`${FOLDER}/${group}`, ...own.map(({ name }) => `${FOLDER}/devices/${name}`)];
      const nodes = paths.flatMap((path) => makeContainerNodes(tree, path));
      if (nodes.length === 0) return [];
      const places = members.flatMap((path) => findPlace(path) ?? path.slice(path.lastIndexOf('/') + 1)).slice(0, 1);
      return [{ names: [...places, `group-${group}`], nodes }];
    });
    if (devices.length === 0)
      return { why: 'there is no device bound to vfio', hint: 'bind one to the driver vfio-pci' };
    // What a group is put into: the old way, and IOMMUFD.
    const shared = [`${FOLDER}/vfio`, '/dev/iommu'].flatMap((path) => makeContainerNodes(tree, path));
    return { devices, shared };
  },
};
