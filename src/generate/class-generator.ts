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

/** A bus that is counted as it is found, and what on it a device is: `i2c-1/1-0020`, `spi_master/spi0/spi0.2`. */
const COUNTED_BUS = /\/(?:i2c-\d+(?:\/\d+-(\w+))?|(?:spi_master\/)?spi\d+\/spi\d+\.(\d+))(?:\/.*)?$/;

export function makeClassGenerator(kind: ClassKind): Generator {
  const { id, about, naming, devices, matching, folder = '/dev', links = folder, suffix, nothing } = kind;
  const {
    group = ({ hardware }) => hardware,

    names = () => [],
    shared = [],
  } = kind;
  const find: Generator['find'] = (tree) => {
    const listed = typeof devices === 'string' ? listClassDevices(tree, devices, matching) : devices(tree);
    const hardware = groupItems(listed, group).map((nodes) => {
      const [first] = nodes;
      const place = findPlace(first.hardware.replace(COUNTED_BUS, ''));
      const chip = COUNTED_BUS.exec(first.hardware)?.slice(1).find(Boolean);
      const own = names(tree, first, place);
      return {
        path: first.hardware,
        nodes: nodes.map(({ name }) => `${folder}/${name}`),
        names: [...own, place, place && chip && `${place}-${chip}`, first.name],
      };
    });
    const found = nameStableDevices(tree, hardware, links, suffix);
    if (found.length === 0) return nothing;
    const common = shared.flatMap((path) => makeContainerNodes(tree, path));
    return { devices: found, ...(common.length > 0 && { shared: common }) };
  };
  return { id, about, naming, find };
}
