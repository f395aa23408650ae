// The shim's allocator by itself, which its build with sanitizers leaves out: random blocks, each with its own content.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { join, resolve } from 'node:path';
import { test } from 'node:test';
import { temporaryFolder } from '../support/temporary-folder.ts';

const root = resolve(import.meta.dirname, '../..');
const SEEDS = [1, 2];
const ROUNDS = 50_000;
/** Under other names, so that the program's own blocks are not of it. */
const NAMES = {
  malloc: 'malloc',
  calloc: 'calloc',
  realloc: 'realloc',
  free: 'free',
  malloc_usable_size: 'usable_size',
};

function run(tool: string, args: readonly string[]): string {
  const { status, stdout, stderr } = spawnSync(tool, args, { encoding: 'utf8', timeout: 60_000 });
  assert.equal(status, 0, `${stdout}${stderr}`);
  return stdout;
}

test('blocks of the allocator keep what is put into them, up to its limit', () => {
  const folder = temporaryFolder();
  const [object, program] = [join(folder, 'memory.o'), join(folder, 'allocator')];
  const flags = [
    '-std=gnu11',
    '-D_GNU_SOURCE',
    '-O1',
    '-g',
    '-fsanitize=address,undefined',
    '-fno-sanitize-recover=all',
  ];
  const renamed = Object.entries(NAMES).map(([name, own]) => `-D${name}=shim_${own}`);
  run('gcc', [...flags, ...renamed, '-c', join(root, 'shim/memory.c'), '-o', object]);
  run('gcc', [
    ...flags,
    '-Wall',
    '-Wextra',
    '-Werror',
    join(root, 'test/fuzz/fixtures/allocator.c'),
    object,
    '-o',
    program,
  ]);
  for (const seed of SEEDS) assert.equal(run(program, [String(seed), String(ROUNDS)]), 'fine\n');
});
