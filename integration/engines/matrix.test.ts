// The matrix itself: what is skipped, what fails and what has no test must never look like a pass.
import assert from 'node:assert/strict';
import { join } from 'node:path';
import { test } from 'node:test';
import { execaSync } from 'execa';
import { drawMatrix, type Matrix, missing } from '../support/matrix.ts';

const REPORTER = join(import.meta.dirname, '../support/matrix.ts');
const FIXTURE = join(import.meta.dirname, 'fixtures/three-engines.ts');

test('the matrix says of each engine what passed, failed, was skipped and why, or has no test', () => {
  const args = ['--test', `--test-reporter=${REPORTER}`, FIXTURE];
  const { stdout } = execaSync(process.execPath, args, { env: { NODE_TEST_CONTEXT: undefined }, reject: false });
  const matrix: Matrix = JSON.parse(stdout);
  const lines = drawMatrix(matrix).split('\n');
  for (const line of [
    '                                      odd      broken   gone',
    'device seen and opened                pass     FAIL     skip 1',
    'mount, variable and group             skip 2   MISSING  skip 1',
    '50 started at once                    FAIL     MISSING  skip 1',
    'skip 1: not installed',
    'skip 2: no edits here',
  ])
    assert.ok(lines.includes(line), lines.join('\n'));
  assert.ok(missing(matrix).includes('odd: exit status passed on'));
  assert.ok(!missing(matrix).some((gap) => gap.startsWith('gone')));
});
