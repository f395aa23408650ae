// What a generator is, and what it finds.
import type { Fault } from '../cdi/device-name.ts';
import type { DeviceNode } from '../edits/device-node.ts';
import type { DeviceTree } from './device-tree.ts';

/** The words by which a person asks for a kind of devices; the compiler asks for the generator of each. */
export const GENERATOR_IDS = [
  'fuse',
  'kvm',
  'net-tun',
  'dri',
  'snd',
  'v4l2',
  'tty',
  'usb',
  'loop',
  'accel',
  'kfd',
  'rdma',
  'vfio',
  'input',
  'hidraw',
  'gpio',
  'i2c',
  'spi',
  'tpm',
  'nvme',
  'watchdog',
] as const;
export type GeneratorId = (typeof GENERATOR_IDS)[number];

/** One device that a container can have, before it has its name. */
export interface FoundDevice {
  /**
   * What it may be called, best first, in any characters. Where two devices would be called alike, both go on to
   * their next name, so the last one must be no other's.
   */
  readonly names: readonly string[];
  readonly nodes: readonly DeviceNode[];
}

export interface FoundDevices {
  readonly devices: readonly FoundDevice[];
  /** what comes with every device, once */
  readonly shared?: readonly DeviceNode[];
}

export interface Generator {
  /** the class of its devices, and the word by which a person asks for it */
  readonly id: GeneratorId;
  /** for a list: `serial ports` */
  readonly about: string;
  /** how its devices are called, for a person who looks for one */
  readonly naming: string;
  /** The same for the same hardware, in whatever order the kernel found it; or why there is nothing. */
  find(tree: DeviceTree): FoundDevices | Fault;
}
