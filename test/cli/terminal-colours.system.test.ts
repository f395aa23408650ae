// Colours, by the terminal, the variables that programs have in common, and the command line: what a real process prints.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { test } from 'node:test';
import { spec } from '../support/specs.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

const folder = temporaryFolder();
writeFileSync(join(folder, 'a.yaml'), spec('vendor.example/gpu', '0'));
const MAIN = resolve(import.meta.dirname, '../../src/cli/main.ts');
const CONFIG = join(folder, 'config.yaml');
writeFileSync(CONFIG, 'trust: { owner: off }\n');

type Variables = Readonly<Record<string, string>>;
const cases: [shows: string, onTerminal: boolean, variables: Variables, words: string[], want: boolean][] = [
  ['none in a pipe', false, {}, [], false],
  ['some on a terminal', true, {}, [], true],
  ['none on a terminal by NO_COLOR', true, { NO_COLOR: '1' }, [], false],
  ['some with an empty NO_COLOR', true, { NO_COLOR: '' }, [], true],
  ['none on a dumb terminal', true, { TERM: 'dumb' }, [], false],
  ['none by CLICOLOR', true, { CLICOLOR: '0' }, [], false],
  ['some in a pipe by FORCE_COLOR', false, { FORCE_COLOR: '1' }, [], true],
  ['none by a FORCE_COLOR of 0', true, { FORCE_COLOR: '0' }, [], false],
  ['some in a pipe by CLICOLOR_FORCE', false, { CLICOLOR_FORCE: '1' }, [], true],
  ['none by a CLICOLOR_FORCE of 0', false, { CLICOLOR_FORCE: '0' }, [], false],
  ['none where one wants none and another all', false, { NO_COLOR: '1', FORCE_COLOR: '1' }, [], false],
  ['some by --color always, whatever the variables', false, { NO_COLOR: '1' }, ['--color', 'always'], true],
  ['none by --color=never, whatever the variables', true, { FORCE_COLOR: '1' }, ['--color=never'], false],
];
for (const [shows, onTerminal, variables, words, want] of cases) {
  test(`colours: ${shows}`, () => {
    const line = [process.execPath, MAIN, 'devices', '--config', CONFIG, '-d', folder, ...words];
    const [program = '', ...rest] = onTerminal ? ['script', '-qec', line.join(' '), '/dev/null'] : line;
    const env = { PATH: process.env['PATH'], TERM: 'xterm', ...variables };
    const { status, stdout, stderr } = spawnSync(program, rest, {
      encoding: 'utf8',
      env,
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    assert.equal(status, 0, stderr);
    assert.match(stdout, /vendor\.example\/gpu/);
    assert.equal(stdout.includes('\x1b['), want, JSON.stringify(stdout));
  });
}
