// Cameras, tuners and codecs: all nodes of one piece of hardware together, the one that describes it included.
import { groupItems, listBusDevices, listClassDevices } from './class-devices.ts';
import type { Generator } from './generator.ts';
import { findPlace } from './place.ts';
import { nameStableDevices } from './stable-devices.ts';

export const v4l2: Generator = {
  id: 'v4l2',
  about: 'cameras, tuners and video codecs',
  naming: 'by-id, else by-path, both without -video-indexN; video0 for what is plugged in nowhere',
  find: (tree) => {
    // How the parts of a camera are wired, which some programs want to know. They are on a bus, not in a class.
    const media = listBusDevices(tree, 'media');
    const pieces = groupItems(listClassDevices(tree, 'video4linux'), ({ hardware }) => hardware);
    const hardware = pieces.map((nodes) => {
      const [{ name: kernelName, hardware: path }] = nodes;
      const all = [...nodes, ...media.filter((device) => device.hardware === path)];
      return { path, nodes: all.map(({ name }) => `/dev/${name}`), names: [findPlace(path), kernelName] };
    });
    const devices = nameStableDevices(tree, hardware, '/dev/v4l', /-video-index\d+$/);
    const hint = 'plug one in, or load its driver';
    return devices.length > 0 ? { devices } : { why: 'there is no video device', hint };
  },
};
