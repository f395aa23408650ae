// The shim's C as it is written: laid out by one tool, free of what gcc's analyzer finds, and without a circle of calls.
import assert from 'node:assert/strict';
import { readdirSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { test } from 'node:test';
import { execa } from 'execa';
import { sourceOf } from '../../scripts/sources.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

const shim = resolve(import.meta.dirname, '../../shim');
const objects = temporaryFolder();
const names = readdirSync(shim).filter((name) => /\.[ch]$/.test(name));
const sources = names.filter((name) => name.endsWith('.c'));

const FOLDERS = [sourceOf('quickjs'), join(sourceOf('libyaml'), 'include'), join(sourceOf('libmd'), 'include')];
const LANGUAGE = [
  '-std=gnu11',
  '-D_GNU_SOURCE',
  '-DCDI_RUNTIME_VERSION="0"',
  ...FOLDERS.flatMap((folder) => ['-isystem', folder]),
];
/** O1: without it the analyzer sees leaks where a scope's end frees what it holds */
const ANALYZER = ['-O1', '-fanalyzer', '-Wall', '-Wextra', '-Wconversion', '-Werror'];

test('every file is laid out as shim/.clang-format says', async () => {
  assert.equal(await complaints('clang-format', ['--dry-run', '-Werror', ...names]), '');
});

for (const name of sources)
  test(`gcc's analyzer finds nothing: ${name}`, async () => {
    const words = [...LANGUAGE, ...ANALYZER, '-c', name, '-o', join(objects, `${name}.o`)];
    assert.equal(await complaints('gcc', words), '');
  });

test('no circle: what a file calls, or what that calls, never calls it', async () => {
  const offered = new Map<string, string>();
  const wanted = new Map<string, string[]>();
  for (const name of sources) {
    const { stdout } = await execa('nm', ['-gP', join(objects, `${name}.o`)]);
    const symbols = stdout.split('\n').map((line) => line.split(' '));
    for (const [symbol = '', type] of symbols) if (type !== 'U') offered.set(symbol, name);
    wanted.set(
      name,
      symbols.flatMap(([symbol = '', type]) => (type === 'U' ? [symbol] : [])),
    );
  }
  const calls = new Map([...wanted].map(([name, symbols]) => [name, symbols.map((symbol) => offered.get(symbol))]));
  assert.ok(calls.get('main.c')?.includes('engine.c'));
  assert.deepEqual(circular(calls), []);
});

test('circular() finds those that call each other, and those above them', () => {
  const calls = { a: ['b'], b: ['c'], c: ['b', 'd'], d: [] };
  assert.deepEqual(circular(new Map(Object.entries(calls))), ['a', 'b', 'c']);
});

async function complaints(program: string, words: readonly string[]): Promise<string> {
  const { exitCode, stderr } = await execa(program, words, { cwd: shim, reject: false });
  return exitCode === 0 ? stderr : `${program} ended with status ${exitCode}\n${stderr}`;
}

/** What is left when every file that calls none of those left is taken away, again and again. */
function circular(calls: ReadonlyMap<string, readonly (string | undefined)[]>): string[] {
  const left = new Map(calls);
  for (let before = 0; before !== left.size; ) {
    before = left.size;
    for (const [name, called] of left)
      if (!called.some((other) => other !== undefined && left.has(other))) left.delete(name);
  }
  return [...left.keys()];
}
