// What a row of the benchmark must keep to, and whether it does. Limits are from one machine: a yardstick that is measured
// in the same run says what they are on another one.
import type { Summary } from './figures.ts';

export interface Limits {
  /** so many times the program that only execs */
  readonly ofExec?: number;
  /** µs over the program that only execs, on the machine of the limits */
  readonly overExec?: number;
  /** so many µs over another case, on that machine */
  readonly overCase?: { readonly name: string; readonly most: number };
  /** a part of what the peer takes over the program that only execs */
  readonly ofPeer?: number;
}

/** A case as it was measured, in nanoseconds; its fastest quarters are what is judged. */
export interface Measured {
  readonly name: string;
  readonly title: string;
  readonly exec: Summary;
  readonly shim: Summary;
  readonly peer?: Summary | undefined;
  readonly limits: Limits;
}

export interface Verdict {
  /** what is compared, as the table has it: `µs over exec` */
  readonly of: string;
  readonly is: number;
  readonly most: number;
}

/** What the yardstick took over the program that only execs where the limits were set, in µs. */
const YARDSTICK = 2330;

/** How much slower this machine is. @param samples of the same run */
export function paceOf(yardstick: Summary, exec: Summary): number {
  return (yardstick.quarter - exec.quarter) / 1000 / YARDSTICK;
}

/** In µs. */
export function overExec({ exec, shim }: Measured, of: Summary = shim): number {
  return (of.quarter - exec.quarter) / 1000;
}

export function judge(row: Measured, rows: readonly Measured[], pace: number): readonly Verdict[] {
  const { limits, exec, shim, peer } = row;
  const verdicts: Verdict[] = [];
  if (limits.ofExec !== undefined) {
    verdicts.push({ of: 'of exec', is: shim.quarter / exec.quarter, most: limits.ofExec });
  }
  if (limits.overExec !== undefined) {
    verdicts.push({ of: 'µs over exec', is: overExec(row), most: limits.overExec * pace });
  }
  const { overCase } = limits;
  const other = rows.find(({ name }) => name === overCase?.name);
  if (overCase !== undefined && other !== undefined) {
    const is = overExec(row) - overExec(other);
    verdicts.push({ of: `µs over "${other.title}"`, is, most: overCase.most * pace });
  }
  if (limits.ofPeer !== undefined && peer !== undefined) {
    verdicts.push({ of: 'of the peer', is: overExec(row) / overExec(row, peer), most: limits.ofPeer });
  }
  return verdicts;
}

export function isKept({ is, most }: Verdict): boolean {
  return is <= most;
}

/** In words, without the verdict. */
export function describe({ of, is, most }: Verdict): string {
  const digits = of.startsWith('µs') ? 0 : most < 0.1 ? 3 : 2;
  return `${is.toFixed(digits)} ${of} (at most ${most.toFixed(digits)})`;
}
