// A line of the audit as text: bounded, so that no flood of requests fills a disk, with a time that sorts as text.
import type { Receipt } from '../inject/receipt.ts';
import { countBytes } from '../text/byte-order.ts';
import { type JsonValue, writeJson } from '../text/json.ts';
import { escapeSteering } from '../text/steering.ts';
import { writeTime } from './failure-line.ts';

/** What readers may count on, in bytes with the line feed. */
export const LONGEST_LINE = 65_536;

/** Of a character of UTF-16, when it is escaped. */
const MOST_BYTES = 6;

const ALL: number = Number.POSITIVE_INFINITY;

/** The first of these that makes the line short enough. */
const BOUNDS: readonly Bound[] = [
  { entries: ALL, characters: ALL, devices: ALL },
  { entries: 100, characters: 1000, devices: ALL },
  { entries: 32, characters: 300, devices: ALL },
  { entries: 4, characters: 200, devices: ALL },
  // At `MOST_BYTES` a character this is within any doubt.
  { entries: 4, characters: 200, devices: 4 },
];

/** How many entries of each list, and characters of each text; and how many devices at least by their names. */
interface Bound {
  readonly entries: number;
  readonly characters: number;
  readonly devices: number;
}

/**
 * One line. Of what is too long it has the first entries, and in `counts` how many there are; of what a container gets
 * the others by name, so that nobody hides a device behind others.
 *
 * @param write spells it
 */
export function writeAuditLine(receipt: Receipt, write: typeof writeJson = writeJson): string {
  let line = '';
  for (const bound of BOUNDS) {
    const text = write(bound.entries === ALL ? receipt : shorten(receipt, bound));
    // No escape makes it shorter; the last bound is always short enough.
    if (text.length >= LONGEST_LINE) continue;
    // Who writes it escapes what steers by himself: only of a long one it has to be known what comes of that.
    if (bound.entries === ALL && text.length * MOST_BYTES < LONGEST_LINE) return `${text}\n`;
    line = `${escapeSteering(text)}\n`;
    if (line.length * 3 <= LONGEST_LINE || countBytes(line) <= LONGEST_LINE) break;
  }
  return line;
}

/** UTC with milliseconds: lines of one second are told apart, and texts sort as times do. */
export function writeAuditTime(milliseconds: number): string {
  const whole = Math.floor(milliseconds);
  return `${writeTime(whole).slice(0, -1)}.${String(whole % 1000).padStart(3, '0')}Z`;
}

function shorten(receipt: Receipt, bound: Bound): Receipt {
  const { entries, characters } = bound;
  const members = Object.entries(receipt);
  const most = (key: string): number => (key === 'devices' ? Math.max(entries, bound.devices) : entries);
  const cut = members.filter(([key, value]) => isList(value) && value.length > most(key));
  const counts = cut.map(([key, value]) => [key, isList(value) ? value.length : 0] as const);
  return {
    ...Object.fromEntries(
      members.map(([key, value]) => {
        const short = shortenValue(value, entries, characters);
        if (key !== 'devices' || !isList(short) || !isList(value)) return [key, short];
        return [key, [...short, ...value.slice(entries, most(key)).map(keepName)]];
      }),
    ),
    counts: counts.length === 0 ? undefined : Object.fromEntries(counts),
  };
}

function shortenValue(value: JsonValue | undefined, entries: number, characters: number): JsonValue | undefined {
  if (typeof value === 'string') return value.length <= characters ? value : `${value.slice(0, characters - 1)}…`;
  if (isList(value)) return value.slice(0, entries).map((entry) => shortenValue(entry, entries, characters) ?? null);
  if (typeof value !== 'object' || value === null) return value;
  const members = Object.entries(value);
  for (const member of members) member[1] = shortenValue(member[1], entries, characters);
  return Object.fromEntries(members);
}

function keepName(device: JsonValue): JsonValue {
  return Object.fromEntries(Object.entries(device ?? {}).filter(([key]) => key === 'name'));
}

function isList(value: JsonValue | undefined): value is readonly JsonValue[] {
  return Array.isArray(value);
}
