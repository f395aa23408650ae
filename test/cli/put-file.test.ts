// A file of /etc that cdictl replaces keeps all that it was but its text.
import assert from 'node:assert/strict';
import { chmodSync, chownSync, readdirSync, readFileSync, rmSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { putFile } from '../../src/cli/files/put-file.ts';
import { attributesOf, setAttributes } from '../shim/extended-attributes.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

const folder = temporaryFolder();
const skip = process.geteuid?.() === 0 ? false : 'only root may give files away and label them';

test('putFile() keeps owner, mode and attributes', { skip }, () => {
  const file = join(folder, 'config.toml');
  writeFileSync(file, 'old');
  chownSync(file, 12345, 54321);
  chmodSync(file, 0o640);
  const attributes = { 'user.text': '6162', 'security.text': '63' };
  setAttributes(file, attributes);
  const before = attributesOf(file);
  putFile(file, 'new');
  const { uid, gid, mode } = statSync(file);
  assert.deepEqual([readFileSync(file, 'utf8'), uid, gid, mode & 0o7777], ['new', 12345, 54321, 0o640]);
  assert.deepEqual(attributesOf(file), before);
  assert.deepEqual(readdirSync(folder), ['config.toml']);
});

test('putFile() refuses a link in the place of the file, which leads elsewhere', () => {
  symlinkSync('config.toml', join(folder, 'link'));
  assert.throws(() => putFile(join(folder, 'link'), 'new'), { code: 'ELOOP' });
});

test('putFile() takes a name as long as names may be, of letters as wide as they are', () => {
  putFile(join(folder, '\u{1F600}'.repeat(63)), 'new');
  rmSync(join(folder, '\u{1F600}'.repeat(63)));
});

test('what a killed run has left of the same file is taken away', () => {
  writeFileSync(join(folder, '.x.cdi-runtime-abcdefgh'), 'half');
  writeFileSync(join(folder, '.y.cdi-runtime-abcdefgh'), 'half');
  putFile(join(folder, 'x'), 'new');
  assert.deepEqual(readdirSync(folder).sort(), ['.y.cdi-runtime-abcdefgh', 'config.toml', 'link', 'x']);
});
