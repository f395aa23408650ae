// Builds the shim with a core that does what a test tells it, and runs it.
import assert from 'node:assert/strict';
import { type SpawnSyncReturns, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import {
  chmodSync,
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join, resolve } from 'node:path';
import { after } from 'node:test';
import { cutPage } from '../support/run-shim.ts';
import type { Operation } from './fixtures/probe.ts';

const root = resolve(import.meta.dirname, '../..');
const fixtures = join(import.meta.dirname, 'fixtures');

/** A folder of its own for a test file, gone afterwards. */
export function scratch(): string {
  const folder = mkdtempSync(join(tmpdir(), 'cdi-shim-'));
  after(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

/**
 * The test binary. Test files share one, as long as nothing that goes into it changes.
 *
 * @param entry its core
 * @param parts the files that the entry imports
 */
export function probeBinary(entry: string = join(fixtures, 'probe.ts'), parts: readonly string[] = []): string {
  const sources = readdirSync(join(root, 'shim'), { recursive: true, encoding: 'utf8' })
    .filter((name) => /\.([ch]|ld)$/.test(name))
    .map((name) => join(root, 'shim', name));
  const build = join(root, 'scripts/build-shim.ts');
  const made = [...sources.sort(), build, join(root, 'scripts/heap.ts'), entry, ...parts];
  return built(basename(entry, '.ts'), made, (out) => [process.execPath, build, '--entry', entry, '--out', out]);
}

/** A C fixture, as a static program. */
export function program(name: string): string {
  const source = join(fixtures, `${name}.c`);
  return built(name, [source], (out) => ['musl-gcc', '-O1', '-static', '-s', '-o', out, source]);
}

/** Staged where other users may enter and no path has a blank, whatever the checkout's is. */
function built(name: string, inputs: readonly string[], command: (out: string) => string[]): string {
  const cached = buildOnce(name, inputs, command);
  const folder = scratch();
  chmodSync(folder, 0o755);
  const staged = join(folder, basename(cached));
  copyFileSync(cached, staged);
  return staged;
}

function buildOnce(name: string, inputs: readonly string[], command: (out: string) => string[]): string {
  const hash = createHash('sha256');
  for (const input of inputs) hash.update(readFileSync(input));
  const folder = join(root, 'build', 'shim-tests');
  const file = join(folder, `${name}-${hash.digest('hex').slice(0, 16)}`);
  if (existsSync(file)) return file;
  mkdirSync(folder, { recursive: true });
  const own = mkdtempSync(join(folder, 'making-'));
  const [tool = '', ...args] = command(join(own, name));
  const { status, stdout, stderr } = spawnSync(tool, args, { encoding: 'utf8' });
  assert.equal(status, 0, `${stdout}${stderr}`);
  renameSync(join(own, name), file);
  rmSync(own, { recursive: true });
  return file;
}

export interface Run {
  readonly args?: readonly string[];
  readonly env?: Record<string, string>;
  readonly cwd: string;
  readonly prefix?: readonly string[];
}

/** Runs the shim with settings that name no runtime but what the test says. */
export function shim(file: string, { args = [], env = {}, cwd, prefix = [] }: Run): SpawnSyncReturns<string> {
  const [tool = '', ...rest] = [...prefix, file, ...args];
  const run = spawnSync(tool, rest, { cwd, env: { CDI_RUNTIME_CONFIG: '/nonexistent', ...env }, encoding: 'utf8' });
  return { ...run, stderr: cutPage(run.stderr) };
}

/** What the operations give, one after another, in a shim started in `cwd`. */
export function operate(cwd: string, operations: readonly Operation[], run: Partial<Run> = {}): unknown[] {
  const { stderr, status } = crash(cwd, operations, run);
  assert.equal(status, 1, stderr);
  assert.match(stderr, /^\[/);
  return JSON.parse(stderr);
}

/** The same, for operations that end otherwise. */
export function crash(cwd: string, operations: readonly Operation[], run: Partial<Run> = {}): SpawnSyncReturns<string> {
  const trigger = join(cwd, 'config.json');
  if (!existsSync(trigger)) writeFileSync(trigger, '{"annotations": {"cdi.k8s.io/x": ""}}');
  return shim(probeBinary(), {
    args: ['create', 'x'],
    ...run,
    cwd,
    env: { PROBE: JSON.stringify(operations), ...run.env },
  });
}
