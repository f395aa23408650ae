// The WebAssembly that is checked in is what its recipe makes of today's C.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { test } from 'node:test';

const root = resolve(import.meta.dirname, '../..');

test('src/host/libyaml.ts is what npm run build yaml makes', () => {
  const out = join(mkdtempSync(join(tmpdir(), 'cdi-test-')), 'libyaml.ts');
  const { stderr } = spawnSync(process.execPath, [join(root, 'scripts/build-libyaml.ts'), '--out', out], {
    encoding: 'utf8',
  });
  assert.equal(stderr, '');
  assert.ok(readFileSync(out).equals(readFileSync(join(root, 'src/host/libyaml.ts'))), 'run npm run build yaml');
});
