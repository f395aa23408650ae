// Runs a door of the shim's C under libFuzzer: for a time, for some inputs, or on inputs that are there.
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, relative, resolve } from 'node:path';
import { text as textOf } from 'node:stream/consumers';
import { type Door, doorBinary } from './fuzz-binary.ts';
import { JSON_WORDS, SETTINGS_WORDS, YAML_WORDS } from './words.ts';

const root = resolve(import.meta.dirname, '../..');

type Words = readonly (string | Buffer)[];

/** Where a door's inputs begin, and what stands for something in them. */
const MATERIAL: { readonly [door in Door]: readonly [corpus: string, words: Words] } = {
  argv: ['argv', ['create\n', 'run\n', '--bundle\n', '--bundle=', '-b', '-c', '-f', '=', '/..', '\n']],
  features: ['features', ['"potentiallyUnsafeConfigAnnotations"', '"cdi.k8s.io/"', ...JSON_WORDS]],
  json: ['json', JSON_WORDS],
  markers: ['markers', ['cdi.k8s.io', 'CDI_DEVICE', 'cdi-device', '\\u0063', '\\u0043', '\\/', ...JSON_WORDS]],
  messages: ['messages', ['\u0085', '\u2028', '\u202e', '\u2066', '\\', '"', '\u{1f600}']],
  paths: ['paths', ['/', 'd/', 'e/', 'x', 'up/', 'l/', 'loop/', 'a/', 'far/', 'gone/', 'long/', './', '../', 'f']],
  'runtime-line': ['settings', ['runtime: ', '---', '...', '%', "'", '"', '\r', ' #']],
  sources: ['settings', ['prefixes', 'variables', 'presets', 'mounts', '\\x65', '!', '!!binary ', ...YAML_WORDS]],
  yaml: ['yaml', [...YAML_WORDS, ...SETTINGS_WORDS]],
};

export const DOORS = Object.keys(MATERIAL).filter((name): name is Door => name in MATERIAL);

/** Longer ones find little more, and much slower. */
const LONGEST_INPUT = 4096;

export interface DoorRun {
  readonly inputs: number;
  /** what is wrong, with where the input is; undefined where nothing is */
  readonly found: string | undefined;
}

/**
 * Tries inputs that grow out of the corpus; what is new in them is kept below build/, for the next time.
 *
 * @param limit libFuzzer's own word for an end, `-runs=…` or `-max_total_time=…`
 */
export async function fuzzDoor(door: Door, limit: string, seed: number): Promise<DoorRun> {
  const [corpus, words] = MATERIAL[door];
  const [grown, wrong] = [join(root, 'build/fuzz/grown', door), join(root, 'build/fuzz', door)];
  for (const folder of [grown, wrong]) mkdirSync(folder, { recursive: true });
  const dictionary = join(wrong, 'words');
  writeFileSync(dictionary, words.map((word) => `"${spell(word)}"\n`).join(''));
  const ways = [`-dict=${dictionary}`, `-artifact_prefix=${wrong}/`, `-seed=${seed}`, `-max_len=${LONGEST_INPUT}`];
  const args = [
    ...ways,
    limit,
    '-timeout=20',
    '-print_final_stats=1',
    grown,
    join(import.meta.dirname, 'corpus', corpus),
  ];
  const folder = mkdtempSync(join(tmpdir(), 'cdi-door-'));
  try {
    const child = spawn(doorBinary(door), args, { cwd: folder, stdio: ['ignore', 'pipe', 'pipe'] });
    const ended = once(child, 'close');
    const [out, said] = await Promise.all([textOf(child.stdout), textOf(child.stderr)]);
    const [status] = await ended;
    const inputs = Number(/number_of_executed_units: (\d+)/.exec(said)?.[1] ?? 0);
    return { inputs, found: status === 0 ? undefined : explain(`${out}${said}`) };
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** Tries these inputs alone. What is wrong; undefined where nothing is. */
export function openDoor(door: Door, inputs: readonly Buffer[], env: NodeJS.ProcessEnv): string | undefined {
  const folder = mkdtempSync(join(tmpdir(), 'cdi-door-'));
  try {
    for (const [i, input] of inputs.entries()) writeFileSync(join(folder, `${i}`), input);
    const names = inputs.map((_, i) => `${i}`);
    const { status, stdout, stderr } = spawnSync(doorBinary(door), names, { cwd: folder, env, encoding: 'utf8' });
    return status === 0 ? undefined : explain(`${stdout}${stderr}`);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** What the door or a sanitizer says, and the file with the input. */
function explain(said: string): string {
  const lines = said.split('\n');
  const telling = lines.filter((line) =>
    /^FOUND|ERROR|runtime error|SUMMARY|^ +#[0-9] .*\/(?:shim|doors)\//.test(line),
  );
  const file = /Test unit written to (.*)/.exec(said)?.[1];
  const place = file === undefined ? lines.slice(-9) : [`the input: ${relative(root, file)}`];
  return [...telling.slice(0, 9), ...place].join('\n');
}

function spell(word: string | Buffer): string {
  return [...Buffer.from(word)].map((byte) => `\\x${byte.toString(16).padStart(2, '0')}`).join('');
}
