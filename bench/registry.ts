// Measures the library's registry against the number of spec files: npm run bench.
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as pass } from 'node:timers/promises';
import { execaSync } from 'execa';
import { Registry } from '../src/library/registry.ts';
import { compare } from './figures.ts';
import { measureIn } from './measure.ts';
import { countOpens } from './opens.ts';
import { fillDirectory, KIND } from './specs.ts';
import { type Fact, factIsMet, factTable, isMet, type Row, timeTable } from './table.ts';

const HEADING = `A registry in one process, in interleaved rounds. "load" makes a registry over a directory of small specs; "refresh"
asks it for a device when nothing has changed, "changed" after one file was written in place and the loop turned, "inject"
injects a device into an empty document by a view, "copy" copies the outcome by JSON. "ratio" is of the means of the
fastest quarters.`;

const SIZES = [1, 64, 1000, 10_000];

/** A round opens about so many files for a size; the largest one takes a second or so each. */
const FILES_OF_ALL_ROUNDS = 60_000;
const MOST_ROUNDS = 300;

/** By the number of files: a refresh must cost at most this part of a load, and the first one after a change. */
const REFRESH_MUST: ReadonlyMap<number, number> = new Map([
  [64, 0.05],
  [1000, 0.005],
  [10_000, 0.0005],
]);
const CHANGED_MUST: ReadonlyMap<number, number> = new Map([
  [1000, 0.05],
  [10_000, 0.02],
]);

/** An injection into an empty document must cost at most so many copies of what comes of it. */
const INJECT_MUST = 4;
const INJECTIONS = 1000;
const CHANGES = 40;
/** in a round */
const REFRESHES = 20;

/** Of a process with the most files, in MB. */
const MOST_MEMORY = 200;

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
  readonly loads: readonly number[];
}

await measureIn('the registry', bench);

async function bench(folder: string): Promise<void> {
  for (const size of SIZES)
    fillDirectory(join(folder, String(size)), size, (number) => `vendor${number}.example/class`);
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, TRUSTED);
  console.log(`${HEADING}\n`);
  const rows = SIZES.map((size) => measure(join(folder, String(size)), size));
  console.log(timeTable('load', 'refresh', rows));
  const changed: Row[] = [];
  for (const row of rows)
    if (CHANGED_MUST.has(row.size)) changed.push(await measureChange(join(folder, String(row.size)), row));
  console.log(`\n${timeTable('load', 'changed', changed)}`);
  const injecting = measureInjection(join(folder, '1'));
  console.log(`\n${timeTable('copy', 'inject', [injecting])}`);
  console.log(`\ninjections a second: ${((INJECTIONS * 1e9) / injecting.figures.own.quarter).toFixed(0)}`);
  console.log(`\nµs for one file: load ${perFile(rows, 'base')}; refresh ${perFile(rows, 'own')}`);
  const facts = [
    ...growth(rows),
    ...rows.map(({ size, opened }) => openFact(size, opened)),
    memoryFact(join(folder, String(SIZES.at(-1)))),
  ];
  console.log(`\n${factTable(facts)}`);
  if (![...rows, ...changed, injecting].every(isMet) || !facts.every(factIsMet)) process.exitCode = 1;
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
    const { time: ofRefreshes, result: found } = timed(() => repeat(refresh, REFRESHES));
    refreshes.push(ofRefreshes / REFRESHES);
    if (found === undefined) throw new Error(`the registry over ${size} files does not know its device`);
  }
  const title = `${size} ${size === 1 ? 'file' : 'files'}`;
  return {
    title,
    figures: compare(loads, refreshes),
    must: makeTarget(REFRESH_MUST, size),
    loads,
    size,
    opened,
  };
}

function makeTarget(most: ReadonlyMap<number, number>, size: number): { readonly ratio: number } | undefined {
  const ratio = most.get(size);
  return ratio === undefined ? undefined : { ratio };
}

async function measureChange(directory: string, { title, size, loads }: Measured): Promise<Row> {
  const registry = new Registry({ specDirs: [directory] });
  const path = join(directory, 'spec-0000.yaml');
  const text = readFileSync(path, 'utf8');
  const queries: number[] = [];
  for (let i = 0; i < CHANGES; i++) {
    writeFileSync(path, text.replace('=1', `=${i}`));
    await pass(10);
    const { time } = timed(() => registry.getDevice(`${KIND}=wanted`));
    const env = registry.getDevice('vendor0.example/class=device-0')?.device.containerEdits.env;
    if (env?.[0] !== `DEVICE_0=${i}`) throw new Error('a change was not seen');
    queries.push(time);
  }
  registry.close();
  return { title, figures: compare(loads, queries), must: makeTarget(CHANGED_MUST, size) };
}

/** So many at once, and as many copies of the outcome. */
function measureInjection(directory: string): Row {
  const view = new Registry({ specDirs: [directory] }).look();
  const inject = (): object => view.injectDevices({}, `${KIND}=wanted`);
  const outcome = inject();
  const [copies, injections]: number[][] = [[], []];
  for (let round = 0; round < MOST_ROUNDS; round++) {
    copies?.push(timed(() => repeat(() => JSON.parse(JSON.stringify(outcome)))).time);
    injections?.push(timed(() => repeat(inject)).time);
  }
  const figures = compare(copies ?? [], injections ?? []);
  return { title: `${INJECTIONS} injections`, figures, must: { ratio: INJECT_MUST } };
}

/** @returns what the last one gives */
function repeat(work: () => unknown, times = INJECTIONS): unknown {
  for (let i = 1; i < times; i++) work();
  return work();
}

/** Of a fresh process that has loaded all files. */
function memoryFact(directory: string): Fact {
  const library = new URL('../dist/index.js', import.meta.url).href;
  const text = `const { Registry } = await import(${JSON.stringify(library)});
    const registry = new Registry({ specDirs: [${JSON.stringify(directory)}] });
    if (registry.listDevices().length > 0) console.log(process.resourceUsage().maxRSS);`;
  const { stdout } = execaSync(process.execPath, ['--input-type=module', '--eval', text]);
  const value = Math.round((Number(stdout) * 1024) / 1e6);
  return { title: `memory of a process with ${SIZES.at(-1)} files`, value, unit: 'MB', most: MOST_MEMORY };
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
