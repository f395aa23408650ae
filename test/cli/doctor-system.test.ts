// What doctor asks programs of this machine, as hostile ones may answer.
import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmdirSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { createSystem } from '../../src/cli/doctor/system.ts';
import { createNodeHost } from '../../src/host/node.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

const folder = temporaryFolder();
const { firstLine } = createSystem(createNodeHost(), '');

const answers: [title: string, script: string, want: string | undefined][] = [
  ['its first line', 'echo 1.2; echo more; echo noise >&2', '1.2'],
  ['nothing', '', ''],
  ['a failure', 'echo 1.2; exit 1', undefined],
  ['no end', 'trap "" TERM; echo 1.2; while :; do sleep 1; done', undefined],
  ['too much', 'yes', undefined],
];
for (const [title, script, want] of answers)
  test(`firstLine() of a program that gives ${title}`, async () =>
    assert.equal(await firstLine('/bin/sh', ['-c', script]), want));

test('firstLine() of a program that is missing', async () =>
  assert.equal(await firstLine(join(folder, 'missing'), []), undefined));

test('firstLine() does not wait for a child that the program leaves behind with its output', async () => {
  const file = join(folder, 'pid');
  assert.equal(await firstLine('/bin/sh', ['-c', `echo 1.2; sleep 600 & echo $! >${file}`]), '1.2');
  // It lives still, and so it takes a signal.
  process.kill(Number(readFileSync(file, 'utf8')), 'SIGKILL');
});

test('firstLine() works where the working directory is gone', async () => {
  const [before, gone] = [process.cwd(), mkdtempSync(join(folder, 'gone-'))];
  process.chdir(gone);
  rmdirSync(gone);
  try {
    assert.equal(await firstLine('/bin/sh', ['-c', 'echo 1.2']), '1.2');
  } finally {
    process.chdir(before);
  }
});
