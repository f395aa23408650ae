// By what a device is known in a container: the numbers of its nodes, or, if it has none, the files that it mounts.
import { compareNames } from '../../cdi/device-name.ts';
import { getHostPath } from '../../edits/node-finding.ts';
import { type Mark, markHostNode, markNode, markNumbers } from '../../edits/node-mark.ts';
import { getJson, isObject } from '../../engines/json-file.ts';
import type { SpecHost } from '../../host/host.ts';
import type { DeviceIndex, IndexedDevice } from '../../registry/device-index.ts';

export interface MarkedDevice {
  readonly indexed: IndexedDevice;
  readonly marks: readonly Mark[];
  /** those that tell it from the others of its spec; all where none does */
  readonly own: readonly Mark[];
}

/** Devices by their marks. */
export interface MarkedDevices {
  readonly byName: ReadonlyMap<string, MarkedDevice>;
  /** All whose marks are among those. */
  within(marks: ReadonlySet<Mark>): readonly MarkedDevice[];
  /** The smallest that have a mark for their own: several are names of one. */
  ofNode(mark: Mark): readonly MarkedDevice[];
}

export function markDevices(host: SpecHost, index: DeviceIndex): MarkedDevices {
  const byName = new Map<string, MarkedDevice>();
  const byMark = new Map<Mark, MarkedDevice[]>();
  const marked = [...index.devices.values()].map((indexed) => ({ indexed, marks: listMarks(host, indexed) }));
  const shared = countShared(marked);
  for (const { indexed, marks } of marked) {
    const own = marks.filter((mark) => shared.get(indexed.file)?.has(mark) !== true);
    const device = { indexed, marks, own: own.length === 0 ? marks : own };
    byName.set(indexed.name, device);
    for (const mark of marks) {
      const list = byMark.get(mark);
      if (list === undefined) byMark.set(mark, [device]);
      else list.push(device);
    }
  }
  return {
    byName,
    within: (marks) => findWithin(byMark, marks),
    ofNode: (mark) => {
      const all = (byMark.get(mark) ?? []).filter(({ own }) => own.includes(mark));
      const least = Math.min(...all.map(({ own }) => own.length));
      return all.filter(({ own }) => own.length === least).sort((a, b) => compareNames(a.indexed.name, b.indexed.name));
    },
  };
}

function findWithin(byMark: ReadonlyMap<Mark, readonly MarkedDevice[]>, marks: ReadonlySet<Mark>): MarkedDevice[] {
  const counts = new Map<MarkedDevice, number>();
  for (const mark of marks)
    for (const device of byMark.get(mark) ?? []) counts.set(device, (counts.get(device) ?? 0) + 1);
  return [...counts].filter(([device, count]) => count === device.marks.length).map(([device]) => device);
}

type Marked = Pick<MarkedDevice, 'indexed' | 'marks'>;

/** By spec: the marks that all of its devices have. */
function countShared(devices: readonly Marked[]): ReadonlyMap<IndexedDevice['file'], ReadonlySet<Mark>> {
  const shared = new Map<IndexedDevice['file'], Set<Mark>>();
  for (const { indexed, marks } of devices) {
    const before = shared.get(indexed.file);
    const own = new Set(marks);
    shared.set(indexed.file, before === undefined ? own : new Set([...before].filter((mark) => own.has(mark))));
  }
  return shared;
}

function listMarks(host: SpecHost, { device: { containerEdits } }: IndexedDevice): readonly Mark[] {
  const { deviceNodes = [], mounts = [] } = containerEdits;
  if (deviceNodes.length === 0) return [...new Set(mounts.map(({ hostPath }) => markMount(hostPath)))];
  return [...new Set(deviceNodes.map((node) => markNode(host, node) ?? `node ${getHostPath(node)}`))];
}

export function markMount(source: string): Mark {
  return `mount ${source}`;
}

/** What a container has of devices, by its document; a node that is mounted has its numbers, too. */
export function listDocumentMarks(host: SpecHost, document: unknown): ReadonlySet<Mark> {
  const nodes = listObjects(document, ['linux', 'devices']).map(({ type, major, minor }) =>
    markNumbers(String(type), major, minor),
  );
  const mounts = listMountSources(document).flatMap((source) =>
    [markMount(source), markHostNode(host, source) ?? []].flat(),
  );
  return new Set([...nodes, ...mounts]);
}

/** What is mounted from the host, by its paths there. */
export function listMountSources(document: unknown): readonly string[] {
  return listObjects(document, ['mounts']).flatMap(({ source, options }) => {
    const words: readonly unknown[] = Array.isArray(options) ? options : [];
    const isBound = words.includes('bind') || words.includes('rbind');
    return isBound && typeof source === 'string' && source.startsWith('/') ? [source] : [];
  });
}

function listObjects(document: unknown, path: readonly string[]): { readonly [key: string]: unknown }[] {
  const list = isObject(document) ? getJson(document, path) : undefined;
  return Array.isArray(list) ? list.filter(isObject) : [];
}
