// Every error code has its section in docs/errors.md, and is in use.
import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';

const ROOT = join(import.meta.dirname, '..');
const read = (path: string): string => readFileSync(join(ROOT, path), 'utf8');

const declaration = /export type ErrorCode =([^;]+);/.exec(read('src/text/error.ts'))?.[1] ?? '';
const CODES = [...declaration.matchAll(/'([A-Z_]+)'/g)].map((found) => found[1] ?? '');

const sections = new Map(
  read('docs/errors.md')
    .split(/^## /m)
    .slice(1)
    .map((section) => [section.slice(0, section.indexOf('\n')), section.slice(section.indexOf('\n'))]),
);

test('ErrorCode is sorted, and each code is there once', () => {
  assert.ok(CODES.length > 10);
  assert.deepEqual(CODES, [...new Set(CODES)].sort());
});

test('docs/errors.md has a section for each code, in the same order, and no other', () => {
  assert.deepEqual([...sections.keys()], CODES);
});

for (const [code, section] of sections)
  test(`docs/errors.md explains ${code}, shows a message of it, and says what to do`, () => {
    assert.match(section, /^\n\n\w[^\n]+\.\n\n```\ncannot [^\n]+: [^\n]+\n```\n\n\*\*What to do:\*\* \w[^\n]+\.\n+$/);
  });

test('every code is thrown somewhere', () => {
  const sources = readdirSync(join(ROOT, 'src'), { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.ts') && name !== join('text', 'error.ts'))
    .map((name) => read(join('src', name)).replace(/^\s*(?:\/\/|\/?\*).*$/gm, ''));
  // What the core cannot say the C half does.
  const native = readdirSync(join(ROOT, 'shim')).map((name) => read(join('shim', name)));
  const unused = CODES.filter(
    (code) =>
      !sources.some((source) => source.includes(`'${code}'`)) &&
      !native.some((source) => source.includes(`#define ${code} "${code}"`)),
  );
  assert.deepEqual(unused, []);
});
