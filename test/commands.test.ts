// Every test file is run by one of the commands: those with random tests by both, all others by one alone.
import assert from 'node:assert/strict';
import { globSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { listTestFiles } from '../scripts/test.ts';
import { listCoreTests } from './support/floors.ts';

const ROOT = join(import.meta.dirname, '..');

test('test, one process of it, and test:system have each test file', () => {
  const ofSystem = listTestFiles('test:system').filter((file) => file.endsWith('.system.test.ts'));
  const run = [...listTestFiles('test'), ...listCoreTests(), ...ofSystem];
  assert.deepEqual(run.sort(), globSync('{test,integration/vm}/**/*.test.ts', { cwd: ROOT }).sort());
});

test('test:system has the random tests of each folder once more', () => {
  const again = listTestFiles('test:system').filter((file) => !file.endsWith('.system.test.ts'));
  assert.deepEqual(again, globSync('test/**/*.random.test.ts', { cwd: ROOT }).sort());
  assert.ok(again.length > 0);
});
