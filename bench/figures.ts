// What is said of many measurements of one thing, and of two things measured in turn.

/** Of one program, in the unit of its samples. */
export interface Summary {
  readonly least: number;
  /** the mean of the fastest quarter: steadier than the minimum, and hardly touched by what else the machine did */
  readonly quarter: number;
  readonly median: number;
}

export function summary(samples: readonly number[]): Summary {
  const sorted = samples.toSorted((a, b) => a - b);
  const fastest = sorted.slice(0, Math.max(1, Math.floor(sorted.length / 4)));
  return { least: sorted[0] ?? 0, quarter: mean(fastest), median: median(sorted) };
}

/** Of a program and its baseline, measured once each per round. */
export interface Comparison {
  readonly base: Summary;
  readonly own: Summary;
  /** of the fastest quarters: what targets are about */
  readonly difference: number;
  readonly ratio: number;
  /** the median of the differences within one round */
  readonly pairedDifference: number;
}

export function compare(base: readonly number[], own: readonly number[]): Comparison {
  const of = { base: summary(base), own: summary(own) };
  const pairs = own.map((value, round) => value - (base[round] ?? 0)).sort((a, b) => a - b);
  return {
    ...of,
    difference: of.own.quarter - of.base.quarter,
    ratio: of.own.quarter / of.base.quarter,
    pairedDifference: median(pairs),
  };
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

function median(sorted: readonly number[]): number {
  const middle = sorted.length / 2;
  return ((sorted[Math.ceil(middle) - 1] ?? 0) + (sorted[Math.floor(middle)] ?? 0)) / 2;
}

/**
 * By which power of its number the cost of something grows: 1 is in proportion to it. What does not depend on the
 * number falls out of the differences.
 *
 * @param costs of three numbers, each of which is `factor` times the one before
 */
export function exponentOf([few = 0, more = 0, most = 0]: readonly number[], factor: number): number {
  return Math.log((most - more) / (more - few)) / Math.log(factor);
}

/** What one more costs, from the least and the largest of the numbers. */
export function perOne(numbers: readonly number[], costs: readonly number[]): number {
  return ((costs.at(-1) ?? 0) - (costs[0] ?? 0)) / ((numbers.at(-1) ?? 0) - (numbers[0] ?? 0));
}
