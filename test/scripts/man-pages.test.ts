// The manual pages: all that the tables have is in them, and roff has nothing to say about them.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { test } from 'node:test';
import { MAN } from '../../scripts/release/npm-packages.ts';
import { COMMANDS } from '../../src/cli/commands.ts';
import { listShown } from '../../src/cli/help.ts';
import { SETTINGS } from '../../src/settings/table.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

const ROOT = resolve(import.meta.dirname, '../..');
const folder = temporaryFolder();
const made = spawnSync(process.execPath, [join(ROOT, 'scripts/man-pages.ts'), '--out', folder], { encoding: 'utf8' });
const read = (name: string): string => readFileSync(join(folder, name), 'utf8');

test('there is a page for each that the package names', () => {
  assert.equal(made.status, 0, made.stderr);
  assert.deepEqual(
    readdirSync(folder)
      .map((name) => `dist/man/${name}`)
      .sort(),
    MAN.toSorted(),
  );
});

const escapeDashes = (text: string): string => text.replaceAll('-', '\\-');

test('cdictl(1) has every command, its other names, options and examples', () => {
  const sections = read('cdictl.1').split(/^\.S[SH] "/m);
  for (const { name, options = [], examples, aliases = [] } of listShown(COMMANDS)) {
    const [text = ''] = sections.filter((one) =>
      new RegExp(`^cdictl ${name.replaceAll('-', '\\\\-')}["\\s]`).test(one),
    );
    for (const option of options)
      assert.ok(text.includes(escapeDashes(`--${option.name}`)), `${name} --${option.name}`);
    for (const other of aliases) assert.ok(text.includes(other), `${name}: ${other}`);
    assert.equal(text.split('\n.EX\n').length - 1, examples.length, name);
  }
});

test('cdi-runtime.yaml(5) has every key', () => {
  for (const key of Object.keys(SETTINGS))
    assert.match(read('cdi-runtime.yaml.5'), new RegExp(`^\\.B ${key}(?:\\.|$)`, 'm'));
});

const skip = spawnSync('groff', ['--version']).status === 0 ? false : 'groff is missing';
for (const name of ['cdictl.1', 'cdi-runtime.8', 'cdi-runtime.yaml.5'])
  test(`groff has nothing to say about ${name}`, { skip }, () => {
    const words = ['-man', '-Tutf8', '-Kutf8', '-ww', '-P-c', '-rLL=80n', join(folder, name)];
    const { status, stdout, stderr } = spawnSync('groff', words, { encoding: 'utf8' });
    assert.deepEqual([status, stderr], [0, '']);
    assert.ok(stdout.split('\n').length > 20);
  });
