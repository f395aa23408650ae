// USB devices for programs that speak to them without a driver of the kernel.
import { grouped } from './class-devices.ts';
import { containerNodes } from './container-node.ts';
import type { DeviceTree } from './device-tree.ts';
import type { FoundDevice, Generator } from './generator.ts';
import { placeOf, usbDeviceOf } from './place.ts';

/** Whoever holds a hub can switch off what hangs on it. */
const HUB = '09';

export const usb: Generator = {
  id: 'usb',
  about: 'USB devices',
  naming: 'vendor:product:serial, else vendor:product:place; vendor:product for all of that kind',
  find: (tree) => {
    const folder = '/sys/bus/usb/devices';
    const found = tree.names(folder).flatMap((name) => usbDevice(tree, tree.target(`${folder}/${name}`)));
    if (found.length === 0) return { why: 'there is no USB device', hint: 'plug one in' };
    const models = grouped(found, ({ model }) => model).map((devices) => ({
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
function usbDevice(tree: DeviceTree, path: string | undefined): UsbDevice[] {
  if (path === undefined || usbDeviceOf(path) !== path) return [];
  const attribute = (name: string): string => tree.attribute(`${path}/${name}`) ?? '';
  if (attribute('bDeviceClass') === HUB) return [];
  // Both numbers are given away anew each time that the device is plugged in: nothing stable is made of them.
  const node = `/dev/bus/usb/${attribute('busnum').padStart(3, '0')}/${attribute('devnum').padStart(3, '0')}`;
  const nodes = containerNodes(tree, node);
  if (nodes.length === 0) return [];
  const model = `${attribute('idVendor')}:${attribute('idProduct')}`;
  const identities = [attribute('serial'), placeOf(path) ?? '', path.slice(path.lastIndexOf('/') + 1)];
  const names = identities.filter((identity) => identity !== '').map((identity) => `${model}:${identity}`);
  return [{ model, names, nodes }];
}
