// Hardware that containers ask for, told by /sys and /dev, and the command that makes a spec for each.
import { listClassDevices } from '../../generate/class-devices.ts';
import { createDeviceTree, type DeviceTree } from '../../generate/device-tree.ts';
import type { GeneratorId } from '../../generate/generator.ts';
import type { SpecFile } from '../../registry/spec-file.ts';
import { CdiError } from '../../text/error.ts';
import type { HostView } from './host-view.ts';
import { MAKE_NVIDIA_SPEC } from './nvidia.ts';

export interface Hardware {
  /** of one of it, for a person; the word for cdictl generate where that makes its spec */
  readonly name: string;
  /** whether somebody who has it wants it in containers: without a spec that is worth a warning */
  readonly isAccelerator: boolean;
  /** what a spec for it is called, and which nodes it has */
  readonly kinds: RegExp;
  readonly nodes?: RegExp;
  readonly cure: string;
  /** the kind of `cdictl generate` that makes its spec */
  readonly generator?: GeneratorId;
  count(tree: DeviceTree): number;
}

/** Vendors by their numbers in PCI, and classes: display controllers and processing accelerators. */
const NVIDIA = '0x10de';
const AMD = '0x1002';
const INTEL = '0x8086';
const HABANA = '0x1da3';
const DISPLAY = /^0x03/;
const ACCELERATOR = /^0x12/;

const HARDWARE: readonly Hardware[] = [
  {
    name: 'NVIDIA GPU',
    isAccelerator: true,
    kinds: /^nvidia\.com\/|^k8s\.gpu\.nvidia\.com\//,
    nodes: /^\/dev\/nvidia\d/,
    cure: MAKE_NVIDIA_SPEC,
    // before its driver is loaded it is there as well
    count: (tree) => countPci(tree, NVIDIA, DISPLAY),
  },
  {
    name: 'AMD GPU',
    isAccelerator: true,
    kinds: /^amd\.com\/|^k8s\.gpu\.amd\.com\//,
    nodes: /^\/dev\/dri\/renderD/,
    cure: 'run amd-ctk cdi generate --output=/etc/cdi/amd.json, or cdictl generate dri',
    generator: 'dri',
    count: (tree) => countRenderers(tree, AMD),
  },
  {
    name: 'Intel GPU',
    isAccelerator: true,
    kinds: /^intel\.com\/gpu$|^k8s\.gpu\.intel\.com\//,
    nodes: /^\/dev\/dri\/renderD/,
    cure: 'run cdictl generate dri, or cdi-specs-generator gpu',
    generator: 'dri',
    count: (tree) => countRenderers(tree, INTEL),
  },
  {
    name: 'Gaudi accelerator',
    isAccelerator: true,
    kinds: /^(?:intel\.com\/gaudi|habana\.ai\/)/,
    nodes: /^\/dev\/accel\//,
    cure: 'run cdi-specs-generator gaudi',
    count: (tree) => countPci(tree, HABANA, ACCELERATOR),
  },
  {
    name: 'compute accelerator',
    isAccelerator: true,
    kinds: /^$/,
    nodes: /^\/dev\/accel\//,
    cure: 'install the tool of its vendor, or write a spec with its node in /dev/accel',
    count: (tree) =>
      listClassDevices(tree, 'accel', /^accel\d+$/).filter(({ hardware }) => readVendor(tree, hardware) !== HABANA)
        .length,
  },
  {
    name: 'RDMA adapter',
    isAccelerator: true,
    kinds: /\/(?:rdma|infiniband|roce)/,
    nodes: /^\/dev\/infiniband\//,
    cure: 'install the tool of its vendor, or write a spec with its nodes in /dev/infiniband',
    count: (tree) => tree.names('/sys/class/infiniband').length,
  },
  makeFixed('fuse', '/dev/fuse'),
  makeFixed('kvm', '/dev/kvm'),
];

/** Every host has it, and few want it in containers. */
function makeFixed(name: GeneratorId, path: string): Hardware {
  return {
    name,
    isAccelerator: false,
    kinds: new RegExp(`/${name}$`),
    nodes: new RegExp(`^${path}$`),
    cure: `run cdictl generate ${name}`,
    generator: name,
    count: (tree) => (tree.node(path) === undefined ? 0 : 1),
  };
}

function countPci(tree: DeviceTree, vendor: string, classes: RegExp): number {
  const folder = '/sys/bus/pci/devices';
  return tree.names(folder).filter((name) => {
    const at = `${folder}/${name}`;
    return tree.attribute(`${at}/vendor`) === vendor && classes.test(tree.attribute(`${at}/class`) ?? '');
  }).length;
}

/** Cards whose driver gives them a node to compute by. */
function countRenderers(tree: DeviceTree, vendor: string): number {
  const nodes = listClassDevices(tree, 'drm', /^renderD\d+$/);
  return nodes.filter(({ hardware }) => readVendor(tree, hardware) === vendor).length;
}

function readVendor(tree: DeviceTree, hardware: string): string | undefined {
  return tree.attribute(`${hardware}/vendor`);
}

export interface FoundHardware {
  readonly kind: Hardware;
  readonly count: number;
  /** whether a spec has it */
  readonly isCovered: boolean;
}

/** What of it a host has. */
export function findHardware({ host, specs }: HostView): readonly FoundHardware[] {
  const tree = createDeviceTree(host);
  const files = specs instanceof CdiError ? [] : specs.look.scan.specs;
  return HARDWARE.flatMap((kind) => {
    const count = kind.count(tree);
    return count === 0 ? [] : [{ kind, count, isCovered: files.some((file) => covers(file, kind)) }];
  });
}

/** By its kind, or by a node of it. */
function covers({ vendor, class: className, spec }: SpecFile, { kinds, nodes }: Hardware): boolean {
  if (kinds.test(`${vendor}/${className}`)) return true;
  const edits = [spec.containerEdits, ...spec.devices.map((device) => device.containerEdits)];
  const paths = edits.flatMap((one) => (one?.deviceNodes ?? []).map(({ path, hostPath }) => hostPath ?? path));
  return nodes !== undefined && paths.some((path) => nodes.test(path));
}
