// The Dockerfile, read: its version is the package's, what it copies and checks is there, and it copies what rootfs.ts writes.
import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { test } from 'node:test';
import { listFiles } from '../../scripts/release/rootfs.ts';

const ROOT = resolve(import.meta.dirname, '../..');
const TEXT = readFileSync(join(ROOT, 'Dockerfile'), 'utf8');
const { version } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8'));

test('the version of its images is that of package.json', () => {
  const versions = [...TEXT.matchAll(/^ARG VERSION=(.*)$/gm)].map(([, value]) => value);
  assert.deepEqual(versions, [version, version]);
});

test('what it copies from the project is there', () => {
  const sources = [...TEXT.matchAll(/^COPY (?!--)(.*) \S+$/gm)].flatMap(([, words = '']) => words.split(' '));
  assert.ok(sources.includes('package-lock.json'));
  for (const source of sources) assert.ok(existsSync(join(ROOT, source)), source);
});

test('its images copy the folders that rootfs.ts writes', () => {
  const copied = [...TEXT.matchAll(/^COPY --from=check \/rootfs\/(\S+)\/ \/$/gm)].map(([, name]) => name);
  assert.deepEqual(copied, Object.keys(listFiles));
});

test('the tests that it runs are there', () => {
  const [, list = ''] = /'test\/\{([\w,]+)\}/.exec(TEXT) ?? [];
  const folders = list.split(',');
  assert.ok(folders.length > 5);
  for (const folder of folders) assert.ok(existsSync(join(ROOT, 'test', folder)), folder);
});
