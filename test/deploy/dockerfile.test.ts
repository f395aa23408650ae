// The Dockerfile, read: what it copies is there, its commands stop at the first failure, its stages build on each other.
import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { test } from 'node:test';

const ROOT = resolve(import.meta.dirname, '../..');
const TEXT = readFileSync(join(ROOT, 'Dockerfile'), 'utf8');

interface Instruction {
  readonly name: string;
  readonly words: string;
  readonly stage: string;
}

const instructions: Instruction[] = [];
let stage = '';
for (const line of TEXT.replace(/^#.*\n/gm, '')
  .replaceAll(/\\\n\s*/g, '')
  .split('\n')) {
  const [, name = '', words = ''] = /^([A-Z]+) (.*)$/.exec(line) ?? [];
  if (name === '') continue;
  if (name === 'FROM') stage = / AS (\w+)$/.exec(words)?.[1] ?? '';
  instructions.push({ name, words, stage });
}
const all = (name: string): Instruction[] => instructions.filter((instruction) => instruction.name === name);

test('its stages come one from the other: packages, build, check, and the image', () => {
  assert.deepEqual(
    all('FROM').map(({ words }) => words),
    [['$', '{BUILD_BASE} AS deps'].join(''), 'deps AS build', 'build AS check', ['$', '{BASE} AS final'].join('')],
  );
});

test('every line that runs stops at the first failure', () => {
  const lines = all('RUN');
  assert.ok(lines.length >= 5);
  for (const { words } of lines) assert.match(words, /^set -e; /);
});

test('what it copies is in the project, and not left out of the build', () => {
  const ignored = readFileSync(join(ROOT, '.dockerignore'), 'utf8').split('\n');
  for (const { words } of all('COPY').filter(({ words: text }) => !text.startsWith('--from='))) {
    for (const source of words.split(' ').slice(0, -1)) {
      assert.ok(existsSync(join(ROOT, source)), source);
      assert.ok(!ignored.includes(source.replace(/\/$/, '')), source);
    }
  }
});

test('the image has what was checked, and nothing else of the build', () => {
  const copied = all('COPY').filter(({ stage: of }) => of === 'final');
  assert.ok(copied.length > 0);
  for (const { words } of copied) assert.match(words, /^--from=check /);
  const sources = copied.flatMap(({ words }) => words.split(' ').slice(1, -1));
  assert.deepEqual(
    sources,
    [
      ...['package.json', 'LICENSE', 'NOTICE'],
      ...['dist/cdictl.js', 'dist/cdictl.licenses.txt', 'dist/cdi-runtime', 'dist/cdictl/'],
    ].map((name) => `/src/${name}`),
  );
});

test('what is checked is there to be checked', () => {
  const [, list = ''] = /test\/\{([\w,]+)\}/.exec(TEXT) ?? [];
  const folders = list.split(',');
  assert.ok(folders.length > 10);
  for (const folder of folders) assert.ok(existsSync(join(ROOT, 'test', folder)), folder);
});

test('its user says what to do on the host below /host', () => {
  assert.deepEqual(
    all('ENTRYPOINT').map(({ words }) => JSON.parse(words)),
    [['cdictl', '--host-root', '/host']],
  );
});
