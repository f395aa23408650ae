// bench/baseline.json: the instructions that were counted when it was written, to be compared with.
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { resolve } from 'node:path';

const FILE = resolve(import.meta.dirname, 'baseline.json');

/** Instructions by title and by what they are of. */
export type Counts = Readonly<Record<string, Readonly<Record<string, number>>>>;

export interface Baseline {
  /** by case and stage */
  readonly stages: Counts;
  /** by input and number of it */
  readonly growth: Counts;
}

export function readBaseline(): Baseline {
  return existsSync(FILE) ? JSON.parse(readFileSync(FILE, 'utf8')) : { stages: {}, growth: {} };
}

export function updateBaseline(part: Partial<Baseline>): void {
  const { stages, growth } = { ...readBaseline(), ...part };
  writeFileSync(FILE, `${JSON.stringify({ stages, growth }, null, 2)}\n`);
}

/** A count may be so many times what it was. */
const MOST = 1.05;
/** Less than this is not worth a failure. */
const NEGLIGIBLE = 5000;

/** What costs more than it did, in sentences; what is new did not cost anything. */
export function listGrown(was: Counts, is: Counts): readonly string[] {
  return Object.entries(is).flatMap(([title, counts]) => {
    const known = was[title];
    if (known === undefined) return [`"${title}" is not in bench/baseline.json`];
    return Object.entries(counts).flatMap(([name, count]) => {
      const before = known[name] ?? 0;
      if (count <= before * MOST || count <= before + NEGLIGIBLE) return [];
      const grown = before === 0 ? '' : ` (${((count / before - 1) * 100).toFixed(1)} % more)`;
      return [`"${title}": ${name} takes ${count} instructions instead of ${before}${grown}`];
    });
  });
}
