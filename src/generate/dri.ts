// Graphics cards: the nodes for display and for rendering of one card together.
import { groupItems, listClassDevices } from './class-devices.ts';
import type { Generator } from './generator.ts';
import { findPlace } from './place.ts';
import { nameStableDevices } from './stable-devices.ts';

/** Not the connectors (`card0-HDMI-A-1`), which have no nodes. */
const NODE = /^(?:card|renderD)\d+$/;

export const dri: Generator = {
  id: 'dri',
  about: 'graphics cards',
  naming: 'by-path, without -card and -render (pci-0000:00:02.0); card0 for what is plugged in nowhere',
  find: (tree) => {
    const cards = groupItems(listClassDevices(tree, 'drm', NODE), ({ hardware }) => hardware);
    const hardware = cards.map((nodes) => ({
      path: nodes[0]?.hardware ?? '',
      nodes: nodes.map(({ name }) => `/dev/dri/${name}`),
      place: findPlace(nodes[0]?.hardware ?? ''),
      kernelName: nodes[0]?.name ?? '',
    }));
    const devices = nameStableDevices(tree, hardware, '/dev/dri', /-(?:card|render)$/);
    return devices.length > 0 ? { devices } : { why: 'there is no graphics card', hint: 'load the driver of the card' };
  },
};
