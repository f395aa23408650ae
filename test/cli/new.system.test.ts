// cdictl new on a terminal, as it is built: what it asks, and what comes of the answers.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { test } from 'node:test';
import { temporaryFolder } from '../support/temporary-folder.ts';

const MAIN = resolve(import.meta.dirname, '../../dist/cdictl.js');
const folder = temporaryFolder();
mkdirSync(join(folder, 'data'));
mkdirSync(join(folder, 'scratch'));

function answer(directory: string, answers: readonly string[]) {
  const line = `'${process.execPath}' '${MAIN}' new -d '${directory}'`;
  const input = answers.join('\n');
  return spawnSync('script', ['-qec', line, '/dev/null'], {
    input,
    encoding: 'utf8',
    cwd: folder,
    timeout: 60_000,
    killSignal: 'SIGKILL',
  });
}

test('answers become a spec', () => {
  const directory = join(folder, 'asked');
  const { status, stdout } = answer(directory, ['data', 'scratch', 'A=1', 'lab.example/data', '', '', '']);
  assert.equal(status, 0, stdout);
  for (const question of [
    /What do containers get\?/,
    /may they write\?/,
    /variables/,
    /Whose is it/,
    /Where does the spec go\?/,
  ])
    assert.match(stdout, question);
  const text = readFileSync(join(directory, 'lab.example-data.yaml'), 'utf8');
  assert.match(text, new RegExp(`# read-only.*\n *- hostPath: ${folder}/data\n`));
  assert.match(text, new RegExp(`# containers write.*\n *- hostPath: ${folder}/scratch\n`));
  assert.match(text, /^- name: data$/m);
  assert.match(text, /- A=1/);
});

test('who says nothing has nothing written', () => {
  const directory = join(folder, 'none');
  const { status, stdout } = answer(directory, ['', '', '']);
  assert.equal(status, 2);
  assert.match(stdout, /nothing is written: nothing is to be handed out/);
  assert.ok(!existsSync(directory));
});

for (const answers of [[], ['data'], ['data', '', 'A=1']])
  test(`an end of the input after ${answers.length} answers is told, and nothing is written`, () => {
    const directory = join(folder, 'ended');
    const { status, stdout } = answer(directory, [...answers, '']);
    assert.equal(status, 2, stdout);
    assert.match(stdout, /\r\ncdictl: nothing is written: the questions were not answered\r\n$/);
    assert.ok(!existsSync(directory));
  });
