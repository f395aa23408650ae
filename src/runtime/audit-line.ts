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
/** Texts of which each character is one byte, and stays as it is. */
const PLAIN = /^[ -~]*$/;

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
 */
export function writeAuditLine(receipt: Receipt): string {
  let line = '';
  for (const bound of BOUNDS) {
    const text = writeJson(bound.entries === ALL ? receipt : shorten(receipt, bound));
    // No escape makes it shorter; the last bound is always short enough.
    if (text.length >= LONGEST_LINE) continue;
    // Who writes it escapes what steers by himself: only of a long one it has to be known what comes of that.
    const isShort = bound.entries === ALL && text.length * MOST_BYTES < LONGEST_LINE;
    if (isShort || PLAIN.test(text)) return `${text}\n`;
    line = `${escapeSteering(text)}\n`;
    if (countBytes(line) <= LONGEST_LINE) break;
  }
  return line;
}

/** UTC with milliseconds: lines of one second are told apart, and texts sort as times do. */
export function writeAuditTime(milliseconds: number): string {
  const whole = Math.floor(milliseconds);
  return `${writeTime(whole).slice(0, -1)}.${String(whole % 1000).padStart(3, '0')}Z`;
}

/** Members are added one by one: in the shim's engine it takes ten times as long by way of lists of them. */
interface Shortened {
  [key: string]: JsonValue | undefined;
}

function shorten(receipt: Receipt, { entries, characters, devices }: Bound): Receipt {
  const short: Shortened = {};
  const counts: Shortened = {};
  let isCut = false;
  for (const key in receipt) {
    const value = receipt[key];
    const kept = shortenValue(value, entries, characters);
    const most = key === 'devices' ? Math.max(entries, devices) : entries;
    short[key] = isList(value) && isList(kept) ? [...kept, ...value.slice(entries, most).map(keepName)] : kept;
    if (!isList(value) || value.length <= most) continue;
    counts[key] = value.length;
    isCut = true;
  }
  if (isCut) short['counts'] = counts;
  return short;
}

function shortenValue(value: JsonValue | undefined, entries: number, characters: number): JsonValue | undefined {
  if (typeof value === 'string') return value.length <= characters ? value : `${value.slice(0, characters - 1)}…`;
  if (isList(value)) return value.slice(0, entries).map((entry) => shortenValue(entry, entries, characters) ?? null);
  if (typeof value !== 'object' || value === null) return value;
  const short: Shortened = {};
  for (const key in value) short[key] = shortenValue(value[key], entries, characters);
  return short;
}

function keepName(device: JsonValue): JsonValue {
  return typeof device === 'object' && device !== null && !isList(device) ? { name: device['name'] } : null;
}

function isList(value: JsonValue | undefined): value is readonly JsonValue[] {
  return Array.isArray(value);
}
