// Devices as people look at them: by kind and file, the names of one node together, and what the host lacks of them.
import { compareNames } from '../../cdi/device-name.ts';
import type { DeviceNode } from '../../edits/device-node.ts';
import type { ContainerEdits } from '../../edits/kinds.ts';
import { getHostPath, isComplete } from '../../edits/node-finding.ts';
import { markHostNode, markNode } from '../../edits/node-mark.ts';
import { isFailure, type SpecHost } from '../../host/host.ts';
import type { IndexedDevice } from '../../registry/device-index.ts';
import { compareBytes } from '../../text/byte-order.ts';
import { listMarks } from '../containers/device-marks.ts';

/** What a spec names and the host does not have as the spec says. */
export interface Lack {
  readonly path: string;
  readonly why: 'missing' | 'changed';
}

export interface DeviceRow {
  /** of one thing, the shortest name first */
  readonly names: readonly [IndexedDevice, ...IndexedDevice[]];
  readonly lacks: readonly Lack[];
}

export interface DeviceGroup {
  /** `vendor.com/class` */
  readonly kind: string;
  readonly path: string;
  readonly rows: readonly DeviceRow[];
  /** of what comes with each of its devices */
  readonly lacks: readonly Lack[];
}

/** What does not look at anything of the host twice. */
export interface HostView {
  readonly lacksOf: (edits: ContainerEdits | undefined) => readonly Lack[];
  readonly marksOf: (device: IndexedDevice) => readonly string[];
}

export function viewHost(given: SpecHost): HostView {
  const host = { ...given, deviceInfo: remember(given.deviceInfo) };
  const isThere = remember((path: string) => !isFailure(given.stamp(path)));
  const lists = new Map<ContainerEdits, readonly Lack[]>();
  return {
    lacksOf: (edits = {}) => {
      const known = lists.get(edits) ?? listLacks(host, isThere, edits);
      lists.set(edits, known);
      return known;
    },
    marksOf: (device) => listMarks(host, device),
  };
}

function remember<V>(look: (path: string) => V): (path: string) => V {
  const seen = new Map<string, V>();
  return (path) => {
    const known = seen.get(path);
    if (known !== undefined) return known;
    const found = look(path);
    seen.set(path, found);
    return found;
  };
}

function listLacks(host: SpecHost, isThere: (path: string) => boolean, edits: ContainerEdits): readonly Lack[] {
  const { deviceNodes = [], mounts = [], hooks = [] } = edits;
  const files = [...mounts.map(({ hostPath }) => hostPath), ...hooks.map(({ path }) => path)];
  return [
    ...deviceNodes.flatMap((node) => findLack(host, node) ?? []),
    ...files
      .filter((path) => path.startsWith('/') && !isThere(path))
      .map((path) => ({ path, why: 'missing' }) as const),
  ];
}

function findLack(host: SpecHost, node: DeviceNode): Lack | undefined {
  const path = getHostPath(node);
  if (isFailure(host.deviceInfo(path))) return { path, why: 'missing' };
  return isComplete(node) && markNode(host, node) !== markHostNode(host, path) && node.type !== 'p'
    ? { path, why: 'changed' }
    : undefined;
}

export type SortKey = 'name' | 'spec' | 'stale';

/** Groups by kind, then by file. */
export function groupDevices(view: HostView, devices: Iterable<IndexedDevice>, sort: SortKey): readonly DeviceGroup[] {
  const groups = new Map<string, IndexedDevice[]>();
  for (const device of devices) addTo(groups, `${device.file.spec.kind}\n${device.file.path}`, device);
  return [...groups].sort(([a], [b]) => compareBytes(a, b)).flatMap(([, list]) => makeGroup(view, list, sort) ?? []);
}

function makeGroup(view: HostView, devices: readonly IndexedDevice[], sort: SortKey): DeviceGroup | undefined {
  const [first] = devices;
  if (first === undefined) return undefined;
  const { spec, path } = first.file;
  const sets = new Map<string, IndexedDevice[]>();
  for (const device of devices) {
    const hasNodes = (device.device.containerEdits.deviceNodes ?? []).length > 0;
    addTo(sets, hasNodes ? writeMarks(view.marksOf(device)) : `name ${device.name}`, device);
  }
  const rows = [...sets.values()].flatMap((set): DeviceRow[] => {
    const [shortest, ...others] = sort === 'spec' ? set : set.sort((a, b) => compareNames(a.name, b.name));
    const lacks = view.lacksOf(shortest?.device.containerEdits);
    return shortest === undefined ? [] : [{ names: [shortest, ...others], lacks }];
  });
  return { kind: spec.kind, path, rows: ORDERS[sort](rows), lacks: view.lacksOf(spec.containerEdits) };
}

function writeMarks(marks: readonly string[]): string {
  const [only = ''] = marks;
  return marks.length > 1 ? marks.toSorted(compareBytes).join('\n') : only;
}

function addTo<V>(map: Map<string, V[]>, key: string, value: V): void {
  const list = map.get(key);
  if (list === undefined) map.set(key, [value]);
  else list.push(value);
}

const NUMBERS = /([0-9]+)/;

/** `2` before `10`. */
function compareParts(left: readonly string[], right: readonly string[]): number {
  for (const [index, part] of left.entries()) {
    const other = right[index] ?? '';
    if (part === other) continue;
    const order = index % 2 === 1 ? Number(part) - Number(other) : compareBytes(part, other);
    if (order !== 0) return order;
  }
  return left.length - right.length;
}

/** Each name is taken apart once. */
function sortByName(rows: readonly DeviceRow[]): DeviceRow[] {
  const parts = rows.map((row) => [row, row.names[0].device.name.split(NUMBERS)] as const);
  return parts.sort(([, a], [, b]) => compareParts(a, b)).map(([row]) => row);
}

/** Rows come in the order of their file. */
const ORDERS: { readonly [K in SortKey]: (rows: readonly DeviceRow[]) => readonly DeviceRow[] } = {
  name: sortByName,
  spec: (rows) => rows,
  stale: (rows) => sortByName(rows).sort((a, b) => Number(b.lacks.length > 0) - Number(a.lacks.length > 0)),
};
