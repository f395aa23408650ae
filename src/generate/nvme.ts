// Namespaces of NVMe disks for programs that speak NVMe. Whoever has one reads and writes all of the disk.
import { makeClassGenerator } from './class-generator.ts';
import type { Generator } from './generator.ts';

export const nvme: Generator = makeClassGenerator({
  id: 'nvme',
  about: 'namespaces of NVMe disks, for programs that speak NVMe',
  naming: "the namespace's own name (eui.0025388b01234567), else the disk's place with -nN",
  devices: 'nvme-generic',
  names: (tree, { path, name }, place) => {
    // The block device of the same namespace stands beside it.
    const block = `${path.slice(0, path.lastIndexOf('/'))}/${name.replace(/^ng/, 'nvme')}`;
    return [tree.attribute(`${block}/wwid`), place && `${place}-n${name.slice(name.lastIndexOf('n') + 1)}`];
  },
  nothing: { why: 'there is no NVMe namespace', hint: 'load the module nvme' },
});
