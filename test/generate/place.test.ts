// Where a device is plugged in, by its path in /sys.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { findPlace, findUsbDevice, isPluggedIn } from '../../src/generate/place.ts';

const XHCI = '/sys/devices/pci0000:00/0000:00:14.0/usb1';

const places: [title: string, path: string, want: string | undefined, pluggedIn: boolean][] = [
  ['a PCI device', '/sys/devices/pci0000:00/0000:00:02.0', 'pci-0000:00:02.0', true],
  ['the last of several bridges', '/sys/devices/pci0000:00/0000:00:01.0/0000:01:00.0', 'pci-0000:01:00.0', true],
  ['a PCI domain of five digits', '/sys/devices/pci10000:e0/10000:e1:00.0', 'pci-10000:e1:00.0', true],
  [
    'what a PCI device is split into',
    '/sys/devices/pci0000:00/0000:00:16.3/0000:00:16.3:0.0',
    'pci-0000:00:16.3',
    true,
  ],
  ['a virtio device', '/sys/devices/pci0000:00/0000:00:03.0/virtio1', 'pci-0000:00:03.0', true],
  ['a USB device', `${XHCI}/1-2`, 'pci-0000:00:14.0-usb-0:2', true],
  ['a USB device behind hubs', `${XHCI}/1-2/1-2.4/1-2.4.1`, 'pci-0000:00:14.0-usb-0:2.4.1', true],
  ['a USB interface', `${XHCI}/1-2/1-2:1.3/ttyUSB0`, 'pci-0000:00:14.0-usb-0:2:1.3', true],
  ['a USB controller on the board', '/sys/devices/platform/soc/fe98.usb/usb3/3-1', 'platform-fe98.usb-usb-0:1', true],
  ['a USB controller that is emulated', '/sys/devices/faux/dummy/usb3/3-1', 'usb-0:1', true],
  ['a device on the board', '/sys/devices/platform/soc/fec00000.v3d', 'platform-fec00000.v3d', false],
  ['a device of the firmware', '/sys/devices/pnp0/00:04/00:04:0/00:04:0.0', undefined, false],
  ['a virtual device', '/sys/devices/virtual/tty/tty0', undefined, false],
];
for (const [title, path, want, pluggedIn] of places) {
  test(`findPlace() and isPluggedIn() see ${title}`, () => {
    assert.equal(findPlace(path), want);
    assert.equal(isPluggedIn(path), pluggedIn);
  });
}

test('findUsbDevice() goes up to the device, not to its bus or hub', () => {
  assert.equal(findUsbDevice(`${XHCI}/1-2/1-2.4/1-2.4:1.0/ttyUSB0`), `${XHCI}/1-2/1-2.4`);
  assert.equal(findUsbDevice(`${XHCI}/1-2`), `${XHCI}/1-2`);
  assert.equal(findUsbDevice(XHCI), undefined);
  assert.equal(findUsbDevice(`${XHCI}/1-0:1.0`), undefined);
});
