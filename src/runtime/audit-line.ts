// A line of the audit as text: bounded, so that no flood of requests fills a disk, with a time that sorts as text.
import type { Receipt } from '../inject/receipt.ts';
import { countBytes } from '../text/byte-order.ts';
import { type JsonValue, writeJson } from '../text/json.ts';
import { writeTime } from './failure-line.ts';

/** What readers may count on, in bytes with the line feed. */
export const LONGEST_LINE = 65_536;

/** How many entries of each list, and characters of each text: the first of these that makes the line short enough. */
const BOUNDS: readonly (readonly [entries: number, characters: number])[] = [
  [Number.POSITIVE_INFINITY, Number.POSITIVE_INFINITY],
  [100, 1000],
  [32, 300],
  // At six bytes a character this is within any doubt.
  [4, 200],
];

/** One line. Of what is too long it has the first entries, and in `counts` how many there are. */
export function writeAuditLine(receipt: Receipt): string {
  let line = '';
  for (const [entries, characters] of BOUNDS) {
    line = `${writeJson(entries === Number.POSITIVE_INFINITY ? receipt : shorten(receipt, entries, characters))}\n`;
    if (line.length * 3 <= LONGEST_LINE || countBytes(line) <= LONGEST_LINE) break;
  }
  return line;
}

/** UTC with milliseconds: lines of one second are told apart, and texts sort as times do. */
export function writeAuditTime(milliseconds: number): string {
  const whole = Math.floor(milliseconds);
  return writeTime(whole).replace('Z', `.${String(whole % 1000).padStart(3, '0')}Z`);
}

function shorten(receipt: Receipt, entries: number, characters: number): Receipt {
  const members = Object.entries(receipt);
  const cut = members.filter(([, value]) => isList(value) && value.length > entries);
  const counts = cut.map(([key, value]) => [key, isList(value) ? value.length : 0] as const);
  return {
    ...Object.fromEntries(members.map(([key, value]) => [key, shortenValue(value, entries, characters)])),
    counts: counts.length === 0 ? undefined : Object.fromEntries(counts),
  };
}

function shortenValue(value: JsonValue | undefined, entries: number, characters: number): JsonValue | undefined {
  if (typeof value === 'string') return value.length <= characters ? value : `${value.slice(0, characters - 1)}…`;
  if (isList(value)) return value.slice(0, entries).map((entry) => shortenValue(entry, entries, characters) ?? null);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, member]) => [key, shortenValue(member, entries, characters)]),
  );
}

function isList(value: JsonValue | undefined): value is readonly JsonValue[] {
  return Array.isArray(value);
}
