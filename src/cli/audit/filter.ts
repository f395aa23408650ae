// Which records of the audit are wanted, by the options of a command line.
import { matchesGlob } from '../../text/glob.ts';
import { quote } from '../../text/quote.ts';
import type { Arguments } from '../command.ts';
import { UsageError } from '../usage-error.ts';
import { type AuditRecord, getList, getText } from './lines.ts';

/** @throws {UsageError} for a time that is none */
export function makeAuditFilter(given: Arguments, now: number): (record: AuditRecord) => boolean {
  const containers = given.values('container');
  const devices = given.values('device');
  const outcomes = given.values('outcome');
  const since = given.value('since');
  const earliest = since === undefined ? Number.NEGATIVE_INFINITY : readSince(since, now);
  return ({ value, time }) =>
    time >= earliest &&
    (containers.length === 0 || containers.some((id) => getText(value, 'id').startsWith(id))) &&
    (outcomes.length === 0 || outcomes.includes(getText(value, 'outcome'))) &&
    (devices.length === 0 ||
      devices.some((glob) => listAuditDevices(value).some((device) => matchesGlob(glob, device))));
}

/** What was asked for, whether or not the container got it. */
export function listAuditDevices(value: unknown): readonly string[] {
  return getList(value, 'requests').map((request) => getText(request, 'device'));
}

const UNITS: Readonly<Record<string, number>> = { s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 };

/** A time as people write it, or how long ago. */
function readSince(text: string, now: number): number {
  const [, count, unit = ''] = /^([0-9]{1,9})([smhd])$/.exec(text) ?? [];
  if (count !== undefined) return now - Number(count) * (UNITS[unit] ?? 0);
  const isTime = /^[0-9]{4}-[0-9]{2}-[0-9]{2}(?:[T ][0-9]{2}:[0-9]{2}.*)?$/.test(text);
  const time = isTime ? Date.parse(text) : Number.NaN;
  if (!Number.isNaN(time)) return time;
  const hint = 'write it as 90m, 12h, 7d, 2026-01-31, or 2026-01-31T08:00:00Z';
  throw new UsageError(`option --since is ${quote(text)}, which is no time`, hint);
}
