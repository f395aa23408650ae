// What the registry has for each resource now: its devices, where they are, and what keeps them from being used.
import type { SourcedEdits } from '../../edits/apply.ts';
import { getHostPath } from '../../edits/node-finding.ts';
import { type DeviceInfo, isFailure } from '../../host/host.ts';
import { checkEdits } from '../../inject/check-edits.ts';
import { SpecSources } from '../../inject/spec-sources.ts';
import { indexDevices } from '../../registry/device-index.ts';
import { makeConflictError, resolveDevices } from '../../registry/resolve.ts';
import { explainStop, scanSpecs } from '../../registry/scan.ts';
import { compareBytes } from '../../text/byte-order.ts';
import type { Context } from '../command.ts';
import type { Unit } from './messages.ts';
import { findNumaNode } from './numa-node.ts';
import { chooseOwnDevices, listThings, writeIdentity } from './own-devices.ts';
import type { Resource } from './resource.ts';
import { chooseIds } from './unit-ids.ts';

export interface PluginDevice {
  /** qualified */
  readonly name: string;
  /** why no container can have it; undefined for a healthy one */
  readonly trouble: string | undefined;
  readonly numaNode: number | undefined;
}

/** What the kubelet is told of a resource. */
export interface Offer {
  readonly devices: readonly PluginDevice[];
  readonly units: readonly Unit[];
  /** by the id of a unit */
  readonly byId: ReadonlyMap<string, PluginDevice>;
  /** how many units there are too many */
  readonly surplus: number;
}

export interface Look {
  /** by the name of the resource */
  readonly offers: ReadonlyMap<string, Offer>;
  /** what is wrong with specs that may concern the resources, one sentence each */
  readonly errors: readonly string[];
  /** directories of the host in which something decides whether devices can be used */
  readonly directories: readonly string[];
  /** what is to be known at the next look */
  readonly memory: Memory;
}

export interface Memory {
  /** qualified names of the devices that are offered */
  readonly chosen: readonly string[];
  /** which device a path led to when it was there last */
  readonly identities: ReadonlyMap<string, string>;
  /** by the name of the resource: the ids of devices by what of the host they are */
  readonly ids: ReadonlyMap<string, ReadonlyMap<string, string>>;
}

/** What the API says of ids; nobody checks it. */
const LONGEST_ID = 63;
/** A message of gRPC has at most 4 MiB, and a unit less than 100 bytes. */
const MOST_UNITS = 40_000;

interface Found {
  readonly name: string;
  readonly rank: number;
  readonly things: ReadonlySet<string>;
  readonly edits: readonly SourcedEdits[];
}

/**
 * @param sysfs where that is mounted
 * @throws {CdiError} where there are more specs than the settings allow
 */
export function lookAtDevices(context: Context, resources: readonly Resource[], sysfs: string, memory: Memory): Look {
  const { settings } = context.settings();
  const sources = new SpecSources(context.host, settings.limits, settings.trust.owner);
  const way = sources.ofKinds(resources.map(({ kind }) => kind));
  const scan = scanSpecs(context.specDirs(), settings.limits, way);
  const index = indexDevices(scan.specs);
  const identities = new Map<string, string>();
  const identify = (path: string): string => {
    const info = context.host.deviceInfo(path);
    const isThere = !isFailure(info) && (info.type === 'b' || info.type === 'c');
    const identity = isThere ? `${info.type} ${info.major}:${info.minor}` : memory.identities.get(path);
    if (identity !== undefined) identities.set(path, identity);
    return identity ?? `path ${path}`;
  };
  const ranks = new Map(resources.map(({ kind }, rank) => [kind, rank]));
  const found = [...index.devices.values()].flatMap(({ name, device, file }): readonly Found[] => {
    const rank = ranks.get(`${file.vendor}/${file.class}`);
    if (rank === undefined) return [];
    const { edits } = resolveDevices(index, [name]);
    return [{ name, rank, things: listThings(device.containerEdits, identify), edits }];
  });
  const chosen = chooseOwnDevices(found, memory.chosen);
  const recipient = { runtime: undefined, hasUserNamespace: () => false };
  const judge = ({ name, edits }: Found): PluginDevice => {
    const { refusal } = checkEdits(context.host, edits, sources, { ...settings, stale: 'fail' }, recipient);
    const numaNode = findPlace(context, sysfs, edits);
    return { name, trouble: refusal?.message, numaNode };
  };
  const ids = new Map<string, ReadonlyMap<string, string>>();
  const offers = resources.map(({ name, replicas }, rank) => {
    const own = chosen.filter((device) => device.rank === rank).sort((a, b) => compareBytes(a.name, b.name));
    const named = own.map((device) => ({ name: cutKind(device.name), identity: writeIdentity(device) }));
    const longest = LONGEST_ID - writeShare(replicas - 1, replicas).length;
    const chosenIds = chooseIds(named, memory.ids.get(name) ?? new Map(), longest);
    ids.set(name, chosenIds);
    const bases = named.map(({ identity }) => chosenIds.get(identity) ?? '');
    return [name, makeOffer(own.map(judge), bases, replicas)] as const;
  });
  const conflicts = [...index.conflicts]
    .filter(([name]) => ranks.has(name.slice(0, name.indexOf('='))))
    .map(([name, files]) => makeConflictError(name, files, files[0] ?? '').message);
  return {
    offers: new Map(offers),
    errors: [
      ...[...scan.errors.values()].map(({ message }) => message),
      ...conflicts,
      ...(scan.stopped === undefined ? [] : [explainStop(scan.stopped)]),
    ],
    directories: [...new Set(chosen.flatMap(({ edits }) => edits.flatMap(listDirectories)))].sort(compareBytes),
    memory: { chosen: chosen.map(({ name }) => name), identities, ids },
  };
}

/** The first of its nodes that is on one. */
function findPlace({ host }: Context, sysfs: string, edits: readonly SourcedEdits[]): number | undefined {
  const own = edits.at(-1)?.edits.deviceNodes ?? [];
  for (const node of own) {
    const info: DeviceInfo | { readonly errno: string } = host.deviceInfo(getHostPath(node));
    const numaNode = isFailure(info) ? undefined : findNumaNode(sysfs, info);
    if (numaNode !== undefined) return numaNode;
  }
  return undefined;
}

function listDirectories({ edits: { deviceNodes = [], mounts = [], hooks = [] } }: SourcedEdits): readonly string[] {
  const paths = [
    ...deviceNodes.map(getHostPath),
    ...mounts.map(({ hostPath }) => hostPath),
    ...hooks.map(({ path }) => path),
  ];
  return paths.filter((path) => path.startsWith('/')).map((path) => path.slice(0, path.lastIndexOf('/')) || '/');
}

function cutKind(name: string): string {
  return name.slice(name.indexOf('=') + 1);
}

/** A name has no slash, so that one tells the shares of a device apart. */
function writeShare(share: number, replicas: number): string {
  return replicas === 1 ? '' : `/${share}`;
}

/** @param bases of the ids, one for each device */
function makeOffer(devices: readonly PluginDevice[], bases: readonly string[], replicas: number): Offer {
  const all = devices.flatMap((device, place) =>
    Array.from({ length: replicas }, (_, share) => ({ id: `${bases[place]}${writeShare(share, replicas)}`, device })),
  );
  const kept = all.slice(0, MOST_UNITS);
  return {
    devices,
    units: kept.map(({ id, device: { trouble, numaNode } }) => ({ id, isHealthy: trouble === undefined, numaNode })),
    byId: new Map(kept.map(({ id, device }) => [id, device])),
    surplus: all.length - kept.length,
  };
}
