// Devices called after the links that udev makes for them, or after where they are plugged in.
import { compareBytes } from '../text/byte-order.ts';
import { groupItems } from './class-devices.ts';
import { makeContainerNodes } from './container-node.ts';
import type { DeviceTree } from './device-tree.ts';
import type { FoundDevice } from './generator.ts';
import { findUsbDevice } from './place.ts';

/** Nodes that are given together, as they belong to one piece of hardware. */
export interface Hardware {
  /** in /sys/devices */
  readonly path: string;
  /** in /dev */
  readonly nodes: readonly string[];
  /** where it is, and what the kernel calls it: the best first, the last one no other's, but perhaps not the same at each boot */
  readonly names: readonly (string | undefined)[];
}

/** The links of a folder by the node that each leads to, sorted. */
type Links = ReadonlyMap<string, readonly string[]>;

/**
 * Names each piece of hardware by its `by-id` link (what it is), else by its `by-path` link or its place (where it
 * is), else as the kernel does. In a container its nodes have that link's name beside their own. Hardware that is
 * called after what it is gets another name when a second piece comes that says the same of itself.
 *
 * @param folder of udev's `by-id` and `by-path`: `/dev/v4l`
 * @param suffix what a link says of the node, not of the hardware
 */
export function nameStableDevices(
  tree: DeviceTree,
  hardware: readonly Hardware[],
  folder: string,
  suffix: RegExp = /$/,
): FoundDevice[] {
  const present = hardware.filter((piece) => piece.nodes.some((node) => tree.node(node) !== undefined));
  const byId = collectLinks(tree, `${folder}/by-id`);
  const byPath = collectLinks(tree, `${folder}/by-path`);
  const nameIn = (links: Links, piece: Hardware): string | undefined => {
    const [link] = piece.nodes.flatMap((node) => links.get(node) ?? []);
    return link?.slice(link.lastIndexOf('/') + 1).replace(suffix, '');
  };
  const contested = findLookAlikes(tree, present, (piece) => nameIn(byId, piece));
  return present.map((piece) => {
    const links = contested.has(piece) || nameIn(byId, piece) === undefined ? byPath : byId;
    const names = [nameIn(links, piece), nameIn(byPath, piece), ...piece.names];
    return {
      names: names.filter((name) => name !== undefined),
      nodes: piece.nodes.flatMap((node) => makeContainerNodes(tree, node, links.get(node)?.slice(0, 1))),
    };
  });
}

function collectLinks(tree: DeviceTree, folder: string): Links {
  const links = new Map<string, string[]>();
  for (const name of tree.names(folder)) {
    const node = tree.target(`${folder}/${name}`);
    if (node !== undefined) links.set(node, [...(links.get(node) ?? []), `${folder}/${name}`].sort(compareBytes));
  }
  return links;
}

/**
 * The hardware whose `by-id` links mean nothing. Of several things that say the same of themselves, udev gives a
 * link to any one, at each boot perhaps to another. They are known by one without a link, or by links that differ
 * only in the node.
 */
function findLookAlikes(
  tree: DeviceTree,
  hardware: readonly Hardware[],
  idOf: (piece: Hardware) => string | undefined,
): ReadonlySet<Hardware> {
  const usb = hardware.filter((piece) => findUsbDevice(piece.path) !== undefined);
  const contested = groupItems(usb, (piece) => readIdentity(tree, findUsbDevice(piece.path) ?? '')).filter((pieces) => {
    const ids = new Set(pieces.map(idOf));
    return ids.has(undefined) || ids.size < pieces.length;
  });
  return new Set(contested.flat());
}

/** What a USB device says of itself, from which udev makes its `by-id` links. */
function readIdentity(tree: DeviceTree, usb: string): string {
  const attribute = (name: string): string | undefined => tree.attribute(`${usb}/${name}`);
  const vendor = attribute('manufacturer') ?? attribute('idVendor');
  const product = attribute('product') ?? attribute('idProduct');
  return [vendor, product, attribute('serial')].map((part) => part ?? '').join('\n');
}
