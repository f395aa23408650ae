// Whichever gcc a machine has: its own words, and the package of Debian whose libgcc it links.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { findPackage, readCompiler } from '../../scripts/release/compiler.ts';

test('a compiler is known by its own version, and by the package of its libgcc', async () => {
  const { name, libgcc } = await readCompiler('musl-gcc');
  assert.match(name, /gcc.* \d+\.\d+/);
  assert.match(libgcc.name, /^libgcc-\d+-dev$/);
  assert.deepEqual(await findPackage(libgcc.name), libgcc);
});

test('a program that is no compiler is refused by what it said', async () => {
  await assert.rejects(readCompiler('false'), /^Error: false failed/);
});
