// Measures the library's registry against the number of spec files: npm run bench.
import { join } from 'node:path';
import { Registry } from '../src/library/registry.ts';
import { compare } from './figures.ts';
import { measureIn } from './measure.ts';
import { countOpens } from './opens.ts';
import { fillDirectory, KIND } from './specs.ts';
import { type Fact, factIsMet, factTable, isMet, type Row, timeTable } from './table.ts';

const HEADING = `A registry in one process, in interleaved rounds. "load" makes a registry over a directory of small specs; "refresh"
asks it for a device when nothing has changed. "ratio" is of the means of the fastest quarters.`;

const SIZES = [1, 64, 1000, 10_000];

/** A round opens about so many files for a size; the largest one takes a second or so each. */
const FILES_OF_ALL_ROUNDS = 60_000;
const MOST_ROUNDS = 300;

/** A refresh must cost at most this part of a load. */
const REFRESH_MUST = 0.5;

/** The time for one file among the most may be so many times that of one among the second most: else it is not linear. */
const GROWTH_MUST = 3;

/** Files are trusted by their times from this age on, in milliseconds. */
const TRUSTED = 2100;

/** Of a comparison: the load, and the refresh. */
const HALVES = ['base', 'own'] as const;
type Half = (typeof HALVES)[number];

/** Of one size, in nanoseconds. */
interface Measured extends Row {
  readonly size: number;
  /** files that a refresh opened */
  readonly opened: number;
}

measureIn('the registry', bench);

function bench(folder: string): void {
  for (const size of SIZES)
    fillDirectory(join(folder, String(size)), size, (number) => `vendor${number}.example/class`);
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, TRUSTED);
  console.log(`${HEADING}\n`);
  const rows = SIZES.map((size) => measure(join(folder, String(size)), size));
  console.log(timeTable('load', 'refresh', rows));
  console.log(`\nµs for one file: load ${perFile(rows, 'base')}; refresh ${perFile(rows, 'own')}`);
  const facts = [...growth(rows), ...rows.map(({ size, opened }) => openFact(size, opened))];
  console.log(`\n${factTable(facts)}`);
  if (!rows.every(isMet) || !facts.every(factIsMet)) process.exitCode = 1;
}

function measure(directory: string, size: number): Measured {
  const rounds = Math.min(MOST_ROUNDS, Math.ceil(FILES_OF_ALL_ROUNDS / size));
  const loads: number[] = [];
  const refreshes: number[] = [];
  const openedByLoad = countOpens(directory, () => new Registry({ specDirs: [directory] }));
  if (openedByLoad !== size) throw new Error(`a load of ${size} files opened ${openedByLoad}`);
  let opened = 0;
  for (let round = 0; round < rounds; round++) {
    const { time, result: registry } = timed(() => new Registry({ specDirs: [directory] }));
    loads.push(time);
    const refresh = (): unknown => registry.getDevice(`${KIND}=wanted`);
    if (round === 0) opened = countOpens(directory, refresh);
    const { time: ofRefresh, result: found } = timed(refresh);
    refreshes.push(ofRefresh);
    if (found === undefined) throw new Error(`the registry over ${size} files does not know its device`);
  }
  const title = `${size} ${size === 1 ? 'file' : 'files'}`;
  return {
    title,
    figures: compare(loads, refreshes),
    must: size < 64 ? undefined : { ratio: REFRESH_MUST },
    size,
    opened,
  };
}

function timed<T>(work: () => T): { readonly time: number; readonly result: T } {
  const start = process.hrtime.bigint();
  const result = work();
  return { time: Number(process.hrtime.bigint() - start), result };
}

function perFile(rows: readonly Measured[], half: Half): string {
  return rows.map(({ figures, size }) => (figures[half].quarter / size / 1000).toFixed(1)).join(', ');
}

/** For one file, how much longer it takes among many than among fewer. */
function growth(rows: readonly Measured[]): readonly Fact[] {
  const [fewer, many] = rows.slice(-2);
  if (fewer === undefined || many === undefined) return [];
  return HALVES.map((half) => {
    const [ofFewer, ofMany] = [fewer, many].map(({ figures, size }) => figures[half].quarter / size);
    const title = `${half === 'base' ? 'load' : 'refresh'}, time for one of ${many.size} against one of ${fewer.size}`;
    return { title, value: Number(((ofMany ?? 0) / (ofFewer ?? 1)).toFixed(2)), unit: '×', most: GROWTH_MUST };
  });
}

function openFact(size: number, opened: number): Fact {
  return { title: `files opened by a refresh of ${size}`, value: opened, unit: '', most: 0 };
}
