// The library as built against the answers of the Go reference, by the corpus' own checker.
import { match } from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const CORPUS = fileURLToPath(new URL('../../../shared/corpus', import.meta.url));
const skip = existsSync(CORPUS) ? false : 'the corpus is not beside the checkout';

const CATEGORIES = [
  'names',
  'annotations',
  'edits',
  'inject',
  'random',
  'spec',
  'yaml',
  'version',
  'generate-name',
  'schema',
  'registry',
  'registry-auto',
];

for (const category of CATEGORIES) {
  test(`every case of category ${category} gives the reference's answer`, { skip }, () => {
    const adapter = 'test/conformance/adapter.mjs';
    const checker = [`${CORPUS}/check.mjs`, CORPUS, adapter, '--only', category];
    const { stdout } = spawnSync(process.execPath, checker, { cwd: ROOT, encoding: 'utf8' });
    match(stdout, /^[1-9]\d* passed, 0 failed$/m);
  });
}
