// Patterns: cases, and on random ones the answer of a regular expression.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { matchesGlob, matchesPath } from '../../src/text/glob.ts';
import { randomFrom } from '../fuzz/random.ts';
import { growth } from '../support/growth.ts';

const globs: [pattern: string, name: string, want: boolean][] = [
  ['', '', true],
  ['', 'a', false],
  ['*', '', true],
  ['*', 'a/b=c', true],
  ['?', '', false],
  ['?', '/', true],
  ['a', 'A', false],
  ['a.b', 'axb', false],
  ['nvidia.com/gpu=*', 'nvidia.com/gpu=', true],
  ['*=all', 'a/b=call', false],
  ['a*b*c', 'a-b-b-c', true],
  ['a*b*c', 'a-c-b', false],
  ['a[bc]', 'ab', false],
  ['a[bc]', 'a[bc]', true],
  ['**', 'a/b', true],
];
for (const [pattern, name, want] of globs)
  test(`matchesGlob(${JSON.stringify(pattern)}, ${JSON.stringify(name)}) is ${want}`, () =>
    assert.equal(matchesGlob(pattern, name), want));

const paths: [pattern: string, path: string, want: boolean][] = [
  ['/usr/bin/*', '/usr/bin/hook', true],
  ['/usr/bin/*', '/usr/bin/', true],
  ['/usr/bin/*', '/usr/bin', false],
  ['/usr/bin/*', '/usr/bin/a/b', false],
  ['/usr/*/hook', '/usr/local/bin/hook', false],
  ['/usr/**/hook', '/usr/local/bin/hook', true],
  ['/usr/**/hook', '/usr/hook', false],
  ['/usr/**', '/usr', false],
  ['/usr/**', '/usr/a/b', true],
  ['/**/x*/y', '/a/xb/c/xd/y', true],
  ['/dev/nvidia?', '/dev/nvidia0', true],
  ['/dev/nvidia?', '/dev/nvidia/', false],
  ['/dev/nvidia*', '/dev/nvidia-caps/cap1', false],
];
for (const [pattern, path, want] of paths)
  test(`matchesPath(${pattern}, ${path}) is ${want}`, () => assert.equal(matchesPath(pattern, path), want));

/** The same by a regular expression: for a glob, or for a path. */
function expression(pattern: string, isPath: boolean): RegExp {
  const one = isPath ? '[^/]' : '[^]';
  const source = pattern.replaceAll(/\*\*|[*?]|[^*?]/g, (part) => {
    if (part === '**') return '[^]*';
    if (part === '*') return `${one}*`;
    return part === '?' ? one : part.replace(/[\\^$.|+()[\]{}]/, String.raw`\$&`);
  });
  return new RegExp(`^${source}$`);
}

test('patterns mean what a regular expression says, on 60000 random ones', () => {
  const { below, pick } = randomFrom(20_261);
  const text = (letters: string, most: number): string =>
    Array.from({ length: below(most + 1) }, () => pick([...letters])).join('');
  let matched = 0;
  for (let round = 0; round < 30_000; round++) {
    const pattern = text('ab/**?', 8);
    const name = text('aab/', 10);
    for (const [matches, isPath] of [
      [matchesGlob, false],
      [matchesPath, true],
    ] as const) {
      const want = expression(pattern, isPath).test(name);
      assert.equal(
        matches(pattern, name),
        want,
        `${matches.name}(${JSON.stringify(pattern)}, ${JSON.stringify(name)})`,
      );
      matched += want ? 1 : 0;
    }
  }
  assert.ok(matched > 3000 && matched < 57_000, `${matched}`);
});

test('a pattern of many stars takes work by its length and that of the name, and no more', () => {
  const refuse = (size: number): void => {
    assert.equal(matchesGlob(`${'*a'.repeat(size)}b`, 'a'.repeat(50 * size)), false);
    assert.equal(matchesPath(`/**/${'*a'.repeat(size)}b`, `/${'a'.repeat(50 * size)}`.repeat(4)), false);
  };
  // Both are eight times as long: 64 times the work, and not 512 times or without end.
  const times = growth(refuse, 10, 8);
  assert.ok(times < 200, `${times}`);
});
