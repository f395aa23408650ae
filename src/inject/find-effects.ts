// What a device does, by all names of it that rules may know: those in the spec, on the host, and of the kernel.
import type { SourcedEdits } from '../edits/apply.ts';
import type { DeviceNode } from '../edits/device-node.ts';
import { START_CONTAINER_HOOK } from '../edits/hook-names.ts';
import { type Integer, isZero } from '../edits/integer.ts';
import { readOptionPaths } from '../edits/mount-paths.ts';
import { getHostPath } from '../edits/node-finding.ts';
import { type Host, isFailure } from '../host/host.ts';
import type { Trust } from '../host/trust.ts';
import type { FindEffects } from '../policy/decide.ts';
import type { EffectKind, Effects } from '../policy/effects.ts';
import type { DeviceIndex } from '../registry/device-index.ts';
import { resolveDevices } from '../registry/resolve.ts';
import { cleanPath } from '../text/path.ts';

/** A thing by all its names. */
type Names = readonly string[];

/**
 * What edits do; a kind is looked at where a rule asks.
 *
 * @param list of one device, with those of its spec as a whole
 */
function findEffects(host: Host, trust: Trust, list: readonly SourcedEdits[]): Effects {
  const machine = { host, trust };
  const known = new Map<EffectKind, readonly Names[]>();
  const once = (kind: EffectKind, find: () => readonly Names[]): readonly Names[] => {
    const names = known.get(kind) ?? find();
    known.set(kind, names);
    return names;
  };
  // What options name is mounted as well, such as the directories of an overlay.
  const listMounts = () =>
    list
      .flatMap(({ edits }) => edits.mounts ?? [])
      .map(({ containerPath, hostPath, options }) => ({
        containerPath,
        hostPaths: [hostPath, ...readOptionPaths(options).paths],
      }));
  return {
    get nodes() {
      const nodes = list.flatMap(({ edits }) => edits.deviceNodes ?? []);
      return once('nodes', () => [
        ...nodes.map((node) => nameNode(machine, node)),
        // A node of the host may be mounted as well.
        ...listMounts().flatMap(({ hostPaths, containerPath }) =>
          hostPaths
            .map((hostPath) => lead(machine, hostPath))
            .filter((path) => isDevice(machine, path))
            .map((path) => nameNode(machine, { path: containerPath, hostPath: path })),
        ),
      ]);
    },
    get mounts() {
      return once('mounts', () =>
        listMounts().map(({ hostPaths, containerPath }) =>
          join(containerPath, ...hostPaths.flatMap((hostPath) => [hostPath, lead(machine, hostPath)])),
        ),
      );
    },
    get hooks() {
      const hooks = list.flatMap(({ edits }) => edits.hooks ?? []);
      // One that runs inside the container has a path of there.
      return once('hooks', () =>
        hooks.map(({ hookName, path }) =>
          hookName === START_CONTAINER_HOOK ? join(path) : join(path, lead(machine, path)),
        ),
      );
    },
    get env() {
      return once('env', () => list.flatMap(({ edits }) => (edits.env ?? []).map((entry) => entry.split('=', 1))));
    },
  };
}

/** What the devices of an index do, each looked at once. */
export function keepEffects(host: Host, trust: Trust, index: DeviceIndex): FindEffects {
  const known = new Map<string, Effects | undefined>();
  return (device) => {
    if (!known.has(device)) {
      const { edits } = resolveDevices(index, [device]);
      known.set(device, edits.length === 0 ? undefined : findEffects(host, trust, edits));
    }
    return known.get(device);
  };
}

interface Machine {
  readonly host: Host;
  readonly trust: Trust;
}

/** Without repetitions, each as short as its letters let it be; what is no path stays as it is. */
function join(...names: readonly string[]): Names {
  return [...new Set(names.map((name) => (name.startsWith('/') ? cleanPath(name) : name)))];
}

/** Where the links of a path lead. */
function lead({ trust }: Machine, path: string): string {
  return path.startsWith('/') ? trust.trail(path).place : path;
}

function isDevice({ host }: Machine, path: string): boolean {
  const info = host.deviceInfo(path);
  return !isFailure(info) && info.type !== '';
}

/** The numbers are those of the host's node where the spec has none: both count where they differ. */
function nameNode(machine: Machine, node: DeviceNode): Names {
  const { host } = machine;
  const hostPath = getHostPath(node);
  const place = lead(machine, hostPath);
  const info = host.deviceInfo(place);
  const found = isFailure(info) ? undefined : nameNumbers(host, info.type, info.major, info.minor);
  const type = node.type === undefined || node.type === '' ? (isFailure(info) ? 'c' : info.type) : node.type;
  const said = isZero(node.major) ? undefined : nameNumbers(host, type, node.major ?? 0, node.minor ?? 0);
  return join(hostPath, place, node.path, ...(found ?? []), ...(said ?? []));
}

const LONGEST_EVENT = 64 * 1024;

/** What a node can hold of its numbers: the rest is lost as it is made. */
const [MAJOR_BITS, MINOR_BITS] = [12, 20];

/** What the kernel calls a device by its numbers; of some drivers it has no name. */
function nameNumbers(host: Host, type: string, major: Integer, minor: Integer): Names {
  if (type === '' || type === 'p') return [];
  const numbers = `${BigInt.asUintN(MAJOR_BITS, BigInt(major))}:${BigInt.asUintN(MINOR_BITS, BigInt(minor))}`;
  const file = host.readFile(`/sys/dev/${type === 'b' ? 'block' : 'char'}/${numbers}/uevent`, LONGEST_EVENT);
  const name = isFailure(file) ? undefined : /^DEVNAME=(.+)$/m.exec(host.text(file))?.[1];
  return name === undefined ? [] : [`/dev/${name}`];
}
