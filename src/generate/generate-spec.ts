// From what a generator finds to a spec, or to the reason why there is none.
import type { Fault } from '../cdi/device-name.ts';
import type { Device, Spec } from '../cdi/spec.ts';
import { findLeastVersion } from '../cdi/versions.ts';
import type { DeviceNode } from '../edits/device-node.ts';
import type { ContainerEdits } from '../edits/kinds.ts';
import { compareBytes } from '../text/byte-order.ts';
import { makeDistinctNames } from './device-names.ts';
import type { DeviceTree } from './device-tree.ts';
import type { Generator } from './generator.ts';

/** The vendor of generated specs. */
export const VENDOR = 'cdi-runtime.dev';

/** The device that is all others together. */
const ALL = 'all';

export interface GeneratedSpec {
  /** of the generator */
  readonly id: string;
  readonly spec: Spec;
}

export interface NothingToGenerate {
  readonly id: string;
  /** why there is nothing on this host, and what to do about it */
  readonly nothing: Fault;
}

/**
 * The spec of one kind for a host, with the least version that holds it. Its devices are sorted by name, `all`
 * comes last. The same hardware gives the same names; the nodes are those of now, so the spec is to be made again
 * at each boot and when something is plugged in.
 */
export function generateSpec({ id, find }: Generator, tree: DeviceTree): GeneratedSpec | NothingToGenerate {
  const found = find(tree);
  if ('why' in found) return { id, nothing: found };
  const names = makeDistinctNames(
    found.devices.map((device) => device.names),
    [ALL],
  );
  const devices = found.devices.map(
    ({ nodes }, i): Device => ({ name: names[i] ?? '', containerEdits: makeEdits(nodes) }),
  );
  devices.sort((a, b) => compareBytes(a.name, b.name));
  const nodes = devices.flatMap((device) => device.containerEdits.deviceNodes ?? []);
  const shared = found.shared ?? [];
  const spec: Spec = {
    cdiVersion: '',
    kind: `${VENDOR}/${id}`,
    devices: [...devices, { name: ALL, containerEdits: makeEdits(nodes) }],
    ...(shared.length > 0 ? { containerEdits: makeEdits(shared) } : {}),
  };
  return { id, spec: { ...spec, cdiVersion: findLeastVersion(spec) } };
}

/**
 * Each node once, and the groups whose members alone may open them: not every engine makes the container's user
 * the owner of its nodes.
 */
function makeEdits(nodes: readonly DeviceNode[]): ContainerEdits {
  const deviceNodes = [...new Map(nodes.map((node) => [node.path, node])).values()];
  const gids = new Set(deviceNodes.flatMap(({ gid }) => (gid === undefined ? [] : [gid])));
  return { deviceNodes, ...(gids.size > 0 ? { additionalGids: [...gids].sort((a, b) => a - b) } : {}) };
}
