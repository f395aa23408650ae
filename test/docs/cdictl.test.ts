// docs/cdictl.md is what the commands say of themselves today.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { test } from 'node:test';

const ROOT = resolve(import.meta.dirname, '../..');

test('docs/cdictl.md is fresh: run node scripts/cdictl-manual.ts', () => {
  const script = join(ROOT, 'scripts/cdictl-manual.ts');
  const { status, stdout, stderr } = spawnSync(process.execPath, [script, '--print'], { encoding: 'utf8' });
  assert.equal(status, 0, stderr);
  assert.equal(readFileSync(join(ROOT, 'docs/cdictl.md'), 'utf8'), stdout);
});
