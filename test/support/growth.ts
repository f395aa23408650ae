// How work grows with its input, in processor time of this process: what else the machine does is not in it.

/** Of so many tries, the quickest counts: a collection of garbage or a compilation is not the work itself. */
const TRIES = 9;

/** How many times as much work an input of `factor` times the size takes. @param work does it for a size */
export function growth(work: (size: number) => unknown, size: number, factor: number): number {
  work(size);
  return costOf(() => work(size * factor)) / costOf(() => work(size));
}

/** In microseconds, one at least. */
function costOf(work: () => unknown): number {
  const costs = Array.from({ length: TRIES }, () => {
    const before = process.cpuUsage();
    work();
    const { user, system } = process.cpuUsage(before);
    return user + system;
  });
  return Math.max(1, Math.min(...costs));
}
