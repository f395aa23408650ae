// Every test file is run by one of the commands, and by one alone.
import assert from 'node:assert/strict';
import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';

const ROOT = join(import.meta.dirname, '..');
const { scripts }: { scripts: { readonly [name: string]: string } } = JSON.parse(
  readFileSync(join(ROOT, 'package.json'), 'utf8'),
);

test('test, one process of it, and test:system have each test file once', () => {
  const alone = readFileSync(join(import.meta.dirname, 'core.test.ts'), 'utf8');
  const folders = /FOLDERS = '(.*)'/.exec(alone)?.[1];
  const patterns = ['test', 'test:system'].map((name) => /'([^']*)'/.exec(scripts[name] ?? '')?.[1] ?? '');
  const run = [...patterns, `test/{${folders}}/!(*.system).test.ts`].flatMap((pattern) =>
    globSync(pattern, { cwd: ROOT }),
  );
  assert.deepEqual(run.sort(), globSync('{test,integration/vm}/**/*.test.ts', { cwd: ROOT }).sort());
});
