// Builds what the fuzzers run: the shim's C with its own core or one of the tests, with gcc's sanitizers or without;
// and one of its doors under libFuzzer with clang's.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, renameSync, rmSync, statSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { LIBYAML, YAML_DEFINES } from '../../scripts/c-libraries.ts';
import { sourceOf } from '../../scripts/sources.ts';

const root = resolve(import.meta.dirname, '../..');
const script = join(root, 'scripts/build-shim.ts');
const CORES = { shim: 'src/runtime/shim.ts', fuzz: 'test/fuzz/fixtures/fuzz-core.ts' };
/** What may go into a build. */
const PARTS = [
  'src',
  'shim',
  'test/fuzz/fixtures',
  'test/fuzz/jobs.ts',
  'test/host',
  'scripts/build-shim.ts',
  'scripts/heap.ts',
];

/** What each of test/fuzz/doors has of the shim, besides what it includes; with `yaml-tree`, libyaml too. */
const DOORS = {
  argv: ['prefilter', 'find-request', 'json', 'find-word', 'utf8', 'read', 'messages', 'signals'],
  features: ['json', 'utf8', 'messages', 'signals'],
  json: ['json', 'utf8'],
  markers: ['find-request', 'find-word', 'json', 'utf8', 'read', 'messages', 'signals'],
  messages: ['messages', 'signals', 'json', 'utf8'],
  paths: ['trust', 'messages', 'signals'],
  'runtime-line': ['runtime-line'],
  sources: ['settings', 'find-word', 'trust', 'helper-process', 'read', 'messages', 'signals', 'yaml-tree'],
  yaml: ['yaml-tree'],
} as const satisfies Record<string, readonly string[]>;

export type Door = keyof typeof DOORS;

/** As the campaign runs them: quick, and ended by the first thing that is wrong. */
const CLANG = [
  ...['-O1', '-g', '-fno-omit-frame-pointer', '-fsanitize=fuzzer,address,undefined', '-fno-sanitize-recover=all'],
  ...['-std=gnu11', '-D_GNU_SOURCE', '-w'],
];

/** The binary's path. Test files share one, as long as nothing changes that may go into it. */
export function fuzzBinary(core: keyof typeof CORES, sanitize: boolean): string {
  return built(`${core}${sanitize ? '-sanitized' : ''}`, PARTS, (out) => {
    const options = ['--entry', join(root, CORES[core]), '--out', out, ...(sanitize ? ['--sanitize'] : [])];
    return [process.execPath, script, ...options];
  });
}

/** A door's path, made and kept in the same way. */
export function doorBinary(door: Door): string {
  return built(`door-${door}`, ['shim', 'test/fuzz/doors', 'test/fuzz/fuzz-binary.ts'], (out) => {
    const libyaml = DOORS[door].some((name) => name === 'yaml-tree') ? sourceOf('libyaml') : undefined;
    const yaml =
      libyaml === undefined
        ? []
        : [...YAML_DEFINES, '-I', join(libyaml, 'include'), ...LIBYAML.map((name) => join(libyaml, 'src', name))];
    const sources = [`test/fuzz/doors/${door}.c`, ...DOORS[door].map((name) => `shim/${name}.c`)];
    return ['clang', ...CLANG, ...sources.map((source) => join(root, source)), ...yaml, '-o', out];
  });
}

/** @param command with its arguments, of what makes the file */
function built(name: string, parts: readonly string[], command: (out: string) => readonly string[]): string {
  const whole = `${name}-${fingerprint(parts)}`;
  const folder = join(root, 'build/fuzz-binaries');
  const file = join(folder, whole);
  if (existsSync(file)) return file;
  mkdirSync(folder, { recursive: true });
  const own = mkdtempSync(join(folder, 'making-'));
  const [program = '', ...args] = command(join(own, whole));
  const { status, stdout, stderr } = spawnSync(program, args, { encoding: 'utf8' });
  assert.equal(status, 0, `${program} failed:\n${stdout}${stderr}`);
  renameSync(join(own, whole), file);
  rmSync(own, { recursive: true });
  return file;
}

function fingerprint(parts: readonly string[]): string {
  const hash = createHash('sha256');
  for (const part of parts) {
    const path = join(root, part);
    const isFolder = statSync(path).isDirectory();
    const files = isFolder ? readdirSync(path, { recursive: true, encoding: 'utf8' }).sort() : [''];
    for (const file of files) {
      const whole = join(path, file);
      if (!statSync(whole).isDirectory()) hash.update(file).update(readFileSync(whole));
    }
  }
  return hash.digest('hex').slice(0, 16);
}
