// The shim's memory functions by themselves, which its build with sanitizers leaves out.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { join, resolve } from 'node:path';
import { test } from 'node:test';
import { temporaryFolder } from '../support/temporary-folder.ts';

const root = resolve(import.meta.dirname, '../..');
const SEEDS = [1, 2];
const ROUNDS = 50_000;
const FLAGS = ['-std=gnu11', '-D_GNU_SOURCE', '-O1', '-g', '-fsanitize=address,undefined', '-fno-sanitize-recover=all'];

function run(tool: string, args: readonly string[]): string {
  const { status, stdout, stderr } = spawnSync(tool, args, { encoding: 'utf8', timeout: 60_000 });
  assert.equal(status, 0, `${stdout}${stderr}`);
  return stdout;
}

/** What this program uses itself is not of the shim, whose functions have other names in it. */
test('blocks of the allocator keep what is put into them, up to its limit, and copies are right', () => {
  const folder = temporaryFolder();
  const [object, program] = [join(folder, 'shim.o'), join(folder, 'program')];
  const functions = ['malloc', 'calloc', 'realloc', 'free', 'malloc_usable_size', 'memcpy', 'memmove'];
  const renamed = functions.map((name) => `-D${name}=shim_${name.replace(/^malloc_/, '')}`);
  run('gcc', [...FLAGS, ...renamed, '-c', join(root, 'shim/memory.c'), '-o', object]);
  const warnings = ['-Wall', '-Wextra', '-Werror'];
  run('gcc', [...FLAGS, ...warnings, join(root, 'test/fuzz/fixtures/memory.c'), object, '-o', program]);
  for (const seed of SEEDS) assert.equal(run(program, [String(seed), String(ROUNDS)]), 'fine\n');
});
