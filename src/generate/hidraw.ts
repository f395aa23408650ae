// Devices for people, without a driver that knows them: security keys, meters, panels; keyboards are among them, too.
import { makeClassGenerator } from './class-generator.ts';
import type { Generator } from './generator.ts';

export const hidraw: Generator = makeClassGenerator({
  id: 'hidraw',
  about: 'raw HID devices, such as security keys',
  naming: 'vendor:product:serial, else the place (pci-0000:00:14.0-usb-0:2:1.0)',
  devices: 'hidraw',
  names: (tree, { hardware }) => {
    const text = tree.attribute(`${hardware}/uevent`) ?? '';
    const [, vendor, product] = /^HID_ID=\w+:0000(\w{4}):0000(\w{4})$/m.exec(text) ?? [];
    const [, serial] = /^HID_UNIQ=(.+)$/m.exec(text) ?? [];
    return [serial === undefined || product === undefined ? undefined : `${vendor}:${product}:${serial}`.toLowerCase()];
  },
  nothing: { why: 'there is no raw HID device', hint: 'plug one in' },
});
