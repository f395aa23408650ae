// Measures how long dist/cdictl.js takes to start, against Node itself, and how its commands grow: npm run bench.
import { spawnSync } from 'node:child_process';
import { chmodSync, globSync, mkdirSync, statSync, writeFileSync } from 'node:fs';
import { basename, join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { systemNode } from '../test/support/system-node.ts';
import { measureGrowth } from './cdictl-growth.ts';
import { measureCpu } from './cpu.ts';
import { compare, summary } from './figures.ts';
import { measureIn, readRounds } from './measure.ts';
import { fillDirectory } from './specs.ts';
import { factIsMet, factTable, isMet, type Row, timeTable } from './table.ts';

const HEADING = `cdictl as whole processes whose output is a pipe, wall time, in interleaved rounds with "node -e 0" of the same Node.
"ratio" is of the means of the fastest quarters.`;

const FILES = 64;

/** Where there is nothing to read, most of the time is Node's own start. */
const START_MUST = 2;
/** With specs to read: of the Node that Debian has, and of newer ones, which start in a third of its time. */
const SPECS_MUST = { old: 2, new: 2.75 } as const;
const FIRST_NEW = 22;
const SIZE_MUST = 1792;
/** The device plugin is a program that stays running, and gRPC, which only `engine verify` loads beside it. */
const PLUGIN = ['device-plugin.cjs', 'grpc.cjs'];
const PLUGIN_MUST = 576;
/** Milliseconds of the processor over a bare start, with one spec. */
const CPU_MUST = { old: 45, new: 18 } as const;

const { values } = parseArgs({
  options: {
    rounds: { type: 'string', default: '40' },
    // Go's `cdi`, to be beside it with 10,000 devices.
    peer: { type: 'string' },
    program: { type: 'string', default: resolve(import.meta.dirname, '../dist/cdictl.js') },
  },
});
await measureIn('cdictl', bench);

function bench(folder: string): void {
  const rounds = readRounds(values.rounds);
  const [specs, empty, config] = [join(folder, 'specs'), join(folder, 'empty'), join(folder, 'config.yaml')];
  fillDirectory(specs, FILES, (number) => `vendor${number}.example/class`);
  mkdirSync(empty);
  const one = join(folder, 'one');
  fillDirectory(one, 1, (number) => `vendor${number}.example/class`);
  for (const directory of [folder, specs, empty, one]) chmodSync(directory, 0o755);
  writeFileSync(config, '');
  const list = ['devices', '--config', config, '--spec-dirs'];
  console.log(`${HEADING} ${rounds} rounds.\n`);
  const system = systemNode();
  const nodes = [process.execPath, ...(system.skip === false ? [system.path] : [])];
  const rows = nodes.flatMap((node): readonly Row[] => {
    const version = spawnSync(node, ['--version'], { encoding: 'utf8' }).stdout.trim();
    const age = Number(/[0-9]+/.exec(version)?.[0]) < FIRST_NEW ? 'old' : 'new';
    return [
      measure(`${version}: --version`, rounds, node, ['--version']),
      { ...measure(`${version}: devices, no specs`, rounds, node, [...list, empty]), must: { ratio: START_MUST } },
      {
        ...measure(`${version}: devices, ${FILES} specs`, rounds, node, [...list, specs]),
        must: { ratio: SPECS_MUST[age] },
      },
    ];
  });
  console.log(timeTable('node', 'cdictl', rows));
  const starts = nodes.map((node) => {
    const version = spawnSync(node, ['--version'], { encoding: 'utf8' }).stdout.trim();
    const most = CPU_MUST[Number(/[0-9]+/.exec(version)?.[0]) < FIRST_NEW ? 'old' : 'new'];
    const value = measureStart(rounds, node, [...list, one]);
    return { title: `${version}: devices, one spec, CPU over node -e 0`, value, unit: 'ms', most };
  });
  const parts = globSync(values.program.replace(/\.js$/, '/*.{cjs,wasm}'));
  const sizeOf = (paths: readonly string[]): number =>
    Math.ceil(paths.reduce((sum, path) => sum + statSync(path).size, 0) / 1024);
  const [plugin, others] = [true, false].map((isPlugin) =>
    parts.filter((path) => PLUGIN.includes(basename(path)) === isPlugin),
  );
  const facts = [
    ...starts,
    {
      title: `size of dist/cdictl/*.{cjs,wasm} but ${PLUGIN.join(', ')}`,
      value: sizeOf(others ?? []),
      unit: 'KiB',
      most: SIZE_MUST,
    },
    { title: `size of ${PLUGIN.join(', ')}`, value: sizeOf(plugin ?? []), unit: 'KiB', most: PLUGIN_MUST },
  ];
  console.log(`\n${factTable(facts)}`);
  const grows = measureGrowth(folder, [process.execPath, values.program], values.peer);
  if (!rows.every(isMet) || !facts.every(factIsMet) || !grows) process.exitCode = 1;
}

/** Of the fastest quarters, in turn. */
function measureStart(rounds: number, node: string, words: readonly string[]): number {
  const [base, own]: [number[], number[]] = [[], []];
  for (let round = 0; round < rounds; round++) {
    base.push(measureCpu([node, '-e', '0']));
    own.push(measureCpu([node, values.program, ...words]));
  }
  return Math.round((summary(own).quarter - summary(base).quarter) * 10) / 10;
}

function measure(title: string, rounds: number, node: string, words: readonly string[]): Row {
  const [base, own]: [number[], number[]] = [[], []];
  for (let round = 0; round < rounds; round++) {
    base.push(timeOf(node, ['-e', '0']));
    own.push(timeOf(node, [values.program, ...words]));
  }
  return { title, figures: compare(base, own) };
}

/** In nanoseconds. */
function timeOf(node: string, words: readonly string[]): number {
  const start = process.hrtime.bigint();
  const { status, stderr } = spawnSync(node, words, { encoding: 'utf8' });
  const time = Number(process.hrtime.bigint() - start);
  if (status !== 0) throw new Error(`node ${words.join(' ')} ends with ${status}: ${stderr}`);
  return time;
}
