// A lease: which container has devices that only so many may have at a time. One small file each.
import type { JsonValue } from '../text/json.ts';

/** A device by the marks of its nodes, or by its name where it has none. */
export type Unit = readonly string[];

/** Who has devices, or asks for them. */
export interface Holder {
  readonly id: string;
  /** absolute */
  readonly bundle: string;
  /** folders in one of which the runtime keeps the container's state */
  readonly roots: readonly string[];
}

export interface Lease extends Holder {
  /** of the run that took it, as in the audit */
  readonly record: string;
  /** RFC 3339 */
  readonly since: string;
  /** the process that took it, which then is the runtime's, and when that began in ticks of the kernel after the boot */
  readonly pid: number;
  readonly startTicks: number;
  readonly devices: readonly string[];
  readonly units: readonly Unit[];
}

/** Whether what is of the one device is of the other as well: the same, or a part of it. */
export function isOverlapping(one: Unit, other: Unit): boolean {
  if (one.length > other.length) return isOverlapping(other, one);
  for (const mark of one) if (!other.includes(mark)) return false;
  return true;
}

export function encodeLease(lease: Lease): JsonValue {
  const { record, since, id, bundle, roots, pid, startTicks, devices, units } = lease;
  return { record, since, id, bundle, roots, pid, startTicks, devices, units };
}

/** Undefined for what no run of ours has written. */
export function decodeLease(value: unknown): Lease | undefined {
  return isLease(value) ? value : undefined;
}

function isLease(value: unknown): value is Lease {
  if (typeof value !== 'object' || value === null) return false;
  const members: Record<string, unknown> = { ...value };
  return (
    ['record', 'since', 'id', 'bundle'].every((key) => typeof members[key] === 'string') &&
    ['pid', 'startTicks'].every((key) => Number.isInteger(members[key])) &&
    isTexts(members['roots']) &&
    isTexts(members['devices']) &&
    Array.isArray(members['units']) &&
    members['units'].every(isTexts)
  );
}

function isTexts(value: unknown): value is readonly string[] {
  return Array.isArray(value) && value.every((entry) => typeof entry === 'string');
}
