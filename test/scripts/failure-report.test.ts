// What a failing test prints is short enough to read.
import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { test } from 'node:test';
import { execaSync } from 'execa';
import { temporaryFolder } from '../support/temporary-folder.ts';

const REPORTER = resolve(import.meta.dirname, '../support/skipped-tests.ts');
const COMPARED: Readonly<Record<string, string>> = {
  'a program as base64': `equal(Buffer.alloc(20000, 'f').toString('base64'), 'expected')`,
  'a program as bytes': `equal(Buffer.alloc(20000, 1).toString('latin1'), 'expected')`,
  'many lines': `equal('came\\n'.repeat(300), 'expected\\n'.repeat(300))`,
};

for (const [what, call] of Object.entries(COMPARED)) {
  test(`a failure about ${what} is short, and shows what was expected`, () => {
    const file = join(temporaryFolder(), 'seeded.test.mjs');
    writeFileSync(
      file,
      `import { equal } from 'node:assert';\nimport { test } from 'node:test';\ntest('s', () => ${call});\n`,
    );
    const env = { NODE_TEST_CONTEXT: undefined };
    const { stdout } = execaSync('node', ['--test', `--test-reporter=${REPORTER}`, file], { env, reject: false });
    const lines = (stdout.split('failing tests:')[1] ?? '').trim().split('\n');
    assert.ok(lines.length > 3 && lines.length <= 40, `${lines.length} lines`);
    assert.ok(Math.max(...lines.map((line) => line.length)) <= 210);
    assert.ok(lines.some((line) => line.includes('expected')));
    assert.doesNotMatch(stdout, /\p{Cc}(?<!\n|\t)|[\w+/=]{120,}/u);
  });
}
