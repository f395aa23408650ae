// USB devices for programs that speak to them without a driver of the kernel.
import { groupItems } from './class-devices.ts';
import { makeContainerNodes } from './container-node.ts';
import type { DeviceTree } from './device-tree.ts';
import type { FoundDevice, Generator } from './generator.ts';
import { findPlace, findUsbDevice } from './place.ts';

/** Whoever holds a hub can switch off what hangs on it. */
const HUB = '09';

export const usb: Generator = {
  id: 'usb',
  about: 'USB devices',
  naming: 'vendor:product:serial, else vendor:product:place; vendor:product for all of that kind',
  find: (tree) => {
    const folder = '/sys/bus/usb/devices';
    const found = tree.names(folder).flatMap((name) => readUsbDevice(tree, tree.target(`${folder}/${name}`)));
    if (found.length === 0) return { why: 'there is no USB device', hint: 'plug one in' };
    const models = groupItems(found, ({ model }) => model).map((devices) => ({
      names: [devices[0]?.model ?? ''],
      nodes: devices.flatMap(({ nodes }) => nodes),
    }));
    return { devices: [...found, ...models] };
  },
};

interface UsbDevice extends FoundDevice {
  /** `0403:6001` */
  readonly model: string;
}

/** Interfaces, root hubs and other hubs are passed over. */
function readUsbDevice(tree: DeviceTree, path: string | undefined): UsbDevice[] {
  if (path === undefined || findUsbDevice(path) !== path) return [];
  const attribute = (name: string): string => tree.attribute(`${path}/${name}`) ?? '';
  if (attribute('bDeviceClass') === HUB) return [];
  // Both numbers are given away again each time that the device is plugged in: nothing stable is made of them.
  const node = `/dev/bus/usb/${attribute('busnum').padStart(3, '0')}/${attribute('devnum').padStart(3, '0')}`;
  const nodes = makeContainerNodes(tree, node);
  if (nodes.length === 0) return [];
  const model = `${attribute('idVendor')}:${attribute('idProduct')}`;
  const identities = [attribute('serial'), findPlace(path) ?? '', path.slice(path.lastIndexOf('/') + 1)];
  const names = identities.filter((identity) => identity !== '').map((identity) => `${model}:${identity}`);
  return [{ model, names, nodes }];
}
