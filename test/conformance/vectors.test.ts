import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import test from 'node:test';
import { fileURLToPath } from 'node:url';

const CONTRACT = fileURLToPath(new URL('../../../shared/contract/', import.meta.url));
const ADAPTER = fileURLToPath(new URL('argv.mjs', import.meta.url));
const skip = existsSync(`${CONTRACT}check.mjs`) ? false : `no shared vectors beside the checkout (${CONTRACT})`;

test('every shared argv vector is read as its runtime reads it', { skip }, () => {
  const { status, stdout, stderr } = spawnSync(
    process.execPath,
    [`${CONTRACT}check.mjs`, `${CONTRACT}vectors.json`, ADAPTER],
    { encoding: 'utf8' },
  );
  assert.equal(status, 0, stdout + stderr);
  assert.match(stdout, /^[1-9]\d* passed, 0 failed$/m);
});
