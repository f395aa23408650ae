// The manual pages: all that the tables have is in them, and roff has nothing to say about them.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { test } from 'node:test';
import { bold, writeMarkdown } from '../../scripts/roff.ts';
import { COMMANDS } from '../../src/cli/commands.ts';
import { listShown } from '../../src/cli/help.ts';
import { readSections } from '../../src/cli/pages.ts';
import { SETTINGS } from '../../src/settings/table.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

const ROOT = resolve(import.meta.dirname, '../..');
const folder = temporaryFolder();
const made = spawnSync(process.execPath, [join(ROOT, 'scripts/man-pages.ts'), '--out', folder], { encoding: 'utf8' });
const read = (name: string): string => readFileSync(join(folder, name), 'utf8');

test('there is a page for each that the package names', () => {
  assert.equal(made.status, 0, made.stderr);
  const { man } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8'));
  assert.deepEqual(
    readdirSync(folder)
      .map((name) => `dist/man/${name}`)
      .sort(),
    man.sort(),
  );
});

test('cdictl(1) has every command, its other names, options and examples', () => {
  const page = read('cdictl.1');
  for (const { name, options = [], examples, aliases = [] } of listShown(COMMANDS)) {
    const text =
      page
        .slice(page.indexOf(`"cdictl ${name.replaceAll('-', '\\-')}"`))
        .split(/\n\.S[HS] (?!"cdictl \w+ *\w*"$)/m)[0] ?? '';
    for (const option of options) assert.ok(text.includes(bold(`--${option.name}`)), `${name} --${option.name}`);
    for (const other of aliases) assert.ok(text.includes(other), `${name}: ${other}`);
    assert.ok(examples.length === 0 || text.includes('Example: '), name);
  }
});

test('cdi-runtime(8) has every error code, cdi-runtime.yaml(5) every key', () => {
  for (const { title } of readSections('errors.md')) assert.ok(read('cdi-runtime.8').includes(`.SS "${title}"`), title);
  for (const key of Object.keys(SETTINGS)) assert.ok(read('cdi-runtime.yaml.5').includes(`.TP\n${bold(key)}\n`), key);
});

test('what would be a command to roff is text, and a form that is not known is an error', () => {
  const lines = writeMarkdown("# T\n\n.so /etc/passwd\n'br \\\\n `-x`\n\n```\n.fi\n```\n");
  assert.deepEqual(lines, [
    '.SH "T"',
    '.PP',
    "\\&.so /etc/passwd\n\\&'br \\en \\fB\\-x\\fR",
    '.PP',
    '.RS 4',
    '.nf',
    '\\&.fi',
    '.fi',
    '.RE',
  ]);
  assert.throws(() => writeMarkdown('---\n'), /no way to write hr/);
});

const skip = spawnSync('groff', ['--version']).status === 0 ? false : 'groff is missing';
for (const name of ['cdictl.1', 'cdi-runtime.8', 'cdi-runtime.yaml.5'])
  test(`groff has nothing to say about ${name}`, { skip }, () => {
    const words = ['-man', '-Tutf8', '-Kutf8', '-ww', '-P-c', '-rLL=80n', join(folder, name)];
    const { status, stdout, stderr } = spawnSync('groff', words, { encoding: 'utf8' });
    assert.deepEqual([status, stderr], [0, '']);
    assert.ok(stdout.split('\n').length > 100);
  });
