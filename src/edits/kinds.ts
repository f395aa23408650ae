// The kinds of container edits: a new one is a file of its own and a row here, without which it does not compile.
import type { JsonValue } from '../text/json.ts';
import { type DeviceNode, deviceNodes } from './device-node.ts';
import { env } from './env.ts';
import { additionalGids } from './gids.ts';
import { type Hook, hooks } from './hook.ts';
import { type IntelRdt, intelRdt } from './intel-rdt.ts';
import type { EditKind } from './kind.ts';
import { type Mount, mounts } from './mount.ts';
import { type NetDevice, netDevices } from './net-device.ts';

/** What changes in a container. */
export interface ContainerEdits {
  /** variables as `NAME=value`; each takes the place of one of that name. CDI "OCI Edits" */
  readonly env?: readonly string[] | undefined;
  /** device nodes, each with the cgroup rule that lets it be opened. CDI "OCI Edits"; OCI config-linux "Devices" */
  readonly deviceNodes?: readonly DeviceNode[] | undefined;
  /**
   * network interfaces that move from the host into the container. From 1.1.0. CDI "OCI Edits"; OCI config-linux
   * "Network Devices"
   */
  readonly netDevices?: readonly NetDevice[] | undefined;
  /**
   * programs that the runtime runs at points of the container's life. CDI "OCI Edits"; OCI config "POSIX-platform
   * Hooks"
   */
  readonly hooks?: readonly Hook[] | undefined;
  /**
   * files and folders of the host; each takes the place of one with the same destination. CDI "OCI Edits"; OCI config
   * "Mounts"
   */
  readonly mounts?: readonly Mount[] | undefined;
  /**
   * a class of service for the processor's cache and memory bandwidth; of several the last one counts. From 0.7.0.
   * CDI "OCI Edits"; OCI config-linux "IntelRdt"
   */
  readonly intelRdt?: IntelRdt | undefined;
  /**
   * group ids that the container's process has besides its own; 0 does nothing. From 0.7.0. CDI "OCI Edits"; OCI
   * config "User"
   */
  readonly additionalGids?: readonly number[] | undefined;
}

export type KindName = keyof ContainerEdits;

/** Any of the kinds, for what is the same with all of them. */
export type AnyKind = EditKind<KindName, JsonValue, JsonValue>;

type ValueOf<Name extends KindName> = NonNullable<ContainerEdits[Name]>;
type ItemOf<Name extends KindName> = ValueOf<Name> extends readonly (infer Item)[] ? Item : ValueOf<Name>;

/** In the order of the specification, in which they are written. */
const ROWS: { readonly [Name in KindName]: EditKind<Name, ItemOf<Name> & JsonValue, ValueOf<Name>> } = {
  env,
  deviceNodes,
  netDevices,
  hooks,
  mounts,
  intelRdt,
  additionalGids,
};

export const KINDS: readonly AnyKind[] = Object.values(ROWS);

export function findKind(name: KindName): AnyKind {
  return ROWS[name];
}

/** The kinds in another order; those that it does not name come last. */
export function sortKinds(names: readonly KindName[]): readonly AnyKind[] {
  const kinds: AnyKind[] = [];
  for (const name of names) kinds.push(ROWS[name]);
  for (const kind of KINDS) if (!kinds.includes(kind)) kinds.push(kind);
  return kinds;
}

/** What edits have of a kind: all of a list, or the one thing. */
export function listItems(edits: ContainerEdits, name: KindName): readonly JsonValue[] {
  const value: JsonValue | undefined = edits[name];
  if (value === undefined || value === null) return NOTHING;
  return Array.isArray(value) ? value : [value];
}

const NOTHING: readonly never[] = [];

export function isRecord(item: JsonValue): item is { readonly [field: string]: JsonValue | undefined } {
  return typeof item === 'object' && item !== null && !Array.isArray(item);
}

/** An empty `intelRdt` and a group 0 are edits, empty lists are not. */
export function isEmpty(edits: ContainerEdits): boolean {
  for (const { name } of KINDS) if (listItems(edits, name).length > 0) return false;
  return true;
}
