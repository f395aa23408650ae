// How the CPU time of cdictl's commands grows with devices and with files: what is linear has the exponent 1.
import { chmodSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { measureCpu } from './cpu.ts';
import { KIND, smallSpec } from './specs.ts';
import { align } from './table.ts';

const SIZES = { devices: [1000, 4000, 10_000], files: [1000, 10_000] } as const;
type Input = keyof typeof SIZES;

/** More is no longer linear. */
const MOST_EXPONENT = 1.15;
/** Milliseconds: what is less beside a start is its noise. */
const LEAST_MS = 20;
/** Milliseconds for 10,000 devices in one file. */
const MOST_MS: Readonly<Record<string, number>> = { lint: 2000, 'lint of faults': 2000, explain: 2000 };
/** Of the CPU of Go's tool beside it. */
const MOST_OF_PEER = 3;
/** Findings are no failure. */
const STATUSES = [0, 3];
const ROUNDS = 2;

/** `DIR` is the directory of the specs. */
const COMMANDS: Readonly<Record<string, readonly string[]>> = {
  devices: ['devices'],
  'devices -v': ['devices', '-v'],
  vendors: ['vendors'],
  classes: ['classes'],
  specs: ['specs', '-v'],
  dirs: ['dirs'],
  resolve: ['resolve', `${KIND}=device-1`],
  explain: ['explain', `${KIND}=device-1`],
  lint: ['lint', 'DIR'],
  'lint of what is missing': ['lint', 'MISSING'],
  'lint of faults': ['lint', 'FAULTS'],
  validate: ['validate', 'DIR'],
  'validate faults': ['validate', 'FAULTS'],
  doctor: ['doctor', '--check', 'specs', '--check', 'staleness', '--check', 'conflicts'],
};

interface GrowthRow {
  readonly title: string;
  readonly milliseconds: readonly number[];
  readonly exponent: number;
  readonly missed: string;
}

/** @returns whether each command keeps to its bounds */
export function measureGrowth(folder: string, cdictl: readonly string[], peer: string | undefined): boolean {
  const rows = (['devices', 'files'] as const).flatMap((input) => measureInput(folder, cdictl, peer, input));
  const sizes = SIZES.devices.map((size) => `${size}`);
  const head = ['ms of CPU', ...sizes, 'exponent', ''];
  const cells = rows.map(({ title, milliseconds: all, exponent, missed }) => {
    const times = all.map((time) => time.toFixed(0));
    const columns = times.length === sizes.length ? times : [times[0] ?? '', '', times[1] ?? ''];
    return [title, ...columns, exponent.toFixed(2), missed === '' ? 'ok' : `MISSED: ${missed}`];
  });
  console.log(`\n${align([head, ...cells])}`);
  return rows.every(({ missed }) => missed === '');
}

function measureInput(
  folder: string,
  cdictl: readonly string[],
  peer: string | undefined,
  input: Input,
): readonly GrowthRow[] {
  const sizes = SIZES[input];
  const places = sizes.map((size) => writeInputs(join(folder, `${input}-${size}`), input, size));
  const peers = places.map(({ good }) => (peer === undefined ? 0 : measureLeast([peer, '-d', good, 'devices'])));
  const start = measureLeast([...cdictl, '--version']);
  return Object.entries(COMMANDS).map(([command, words]) => {
    const milliseconds = places.map(({ good, missing, faults, config }) => {
      const own = words.map((word) => ({ DIR: good, MISSING: missing, FAULTS: faults })[word] ?? word);
      const statuses = words.includes('FAULTS') || command === 'doctor' ? [...STATUSES, 1] : STATUSES;
      return measureLeast([...cdictl, ...own, '--config', config, '--spec-dirs', good], statuses);
    });
    const overStart = milliseconds.map((time) => Math.max(time - start, LEAST_MS));
    const exponent = fitExponent(sizes, overStart);
    const last = milliseconds.at(-1) ?? 0;
    const most = input === 'devices' ? (MOST_MS[command] ?? Number.POSITIVE_INFINITY) : Number.POSITIVE_INFINITY;
    const ofPeer = command === 'devices' && peer !== undefined ? last / (peers.at(-1) ?? 1) : 0;
    const missed = [
      exponent > MOST_EXPONENT ? `must be ${MOST_EXPONENT}` : [],
      last > most ? `must be ${most} ms` : [],
      ofPeer > MOST_OF_PEER ? `${ofPeer.toFixed(1)} of the peer, must be ${MOST_OF_PEER}` : [],
    ].flat();
    return { title: `${command}, by ${input}`, milliseconds, exponent, missed: missed.join(', ') };
  });
}

function measureLeast(words: readonly string[], statuses?: readonly number[]): number {
  return Math.min(...Array.from({ length: ROUNDS }, () => measureCpu(words, statuses)));
}

/** The slope of the straight line through the logarithms. */
function fitExponent(sizes: readonly number[], times: readonly number[]): number {
  const points = sizes.map((size, place) => [Math.log(size), Math.log(times[place] ?? 1)] as const);
  const [x, y] = [0, 1].map((axis) => points.reduce((sum, point) => sum + (point[axis] ?? 0), 0) / points.length);
  const over = points.reduce((sum, [size, time]) => sum + (size - (x ?? 0)) * (time - (y ?? 0)), 0);
  return over / points.reduce((sum, [size]) => sum + (size - (x ?? 0)) ** 2, 0);
}

/** Good specs, specs whose nodes and mount sources the host does not have, and specs with a fault in each device. */
function writeInputs(folder: string, input: Input, size: number) {
  const [good, missing, faults] = ['good', 'missing', 'faults'].map((name) => join(folder, name));
  const config = join(folder, 'config.yaml');
  const change = (text: string, number: number) =>
    text.replace('/dev/null', `/dev/none-${number}`).replace('/etc/hosts', `/none/${number}`);
  const spoil = (text: string) => text.replace(/- [A-Z_0-9]+=1/, '- =1');
  const kinds = [
    [good, (text: string) => text],
    [missing, change],
    [faults, spoil],
  ] as const;
  for (const [directory = '', edit] of kinds) {
    mkdirSync(directory, { recursive: true });
    for (const own of [folder, directory]) chmodSync(own, 0o755);
    const specs = Array.from({ length: size }, (_, number) =>
      edit(
        smallSpec(input === 'files' && number !== 1 ? `vendor${number}.example/class` : KIND, `device-${number}`),
        number,
      ),
    );
    const texts = input === 'files' ? specs : [joinDevices(specs)];
    for (const [number, text] of texts.entries()) writeFileSync(join(directory, `spec-${number}.yaml`), text);
  }
  writeFileSync(config, 'limits:\n  spec: 64MiB\n  specs: 100000\n');
  return { good: good ?? '', missing: missing ?? '', faults: faults ?? '', config };
}

/** One spec with the devices of all. */
function joinDevices(specs: readonly string[]): string {
  const mark = 'devices:\n';
  const [head = ''] = (specs[0] ?? '').split(mark);
  return `${head}${mark}${specs.map((text) => text.slice(text.indexOf(mark) + mark.length)).join('')}`;
}
