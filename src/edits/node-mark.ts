// By what a device node is known on a host: its numbers.

import { isFailure } from '../host/host.ts';
import type { DeviceLookup } from './device-lookup.ts';
import type { DeviceNode } from './device-node.ts';
import { isZero } from './integer.ts';
import { getHostPath } from './node-finding.ts';

/** `c 195:0`; of what has no numbers, what it is, and where: `mount /usr/lib/libx.so`. */
export type Mark = string;

/** By the numbers of the spec, or else of the host; undefined where neither has any. */
export function markNode(host: DeviceLookup, node: DeviceNode): Mark | undefined {
  const { type = '', major, minor } = node;
  if (!isZero(major)) return markNumbers(type, major, minor ?? 0);
  return markHostNode(host, getHostPath(node));
}

/** Of what a path of the host is now. */
export function markHostNode(host: DeviceLookup, path: string): Mark | undefined {
  const info = host.deviceInfo(path);
  return isFailure(info) || info.type === '' || info.type === 'p'
    ? undefined
    : markNumbers(info.type, info.major, info.minor);
}

export function markNumbers(type: string, major: unknown, minor: unknown): Mark {
  return `${type === 'b' ? 'b' : 'c'} ${major}:${minor}`;
}
