// The devices of a class, as /sys/class lists them.
import type { DeviceTree } from './device-tree.ts';

export interface ClassDevice {
  /** as the kernel numbers it: `ttyUSB0` */
  readonly name: string;
  /** in /sys/devices */
  readonly path: string;
  /** the path of the hardware that it belongs to; its own where there is none */
  readonly hardware: string;
}

/** @param matching which names count */
export function listClassDevices(tree: DeviceTree, className: string, matching: RegExp = /./): ClassDevice[] {
  const folder = `/sys/class/${className}`;
  return tree.names(folder).flatMap((name) => {
    const path = matching.test(name) ? tree.target(`${folder}/${name}`) : undefined;
    if (path === undefined) return [];
    const above = path.slice(0, Math.max(0, path.lastIndexOf(`/${className}/`)));
    const isVirtual = above === '' || above === '/sys/devices/virtual';
    return [{ name, path, hardware: isVirtual ? path : above }];
  });
}

/** The devices of a bus whose driver has them in no class. */
export function listBusDevices(tree: DeviceTree, bus: string, matching: RegExp = /./): ClassDevice[] {
  const folder = `/sys/bus/${bus}/devices`;
  return tree.names(folder).flatMap((name) => {
    const path = matching.test(name) ? tree.target(`${folder}/${name}`) : undefined;
    return path === undefined ? [] : [{ name, path, hardware: path.slice(0, path.lastIndexOf('/')) }];
  });
}

/** What belongs together, in the order in which each key comes first. */
export function groupItems<T>(items: readonly T[], key: (item: T) => string): [T, ...T[]][] {
  const groups = new Map<string, [T, ...T[]]>();
  for (const item of items) {
    const group = groups.get(key(item));
    if (group === undefined) groups.set(key(item), [item]);
    else group.push(item);
  }
  return [...groups.values()];
}
