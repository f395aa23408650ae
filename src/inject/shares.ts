// Devices that only so many containers may have at a time: which those are, what of them is asked for, and who has it.
import type { ContainerEdits } from '../edits/kinds.ts';
import { getHostPath } from '../edits/node-finding.ts';
import { type Mark, markHostNode, markNode } from '../edits/node-mark.ts';
import type { Host } from '../host/host.ts';
import type { Trust } from '../host/trust.ts';
import type { Holder, Lease, Unit } from '../leases/lease.ts';
import { type Claim, findHolders, readLeases } from '../leases/leases.ts';
import type { DeviceIndex } from '../registry/device-index.ts';
import { type DeviceRequest, describeSource } from '../requests/request.ts';
import type { Settings } from '../settings/settings.ts';
import { CdiError } from '../text/error.ts';
import { matchesGlob } from '../text/glob.ts';
import { quote } from '../text/quote.ts';

/** A claim with the containers that have its device now, but for who asks. */
export interface HeldClaim extends Claim {
  readonly request: DeviceRequest;
  readonly holders: readonly Lease[];
}

/** What is a device's own on the host, by the device's name. */
export type FindUnit = (device: string) => Unit;

/** What a request takes of what is shared. */
export type FindClaims = (request: DeviceRequest) => readonly HeldClaim[];

export function isSharing(share: Settings['policy']['share']): boolean {
  for (const pattern in share) return pattern !== '';
  return false;
}

/** The units of an index: the nodes of a device, or else those of its spec as a whole; of one without any, its name. */
export function keepUnits(host: Host, trust: Trust, { devices }: DeviceIndex): FindUnit {
  const known = new Map<string, Unit>();
  const lookup: Pick<Host, 'deviceInfo'> = {
    deviceInfo: (path) => host.deviceInfo(path.startsWith('/') ? trust.trail(path).place : path),
  };
  // Where a spec has other numbers than the host, both count. A node of the host may be mounted as well.
  const mark = ({ deviceNodes = [], mounts = [] }: ContainerEdits = {}): readonly Mark[] => {
    const marks = new Set<Mark>();
    for (const node of deviceNodes) {
      const path = getHostPath(node);
      const there = markHostNode(lookup, path);
      marks.add(markNode(lookup, node) ?? `node ${path}`);
      if (there !== undefined) marks.add(there);
    }
    for (const { hostPath } of mounts) {
      const there = markHostNode(lookup, hostPath);
      if (there !== undefined) marks.add(there);
    }
    return [...marks].sort();
  };
  return (name) => {
    let unit = known.get(name);
    if (unit === undefined) {
      const found = devices.get(name);
      unit = mark(found?.device.containerEdits);
      if (unit.length === 0) unit = mark(found?.file.spec.containerEdits);
      if (unit.length === 0) unit = [`device ${name}`];
      known.set(name, unit);
    }
    return unit;
  };
}

/** @throws {CdiError} CANNOT_READ, UNTRUSTED where leases cannot be read */
export function keepClaims(
  host: Host,
  share: Settings['policy']['share'],
  asker: Partial<Holder>,
  index: DeviceIndex,
  findUnit: FindUnit,
): FindClaims {
  const findShared = keepShared(share, index, findUnit);
  let leases: readonly Lease[] | undefined;
  return (request) =>
    findShared(request.device).map((part): HeldClaim => {
      leases ??= readLeases(host);
      return { ...part, device: request.device, request, holders: findHolders(leases, part.unit, asker) };
    });
}

/** What of a device only so many may have. */
export function keepShared(
  share: Settings['policy']['share'],
  { devices }: DeviceIndex,
  findUnit: FindUnit,
): (device: string) => readonly Shared[] {
  const shared: Shared[] = [];
  for (const name of devices.keys()) {
    for (const pattern in share) {
      const most = share[pattern];
      if (most !== undefined && matchesGlob(pattern, name)) shared.push({ unit: findUnit(name), most, pattern });
    }
  }
  const byMark = indexMarks(shared);
  return (device) => findParts(byMark, findUnit(device));
}

type Shared = Pick<Claim, 'unit' | 'most' | 'pattern'>;
type ByMark = ReadonlyMap<Mark, readonly Shared[]>;

/** By their marks, what is one device once: with the smallest number. */
function indexMarks(list: readonly Shared[]): ByMark {
  const byKey = new Map<string, Shared>();
  for (const shared of list) {
    const key = shared.unit.join();
    const known = byKey.get(key);
    if (known === undefined || known.most > shared.most) byKey.set(key, shared);
  }
  const byMark = new Map<Mark, Shared[]>();
  for (const shared of byKey.values()) {
    for (const mark of shared.unit) {
      const known = byMark.get(mark);
      if (known === undefined) byMark.set(mark, [shared]);
      else known.push(shared);
    }
  }
  return byMark;
}

/** The devices that are part of one: the smallest, so that who has all of them has each. */
function findParts(byMark: ByMark, unit: Unit): readonly Shared[] {
  return findWithin(byMark, unit).filter((part) =>
    findWithin(byMark, part.unit).every((smaller) => smaller.unit.length === part.unit.length),
  );
}

function findWithin(byMark: ByMark, unit: Unit): readonly Shared[] {
  const counts = new Map<Shared, number>();
  for (const mark of unit)
    for (const shared of byMark.get(mark) ?? []) counts.set(shared, (counts.get(shared) ?? 0) + 1);
  return [...counts.keys()].filter((shared) => counts.get(shared) === shared.unit.length);
}

/** Of some devices those that are not several of the others together, as `all` is. */
export function listSingle(findUnit: FindUnit, names: readonly string[]): readonly string[] {
  const byMark = indexMarks(names.map((name) => ({ unit: findUnit(name), most: 0, pattern: '' })));
  return names.filter((name) => {
    const unit = findUnit(name);
    return findWithin(byMark, unit).filter((other) => other.unit.length < unit.length).length < 2;
  });
}

export function isFull({ holders, most }: HeldClaim): boolean {
  return holders.length >= most;
}

export function makeHeldError({ request, most, pattern, holders }: HeldClaim): CdiError {
  const { device, asked } = request;
  const who = holders.map(
    ({ id, bundle, roots, since }) =>
      `container ${quote(id)} (bundle ${quote(bundle)}, state in ${roots.map(quote).join(' or ')}) since ${since}`,
  );
  const chosen = asked === undefined ? '' : ` for ${quote(asked)}, of which none is free`;
  return new CdiError('DEVICE_HELD', {
    what: `inject device ${quote(device)}${chosen} (asked for by ${describeSource(request)})`,
    why: `it is held by ${who.join(', and by ')}; policy.share ${quote(pattern)} of the settings lets ${most} have it`,
    hint: 'end that container, or ask for another device',
  });
}
