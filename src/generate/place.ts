// Where a device is plugged in, told from its path in /sys: the same at each boot, whatever the kernel counts.

const PCI = /^[0-9a-f]{4,}:[0-9a-f]{2}:[0-9a-f]{2}\.[0-7]$/;
const USB_DEVICE = /^\d+-\d+(?:\.\d+)*$/;
const USB_PORT = /^\d+-(\d+(?:\.\d+)*(?::\d+\.\d+)?)$/;
const USB_ROOT = /^usb\d+$/;

/**
 * The slot and port of a device, written as udev writes them in `by-path`. The number of a USB bus is left out,
 * as it depends on which controller came first.
 *
 * @param path of the device in /sys/devices, its links resolved
 * @returns undefined for what is plugged in nowhere, such as a virtual device
 * @example placeOf('/sys/devices/pci0000:00/0000:00:14.0/usb1/1-2/1-2:1.0') // 'pci-0000:00:14.0-usb-0:2:1.0'
 */
export function findPlace(path: string): string | undefined {
  const usb = path.split('/').findLast((segment) => USB_PORT.test(segment));
  const controller = findPci(path) ?? findPlatform(path);
  const port = usb === undefined ? undefined : `usb-0:${USB_PORT.exec(usb)?.[1]}`;
  return controller === undefined || port === undefined ? (controller ?? port) : `${controller}-${port}`;
}

/** Whether a device sits in a slot or port that it could be pulled out of, not on the board. */
export function isPluggedIn(path: string): boolean {
  return path.split('/').some((segment) => PCI.test(segment) || USB_PORT.test(segment));
}

/** The USB device that a path in /sys/devices is of or below of: the one with `idVendor`, not an interface. */
export function findUsbDevice(path: string): string | undefined {
  const segments = path.split('/');
  const at = segments.findLastIndex((segment) => USB_DEVICE.test(segment));
  return at < 0 ? undefined : segments.slice(0, at + 1).join('/');
}

function findPci(path: string): string | undefined {
  const address = path.split('/').findLast((segment) => PCI.test(segment));
  return address === undefined ? undefined : `pci-${address}`;
}

/** What the board itself holds: the last part before a USB controller's buses, if there are any. */
function findPlatform(path: string): string | undefined {
  if (!path.startsWith('/sys/devices/platform/')) return undefined;
  const segments = path.split('/');
  const root = segments.findIndex((segment) => USB_ROOT.test(segment));
  return `platform-${segments[(root < 0 ? segments.length : root) - 1]}`;
}
