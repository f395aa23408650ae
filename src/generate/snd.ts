// Sound cards: all nodes of one card together, and ALSA's sequencer by itself.
import { groupItems, listClassDevices } from './class-devices.ts';
import { makeContainerNodes } from './container-node.ts';
import type { Generator } from './generator.ts';
import { findPlace } from './place.ts';
import { nameStableDevices } from './stable-devices.ts';

/** `controlC0`, `pcmC0D3p`, `midiC1D0` and their like; the number after `C` is the card's. */
const NODE = /^[a-z]+C(\d+)(?:D\d+[a-z]?)?$/;

export const snd: Generator = {
  id: 'snd',
  about: 'sound cards',
  naming: 'by-id, else by-path (pci-0000:00:1f.3), else card- and its id (card-Loopback); seq for the sequencer',
  find: (tree) => {
    const cards = groupItems(listClassDevices(tree, 'sound', NODE), ({ name }) => NODE.exec(name)?.[1] ?? '');
    const hardware = cards.map((nodes) => {
      const [{ name, path, hardware }] = nodes;
      const id = tree.attribute(`${path.slice(0, path.lastIndexOf('/'))}/id`);
      return {
        path: hardware,
        nodes: nodes.map((node) => `/dev/snd/${node.name}`),
        names: [findPlace(hardware), id === undefined ? name : `card-${id}`],
      };
    });
    const devices = nameStableDevices(tree, hardware, '/dev/snd');
    if (devices.length === 0) return { why: 'there is no sound card', hint: 'load the driver of the card' };
    const sequencer = { names: ['seq'], nodes: makeContainerNodes(tree, '/dev/snd/seq') };
    return {
      devices: sequencer.nodes.length > 0 ? [...devices, sequencer] : devices,
      // A program that mixes on any card needs it, and it lets no one see another card.
      shared: makeContainerNodes(tree, '/dev/snd/timer'),
    };
  },
};
