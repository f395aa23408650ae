// Unified diffs: what they look like, and that they say the whole change.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { writeUnifiedDiff } from '../../src/cli/terminal/unified-diff.ts';

const lines = (...texts: readonly string[]): string => texts.map((text) => `${text}\n`).join('');
const NUMBERS = Array.from({ length: 20 }, (_, at) => String(at + 1));
const numbers = (...changes: readonly (readonly [at: number, text: string])[]): string => {
  const texts = [...NUMBERS];
  for (const [at, text] of changes) texts[at - 1] = text;
  return lines(...texts);
};

const ROWS: readonly (readonly [title: string, before: string, after: string, hunks: readonly string[]])[] = [
  ['a line that changes', lines('a', 'b', 'c'), lines('a', 'B', 'c'), ['@@ -1,3 +1,3 @@', ' a', '-b', '+B', ' c']],
  ['a new file', '', lines('a', 'b'), ['@@ -0,0 +1,2 @@', '+a', '+b']],
  ['a file that goes', lines('a'), '', ['@@ -1 +0,0 @@', '-a']],
  ['lines that come', lines('a', 'c'), lines('a', 'b', 'c'), ['@@ -1,2 +1,3 @@', ' a', '+b', ' c']],
  [
    'a last line without an end',
    'a\nb',
    lines('a', 'b'),
    ['@@ -1,2 +1,2 @@', ' a', '-b', '\\ No newline at end of file', '+b'],
  ],
  [
    'changes that are far apart',
    numbers(),
    numbers([2, 'two'], [15, 'fifteen']),
    [
      ...['@@ -1,5 +1,5 @@', ' 1', '-2', '+two', ' 3', ' 4', ' 5'],
      ...['@@ -12,7 +12,7 @@', ' 12', ' 13', ' 14', '-15', '+fifteen', ' 16', ' 17', ' 18'],
    ],
  ],
  [
    'changes that are near each other',
    numbers(),
    numbers([5, 'five'], [11, 'eleven']),
    [
      ...['@@ -2,13 +2,13 @@', ' 2', ' 3', ' 4', '-5', '+five', ' 6', ' 7', ' 8', ' 9', ' 10', '-11', '+eleven'],
      ...[' 12', ' 13', ' 14'],
    ],
  ],
];

for (const [title, before, after, hunks] of ROWS) {
  test(`a diff shows ${title}`, () => {
    assert.equal(writeUnifiedDiff('f', before, after), lines('--- f', '+++ f', ...hunks));
  });
}

test('equal texts have no diff', () => {
  assert.equal(writeUnifiedDiff('f', 'a\n', 'a\n'), '');
});

/** What a diff makes of a text, by its line numbers alone. */
function patched(before: string, diff: string): string {
  const old = before.match(/[^\n]*\n|[^\n]+$/g) ?? [];
  const out: string[] = [];
  let at = 0;
  const parts = diff.replaceAll('\n\\ No newline at end of file\n', '\0').match(/[^\n\0]*[\n\0]/g) ?? [];
  for (const part of parts.slice(2)) {
    const text = part.slice(1).replace('\0', '');
    const head = /^@@ -(\d+)(?:,(\d+))? /.exec(part);
    if (head !== null) {
      const start = Number(head[1]) - (head[2] === '0' ? 0 : 1);
      out.push(...old.slice(at, start));
      at = start;
    } else if (part.startsWith('+')) out.push(text);
    else {
      assert.equal(text, old[at]);
      if (part.startsWith(' ')) out.push(text);
      at++;
    }
  }
  return [...out, ...old.slice(at)].join('');
}

const text = fc
  .tuple(fc.array(fc.constantFrom('a', 'b', 'c', '', 'd'), { maxLength: 30 }), fc.boolean())
  .map(([parts, isEnded]) => parts.join('\n') + (isEnded && parts.length > 0 ? '\n' : ''));

test('a diff carried out on the old text gives the new one, and keeps what both have', () => {
  fc.assert(
    fc.property(text, text, (before, after) => {
      const diff = writeUnifiedDiff('f', before, after);
      assert.equal(patched(before, diff), after);
    }),
    { numRuns: 1000 },
  );
});

test('a large text with a small change has a small diff, at once', () => {
  const many = Array.from({ length: 50_000 }, (_, at) => `line ${at}`);
  const changed = many.map((line, at) => (at === 100 || at === 49_000 ? `${line}!` : line));
  const diff = writeUnifiedDiff('f', lines(...many), lines(...changed));
  assert.equal(diff.split('\n').length, 2 + 2 * 9 + 1);
});

test('a large text with little in common is replaced as a whole', () => {
  const odd = (word: string): string => lines(...NUMBERS, ...Array.from({ length: 4000 }, (_, at) => `${word} ${at}`));
  for (const [before, after, range] of [
    [odd('old'), odd('new').trimEnd(), '-1,4020 +1,4020'],
    ['', odd('new'), '-0,0 +1,4020'],
  ] as const) {
    const diff = writeUnifiedDiff('f', before, after);
    assert.match(diff, new RegExp(`^--- f\n\\+\\+\\+ f\n@@ ${range.replaceAll('+', '\\+')} @@\n`));
    assert.equal(diff.match(/^@@/gm)?.length, 1);
    assert.equal(patched(before, diff), after);
  }
});
