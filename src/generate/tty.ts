// Serial ports: of USB adapters and modems, of cards, and on the board.
import { compareBytes } from '../text/byte-order.ts';
import { type ClassDevice, groupItems, listClassDevices } from './class-devices.ts';
import type { DeviceTree } from './device-tree.ts';
import type { Generator } from './generator.ts';
import { findPlace, isPluggedIn } from './place.ts';
import { type Hardware, nameStableDevices } from './stable-devices.ts';

export const tty: Generator = {
  id: 'tty',
  about: 'serial ports',
  naming: 'by-id, else by-path or the place with -portN; ttyS0 on the board, where the number is wired',
  find: (tree) => {
    const ports = listClassDevices(tree, 'tty').filter((port) => port.hardware !== port.path && isReal(tree, port));
    // The board's I/O addresses or its device tree say which port is which; the others are counted as they come.
    const [pluggedIn, onBoard] = [ports.filter(isMovable), ports.filter((port) => !isMovable(port))];
    const hardware = [
      ...groupItems(pluggedIn, ({ hardware }) => findPlace(hardware) ?? '').flatMap(numberPorts),
      ...onBoard.map((port) => makeHardware(port, undefined)),
    ];
    const devices = nameStableDevices(tree, hardware, '/dev/serial');
    const hint = 'plug an adapter in, or load its driver';
    return devices.length > 0 ? { devices } : { why: 'there is no serial port', hint };
  },
};

/** The kernel keeps some numbers for ports that no one has: their type is 0, or for root's eyes only. */
function isReal(tree: DeviceTree, { path, hardware }: ClassDevice): boolean {
  const type = tree.attribute(`${path}/type`);
  return type === undefined ? !hardware.startsWith('/sys/devices/platform/serial8250') : type !== '0';
}

function isMovable({ hardware }: ClassDevice): boolean {
  return isPluggedIn(hardware);
}

/** The ports of one card or interface, told apart by their order, which is the driver's and not the boot's. */
function numberPorts(ports: readonly ClassDevice[]): Hardware[] {
  const inOrder = ports.toSorted((a, b) => a.name.length - b.name.length || compareBytes(a.name, b.name));
  const suffix = (i: number): string => (ports.length > 1 ? `-port${i}` : '');
  return inOrder.map((port, i) => makeHardware(port, `${findPlace(port.hardware)}${suffix(i)}`));
}

function makeHardware({ name, hardware }: ClassDevice, place: string | undefined): Hardware {
  return { path: hardware, nodes: [`/dev/${name}`], names: [place, name] };
}
