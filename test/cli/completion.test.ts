// Completions, asked for as the shells' scripts ask, and by bash itself.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { chmodSync, mkdirSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { test } from 'node:test';
import { runCdictl } from '../support/run-cdictl.ts';
import { spec } from '../support/specs.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

const folder = temporaryFolder();
const specs = join(folder, 'cdi');
mkdirSync(specs);
writeFileSync(join(specs, 'gpu.yaml'), spec('vendor.com/gpu', '0', '1:2'));
const config = join(folder, 'config.yaml');
writeFileSync(config, `specDirs: [${specs}]\n`);

const asked: [title: string, words: string[], want: string[]][] = [
  ['a command', ['vend'], ['vendors']],
  ['the first word of two', ['conf'], ['config']],
  ['the second word of two', ['config', ''], ['check', 'show']],
  ['an option', ['devices', '--verb'], ['--verbose']],
  ['the choices of an option', ['devices', '--output', ''], ['json', 'table', 'yaml']],
  ['operands that are choices', ['completion', 'z'], ['zsh']],
  ['a device', ['resolve', 'vendor.com/gpu='], ['vendor.com/gpu=0', 'vendor.com/gpu=1:2']],
  ['a vendor', ['specs', 'v'], ['vendor.com']],
  ['nothing that is known', ['devices', 'zzz'], []],
];
for (const [title, words, want] of asked)
  test(`__complete offers ${title}`, async () => {
    const { status, stdout } = await runCdictl(['__complete', '--config', config, '--', ...words]);
    assert.equal(status, 0);
    assert.deepEqual(
      stdout
        .split('\n')
        .filter((line) => line !== '')
        .sort(),
      want,
    );
  });

const shells: [shell: string, check: string[]][] = [
  ['bash', ['-n']],
  ['zsh', ['-n']],
  ['fish', ['--no-execute']],
];
for (const [shell, check] of shells)
  test(`the script for ${shell} is one that the shell reads`, async (context) => {
    const { stdout } = await runCdictl(['completion', shell]);
    assert.ok(stdout.includes('__complete'));
    if (spawnSync(shell, ['--version']).error !== undefined) return context.skip(`${shell} is not installed`);
    const file = join(folder, `completion.${shell}`);
    writeFileSync(file, stdout);
    const { status, stderr } = spawnSync(shell, [...check, file], { encoding: 'utf8' });
    assert.equal(status, 0, stderr);
  });

test('bash completes a device with = and : in its name', async () => {
  const { stdout: script } = await runCdictl(['completion', 'bash']);
  const bin = join(folder, 'bin');
  mkdirSync(bin);
  const main = resolve(import.meta.dirname, '../../src/cli/main.ts');
  const program = join(bin, 'cdictl');
  writeFileSync(program, `#!/bin/sh\nexec ${process.execPath} ${main} --config ${config} "$@"\n`);
  chmodSync(program, 0o755);
  // As bash splits the line: at = and :, too, where no other completion helps.
  const ask = `${script}
COMP_LINE='cdictl resolve vendor.com/gpu=1'; COMP_POINT=\${#COMP_LINE}
COMP_WORDS=(cdictl resolve vendor.com/gpu = 1); COMP_CWORD=4
_cdictl cdictl; printf '%s\\n' "\${COMPREPLY[@]}"`;
  const env = { PATH: `${bin}:/usr/bin:/bin` };
  const { stdout, stderr } = spawnSync('bash', ['--norc', '-c', ask], { encoding: 'utf8', env });
  assert.match(stdout, /1:2/, stderr);
});
