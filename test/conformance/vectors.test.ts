// The command lines of runc and crun as the core reads them, by the vectors' own checker.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import test from 'node:test';
import { fileURLToPath } from 'node:url';

const CONTRACT = fileURLToPath(new URL('contract/', import.meta.url));
const ADAPTER = fileURLToPath(new URL('argv.mjs', import.meta.url));

test('every vector is read as its runtime reads it', () => {
  const { status, stdout, stderr } = spawnSync(
    process.execPath,
    [`${CONTRACT}check.mjs`, `${CONTRACT}vectors.json`, ADAPTER],
    { encoding: 'utf8' },
  );
  assert.equal(status, 0, stdout + stderr);
  assert.match(stdout, /^[1-9]\d* passed, 0 failed$/m);
});
