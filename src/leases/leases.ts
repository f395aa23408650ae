// The leases of this host: where they are, which of them hold, and how one is taken.
import { type Failure, type Host, isFailure, type LockedFolder } from '../host/host.ts';
import { Trust } from '../host/trust.ts';
import { isOrdinaryUser } from '../host/user-folder.ts';
import { CdiError } from '../text/error.ts';
import { writeJson } from '../text/json.ts';
import { quote } from '../text/quote.ts';
import { isLive, parse, readTicks } from './is-live.ts';
import { decodeLease, encodeLease, type Holder, isOverlapping, type Lease, type Unit } from './lease.ts';

/** A device that only so many containers may have at a time. */
export interface Claim {
  /** by the name that it is asked for */
  readonly device: string;
  readonly unit: Unit;
  readonly most: number;
  /** the pattern of `policy.share` */
  readonly pattern: string;
}

const LONGEST_LEASE = 4 << 20;

/** What the files are called; others are unfinished. */
const NAME = /^[0-9a-f]{16}$/;

/**
 * Those that hold now.
 *
 * @param drop is told the files of those that do not any more
 * @throws {CdiError} CANNOT_READ, UNTRUSTED: who may have what is not known
 */
export function readLeases(host: Host, drop: (name: string) => void = () => {}): readonly Lease[] {
  const folder = findLeaseFolder(host);
  const entries = host.listDirectory(folder);
  if (isFailure(entries)) {
    if (entries.errno === 'ENOENT') return [];
    throw refuse('CANNOT_READ', folder, `it cannot be read (${entries.errno})`);
  }
  const problem = new Trust(host).problem(folder);
  if (problem !== undefined) throw refuse('UNTRUSTED', folder, problem);
  return entries.flatMap(({ name }) => {
    if (!NAME.test(name)) return [];
    const path = `${folder}/${name}`;
    const file = host.readFile(path, LONGEST_LEASE);
    // Somebody has found out that it does not hold any more.
    if (isFailure(file) && file.errno === 'ENOENT') return [];
    const lease = isFailure(file) ? undefined : decodeLease(parse(host.text(file)));
    if (lease === undefined) throw refuse('CANNOT_READ', path, 'it is no lease', 'remove it');
    if (isLive(host, lease)) return [lease];
    drop(name);
    return [];
  });
}

/** In a folder that does not outlast a reboot, which no container does. */
function findLeaseFolder(host: Host): string {
  if (!isOrdinaryUser(host)) return '/run/cdi-runtime/leases';
  const own = host.environment('XDG_RUNTIME_DIR');
  if (own?.startsWith('/')) return `${own}/cdi-runtime/leases`;
  throw new CdiError('CANNOT_READ', {
    what: 'find out which devices are free',
    why: 'XDG_RUNTIME_DIR, below which an ordinary user has the leases, is not set',
    hint: 'start the engine from a session of the user',
  });
}

/** Who has a device, but for the asker; and for how many others that is too much. */
export function findHolders(leases: readonly Lease[], unit: Unit, asker: Partial<Holder>): readonly Lease[] {
  const others = leases.filter(
    (lease) => !isOf(lease, asker) && lease.units.some((other) => isOverlapping(unit, other)),
  );
  // A container may have been created more than once.
  return [...new Map(others.map((lease) => [`${lease.id}\0${lease.bundle}\0${lease.roots.join()}`, lease])).values()];
}

function isOf(lease: Lease, { id, bundle, roots }: Partial<Holder>): boolean {
  if (bundle !== lease.bundle) return false;
  return (id ?? lease.id) === lease.id && (roots ?? lease.roots).join() === lease.roots.join();
}

/** The first claim that cannot be met. */
function findFull(
  leases: readonly Lease[],
  claims: readonly Claim[],
  asker: Partial<Holder>,
): { readonly claim: Claim; readonly holders: readonly Lease[] } | undefined {
  for (const claim of claims) {
    const holders = findHolders(leases, claim.unit, asker);
    if (holders.length >= claim.most) return { claim, holders };
  }
  return undefined;
}

/**
 * Takes what is claimed, if that is still free. The folder stays locked until it is released.
 *
 * @returns undefined where somebody was quicker
 * @throws {CdiError} CANNOT_READ, CANNOT_WRITE, UNTRUSTED
 */
export function takeLease(
  host: Host,
  lock: NonNullable<Host['lock']>,
  claims: readonly Claim[],
  holder: Holder & Pick<Lease, 'record' | 'since'>,
): LockedFolder | undefined {
  const folder = findLeaseFolder(host);
  const locked = lock(folder);
  if (isFailure(locked)) throw refuse('CANNOT_WRITE', folder, reasons[locked.errno] ?? describe(locked));
  const leases = readLeases(host, (name) => locked.remove(name));
  if (findFull(leases, claims, holder) !== undefined) {
    locked.release();
    return undefined;
  }
  const { record, since, id, bundle, roots } = holder;
  const { pid } = locked;
  const startTicks = readTicks(host, pid);
  if (startTicks === undefined) throw refuse('CANNOT_WRITE', folder, 'the kernel does not tell of this process');
  const lease: Lease = {
    ...{ record, since, id, bundle, roots, pid, startTicks },
    devices: [...new Set(claims.map(({ device }) => device))],
    units: claims.map(({ unit }) => unit),
  };
  const failure = locked.write(record, `${writeJson(encodeLease(lease))}\n`);
  if (failure !== undefined) throw refuse('CANNOT_WRITE', folder, reasons[failure.errno] ?? describe(failure));
  return locked;
}

function describe({ errno }: Failure): string {
  return `it was refused (${errno})`;
}

const reasons: Readonly<Record<string, string>> = {
  EACCES: 'this user may not write there',
  ENOENT: 'the folder that it is to be made in is missing',
  ENOTDIR: 'a file stands where a folder should be',
  ELOOP: 'it is a link',
  ENOSPC: 'the disk is full',
  EROFS: 'the file system is read-only',
  ETIMEDOUT: 'others have its lock for too long',
};

function refuse(
  code: 'CANNOT_READ' | 'CANNOT_WRITE' | 'UNTRUSTED',
  path: string,
  why: string,
  hint = 'correct that: no container gets devices of policy.share meanwhile',
): CdiError {
  const what = code === 'CANNOT_WRITE' ? 'take a lease in' : code === 'UNTRUSTED' ? 'trust' : 'read';
  return new CdiError(code, { what: `${what} ${quote(path)}`, path, why, hint });
}
