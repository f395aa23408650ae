// Sizes and durations as people write them: 16MiB, 1500, 10s, 500ms.
import { quote } from '../text/quote.ts';
import type { Decode } from '../text/yaml-reader.ts';

const BYTES: Readonly<Record<string, number>> = { '': 1, B: 1, KiB: 1024, MiB: 1024 ** 2, GiB: 1024 ** 3 };
const MILLISECONDS: Readonly<Record<string, number>> = { ms: 1, s: 1000, m: 60_000, h: 3_600_000 };

/** A decoder for values from `least` to `most`, both in the smallest unit. */
type Quantity = (least: number, most: number) => Decode<number>;

/** A size in bytes: a whole number, or one with `KiB`, `MiB` or `GiB` behind it. */
export const bytes: Quantity = decodeQuantity(BYTES, 'a size such as 512KiB or 16MiB');

/** A duration in milliseconds: a number with `ms`, `s`, `m` or `h` behind it; a bare 0 is one too. */
export const duration: Quantity = decodeQuantity(MILLISECONDS, 'a duration such as 500ms or 10s');

function decodeQuantity(units: Readonly<Record<string, number>>, wanted: string): Quantity {
  return (least, most) => (reader, node) => {
    const value = reader.isScalar(node) ? reader.scalar(node) : undefined;
    const isNumber = typeof value === 'number' || typeof value === 'bigint';
    const text = isNumber ? String(value) : typeof value === 'string' ? value : reader.mistyped(node, wanted);
    const { digits, unit } = splitAmount(text);
    const factor = Object.hasOwn(units, unit) ? units[unit] : digits === '0' && unit === '' ? 1 : undefined;
    if (digits === '' || factor === undefined) return reader.fail(node, `${quote(text)} is not ${wanted}`);
    const amount = Number(digits) * factor;
    if (amount < least) reader.fail(node, `${quote(text)} is too small`, `write at least ${spellAmount(units, least)}`);
    if (amount > most) reader.fail(node, `${quote(text)} is too large`, `write at most ${spellAmount(units, most)}`);
    return amount;
  };
}

/** No digits where there are none in front, or more than a number holds. */
function splitAmount(text: string): { readonly digits: string; readonly unit: string } {
  let count = 0;
  while (isDigit(text.charCodeAt(count))) count++;
  let end = count;
  while (text[end] === ' ') end++;
  return { digits: count > MOST_DIGITS ? '' : text.slice(0, count), unit: text.slice(end) };
}

const MOST_DIGITS = 15;

function isDigit(code: number): boolean {
  return code >= 0x30 && code <= 0x39;
}

/** A quantity in the largest unit that needs no fraction. */
function spellAmount(units: Readonly<Record<string, number>>, amount: number): string {
  const fitting = Object.entries(units).filter(([, factor]) => amount % factor === 0);
  const [unit, factor] = fitting.reduce((best, next) => (next[1] > best[1] ? next : best));
  return `${amount / factor}${unit}`;
}

/** A size as `bytes` reads it. */
export function spellBytes(amount: number): string {
  return spellAmount(BYTES, amount);
}

/** A duration as `duration` reads it. */
export function spellDuration(milliseconds: number): string {
  return milliseconds === 0 ? '0s' : spellAmount(MILLISECONDS, milliseconds);
}
