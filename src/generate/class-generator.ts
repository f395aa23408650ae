// Generators for what is a class of the kernel's: nodes of one piece of hardware together, called after where it is.
import { type ClassDevice, groupItems, listClassDevices } from './class-devices.ts';
import { makeContainerNodes } from './container-node.ts';
import type { DeviceTree } from './device-tree.ts';
import type { FoundDevices, Generator } from './generator.ts';
import { findPlace } from './place.ts';
import { nameStableDevices } from './stable-devices.ts';

interface ClassKind extends Pick<Generator, 'id' | 'about' | 'naming'> {
  /** in /sys/class; or how they are found */
  readonly devices: string | ((tree: DeviceTree) => readonly ClassDevice[]);
  /** which of the class have a node that is meant */
  readonly matching?: RegExp;
  /** where the nodes are; `/dev` */
  readonly folder?: string;
  /** where udev's by-id and by-path are, if not there */
  readonly links?: string;
  /** what a link says of the node, not of the hardware */
  readonly suffix?: RegExp;
  /** what is one device; by default the nodes of one piece of hardware */
  readonly group?: (device: ClassDevice) => string;
  /** where in /sys/devices the place is to be seen, if not in the hardware's path */
  readonly locate?: (device: ClassDevice) => string;
  /** what tells it better than its place, and what tells several of one place from each other */
  readonly names?: (
    tree: DeviceTree,
    device: ClassDevice,
    place: string | undefined,
  ) => readonly (string | undefined)[];
  /** nodes that come with every device */
  readonly shared?: readonly string[];
  /** `there is no graphics card`, and what to do about it */
  readonly nothing: FoundNothing;
}

type FoundNothing = Exclude<ReturnType<Generator['find']>, FoundDevices>;

export function makeClassGenerator(kind: ClassKind): Generator {
  const { id, about, naming, devices, matching, folder = '/dev', links = folder, suffix, nothing } = kind;
  const {
    group = ({ hardware }) => hardware,
    locate = ({ hardware }) => hardware,
    names = () => [],
    shared = [],
  } = kind;
  const find: Generator['find'] = (tree) => {
    const listed = typeof devices === 'string' ? listClassDevices(tree, devices, matching) : devices(tree);
    const hardware = groupItems(listed, group).map((nodes) => {
      const [first] = nodes;
      const place = findPlace(locate(first));
      const own = names(tree, first, place);
      return {
        path: first.hardware,
        nodes: nodes.map(({ name }) => `${folder}/${name}`),
        names: [...own, ...(own.includes(place) ? [] : [place]), first.name],
      };
    });
    const found = nameStableDevices(tree, hardware, links, suffix);
    if (found.length === 0) return nothing;
    const common = shared.flatMap((path) => makeContainerNodes(tree, path));
    return { devices: found, ...(common.length > 0 && { shared: common }) };
  };
  return { id, about, naming, find };
}
