// What a generator sees of a host: /dev and /sys, where what cannot be looked at counts as absent.
import { type Host, isFailure } from '../host/host.ts';
import { cleanPath } from '../text/path.ts';

/** A device node as it stands in /dev, not seen through a link. */
export interface OwnedNode {
  readonly type: 'b' | 'c';
  /** permission bits */
  readonly mode: number;
  /** the owning group */
  readonly gid: number;
}

export interface DeviceTree {
  /** The names in a directory, sorted by their bytes; none where it is missing. */
  names(directory: string): readonly string[];
  /** A small file of /sys without the blanks around it; undefined if it is missing or says nothing. */
  attribute(path: string): string | undefined;
  /** Where a link leads: its own words, made absolute. Further links on the way are not followed. */
  target(path: string): string | undefined;
  node(path: string): OwnedNode | undefined;
}

/** One page, which no attribute of /sys exceeds. */
const LONGEST_ATTRIBUTE = 4096;

/**
 * The tree of a host.
 *
 * @param root where the host's `/` is mounted, without a slash at its end; specs name paths below it
 */
export function createDeviceTree(host: Host, root = ''): DeviceTree {
  return {
    names: (directory) => {
      const entries = host.listDirectory(`${root}${directory}`);
      return isFailure(entries) ? [] : entries.map((entry) => entry.name);
    },
    attribute: (path) => {
      const file = host.readFile(`${root}${path}`, LONGEST_ATTRIBUTE);
      const text = isFailure(file) ? '' : host.text(file).trim();
      return text === '' ? undefined : text;
    },
    target: (path) => {
      const words = host.readLink(`${root}${path}`);
      if (typeof words !== 'string') return undefined;
      return cleanPath(words.startsWith('/') ? words : `${path}/../${words}`);
    },
    node: (path) => {
      const device = host.deviceInfo(`${root}${path}`);
      const owner = host.pathInfo(`${root}${path}`);
      if (isFailure(device) || isFailure(owner) || (device.type !== 'b' && device.type !== 'c')) return undefined;
      return { type: device.type, mode: device.mode, gid: owner.gid };
    },
  };
}
