// What is written from tables, and checked in, is what the tables say today.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { test } from 'node:test';

const ROOT = resolve(import.meta.dirname, '../..');

const written: [file: string, script: string][] = [
  ['docs/cdictl.md', 'scripts/cdictl-manual.ts'],
  ['schemas/config.schema.json', 'scripts/settings-schema.ts'],
];
for (const [file, script] of written)
  test(`${file} is fresh: run node ${script}`, () => {
    const { status, stdout, stderr } = spawnSync(process.execPath, [join(ROOT, script), '--print'], {
      encoding: 'utf8',
    });
    assert.equal(status, 0, stderr);
    assert.equal(readFileSync(join(ROOT, file), 'utf8'), stdout);
  });
