// Numbers of a document under judgement: as they are written, and as a validator can be handed them.

/** A number with its spelling: JavaScript's own cannot tell 2^63 from 2^63 - 1. */
export class Numeral {
  /** for messages */
  readonly text: string;
  /** for validators: see `findStandIn` */
  readonly number: number;

  /** @param judged the decimal literal that counts, where it is not the text */
  constructor(text: string, judged: string = text) {
    this.text = text;
    this.number = findStandIn(judged);
  }
}

/** Bounds of 64-bit numbers, which schemas state as 2^63 - 1 and 2^64 - 1, but JavaScript reads as these. */
const ROUNDED_BOUNDS: readonly bigint[] = [2n ** 63n, 2n ** 64n];

/** Longer whole numbers are beyond every bound above. */
const LONGEST = 20;

/** Has a fraction, and none larger does in a Number. */
const LARGEST_FRACTION = 2 ** 52 - 0.5;

/**
 * A Number that is whole where the literal is whole, exactly, and on the same side of every bound up to 2^53 and
 * of those of 64-bit numbers. NaN for what is no decimal literal.
 */
function findStandIn(literal: string): number {
  const { negative, digits, exponent } = splitDecimal(literal);
  const nearest = Number(literal);
  if (digits === '' || Number.isNaN(nearest)) return nearest;
  const size = Math.min(Math.abs(nearest), Number.MAX_VALUE);
  const whole = exponent < 0 ? undefined : readWhole(digits, exponent);
  const judged = exponent < 0 ? keepFraction(size, digits, exponent) : moveBeyondBound(size, whole, negative);
  return negative ? -judged : judged;
}

/** The literal as digits times a power of ten; digits neither begin nor end with a zero. */
function splitDecimal(literal: string): {
  readonly negative: boolean;
  readonly digits: string;
  readonly exponent: number;
} {
  const parts = /^(-?)(\d+)(?:\.(\d+))?(?:[eE]([-+]?\d+))?$/.exec(literal);
  const [, sign, integer = '', decimals = '', power = '0'] = parts ?? [];
  const all = integer + decimals;
  let start = 0;
  let end = all.length;
  while (start < end && all[start] === '0') start++;
  while (end > start && all[end - 1] === '0') end--;
  const exponent = Number(power) - decimals.length + (all.length - end);
  return { negative: sign === '-', digits: all.slice(start, end), exponent };
}

function readWhole(digits: string, exponent: number): bigint | undefined {
  return digits.length + exponent > LONGEST ? undefined : BigInt(digits + '0'.repeat(exponent));
}

/** For a literal with a fraction, which the nearest Number may have lost. */
function keepFraction(nearest: number, digits: string, exponent: number): number {
  if (!Number.isInteger(nearest)) return nearest;
  if (nearest > LARGEST_FRACTION) return LARGEST_FRACTION;
  // Between the same two whole numbers as the literal: all bounds are whole.
  return Number(digits.slice(0, Math.max(digits.length + exponent, 0)) || '0') + 0.5;
}

/** For a whole literal that was rounded onto a bound, from above: a little more than the bound. */
function moveBeyondBound(nearest: number, whole: bigint | undefined, negative: boolean): number {
  const bound = ROUNDED_BOUNDS.find((candidate) => Number(candidate) === nearest);
  if (bound === undefined || whole === undefined) return nearest;
  // Downwards the bound is -2^63 itself, upwards it is 2^63 - 1.
  const isBeyond = negative ? whole > bound : whole >= bound;
  return isBeyond ? nearest * (1 + Number.EPSILON) : nearest;
}
