// Devices that only so many containers may have at a time: which those are, what of them is asked for, and who has it.
import type { DeviceLookup } from '../edits/device-lookup.ts';
import type { ContainerEdits } from '../edits/kinds.ts';
import { getHostPath } from '../edits/node-finding.ts';
import { type Mark, markHostNode, markNode } from '../edits/node-mark.ts';
import type { Host } from '../host/host.ts';
import type { Trust } from '../host/trust.ts';
import type { Holder, Lease, Unit } from '../leases/lease.ts';
import { type Claim, findHolders, readLeases } from '../leases/leases.ts';
import type { DeviceIndex, IndexedDevice } from '../registry/device-index.ts';
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

/** A device that is shared, by all its names. */
interface Shared {
  readonly unit: Unit;
  readonly most: number;
  readonly pattern: string;
}

/** What `policy.share` comes to for one container. */
export class Shares {
  readonly #host: Host;
  readonly #share: Settings['policy']['share'];
  readonly #asker: Partial<Holder>;
  #leases: readonly Lease[] | undefined;

  constructor(host: Host, share: Settings['policy']['share'], asker: Partial<Holder> = {}) {
    this.#host = host;
    this.#share = share;
    this.#asker = asker;
  }

  /**
   * What requests take of what is shared. Nothing is looked at where nothing is.
   *
   * @throws {CdiError} CANNOT_READ, UNTRUSTED where leases cannot be read
   */
  claim(units: Units, requests: readonly DeviceRequest[]): readonly HeldClaim[] {
    const patterns = Object.entries(this.#share);
    if (patterns.length === 0 || requests.length === 0) return [];
    const shared = units.byMark(patterns);
    return requests.flatMap((request) =>
      findParts(shared, units.of(request.device)).map(({ unit, most, pattern }): HeldClaim => {
        this.#leases ??= readLeases(this.#host);
        const holders = findHolders(this.#leases, unit, this.#asker);
        return { device: request.device, unit, most, pattern, request, holders };
      }),
    );
  }
}

/** The devices of an index by what is theirs on the host. */
export class Units {
  readonly #lookup: DeviceLookup;
  readonly #index: DeviceIndex;
  readonly #known = new Map<string, Unit>();
  #byMark: ReadonlyMap<Mark, readonly Shared[]> | undefined;

  constructor(host: Host, trust: Trust, index: DeviceIndex) {
    this.#lookup = {
      deviceInfo: (path) => host.deviceInfo(path.startsWith('/') ? trust.trail(path).place : path),
    };
    this.#index = index;
  }

  /** The nodes of a device, or else those of its spec as a whole; of one without any, its name. */
  of(name: string): Unit {
    let unit = this.#known.get(name);
    if (unit === undefined) {
      unit = this.#find(name, this.#index.devices.get(name));
      this.#known.set(name, unit);
    }
    return unit;
  }

  /** Those that the patterns of `policy.share` are about. */
  byMark(patterns: readonly (readonly [pattern: string, most: number])[]): ReadonlyMap<Mark, readonly Shared[]> {
    this.#byMark ??= indexMarks(
      [...this.#index.devices.keys()].flatMap((name) =>
        patterns.flatMap(([pattern, most]) =>
          matchesGlob(pattern, name) ? { unit: this.of(name), most, pattern } : [],
        ),
      ),
    );
    return this.#byMark;
  }

  #find(name: string, found: IndexedDevice | undefined): Unit {
    const own = this.#mark(found?.device.containerEdits);
    const marks = own.length > 0 ? own : this.#mark(found?.file.spec.containerEdits);
    return marks.length > 0 ? [...new Set(marks)].sort() : [`device ${name}`];
  }

  /** Where a spec has other numbers than the host, both count. A node of the host may be mounted as well. */
  #mark({ deviceNodes = [], mounts = [] }: ContainerEdits = {}): readonly Mark[] {
    const ofNodes = deviceNodes.flatMap((node) => {
      const path = getHostPath(node);
      const marks = [markNode(this.#lookup, node), markHostNode(this.#lookup, path)].flatMap((mark) => mark ?? []);
      return marks.length > 0 ? marks : [`node ${path}`];
    });
    return [...ofNodes, ...mounts.flatMap(({ hostPath }) => markHostNode(this.#lookup, hostPath) ?? [])];
  }
}

/** By their marks, what is one device once: with the smallest number. */
function indexMarks(list: readonly Shared[]): ReadonlyMap<Mark, readonly Shared[]> {
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
function findParts(byMark: ReadonlyMap<Mark, readonly Shared[]>, unit: Unit): readonly Shared[] {
  return findWithin(byMark, unit).filter((part) =>
    findWithin(byMark, part.unit).every((smaller) => smaller.unit.length === part.unit.length),
  );
}

function findWithin(byMark: ReadonlyMap<Mark, readonly Shared[]>, unit: Unit): readonly Shared[] {
  const counts = new Map<Shared, number>();
  for (const mark of unit)
    for (const shared of byMark.get(mark) ?? []) counts.set(shared, (counts.get(shared) ?? 0) + 1);
  return [...counts].flatMap(([shared, count]) => (count === shared.unit.length ? shared : []));
}

/** Of some devices those that are not several of the others together, as `all` is. */
export function listSingle(units: Units, names: readonly string[]): readonly string[] {
  const byMark = indexMarks(names.map((name) => ({ unit: units.of(name), most: 0, pattern: '' })));
  return names.filter((name) => {
    const { length } = units.of(name);
    return findWithin(byMark, units.of(name)).filter(({ unit }) => unit.length < length).length < 2;
  });
}

/** For people: `container "web" (bundle "/b", state in "/run/runc") since 2026-03-01T08:15:30.042Z`. */
function describeHolder({ id, bundle, roots, since }: Lease): string {
  return `container ${quote(id)} (bundle ${quote(bundle)}, state in ${roots.map(quote).join(' or ')}) since ${since}`;
}

export function makeHeldError({ request, most, pattern, holders }: HeldClaim): CdiError {
  const { device, asked } = request;
  const chosen = asked === undefined ? '' : ` for ${quote(asked)}, of which none is free`;
  const rule = `policy.share ${quote(pattern)} of the settings lets ${most} have it`;
  return new CdiError('DEVICE_HELD', {
    what: `inject device ${quote(device)}${chosen} (asked for by ${describeSource(request)})`,
    why: `it is held by ${holders.map(describeHolder).join(', and by ')}; ${rule}`,
    hint: 'end that container, or ask for another device',
  });
}
