import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import stringWidth from 'string-width';
import { wrap } from '../../src/cli/wrap.ts';

const cases: [shows: string, text: string, width: number, want: readonly string[]][] = [
  ['nothing where there is room', 'a b', 40, ['  a b']],
  ['at blanks', 'aaaaaaaaa bbbbbbbbb ccccc', 22, ['  aaaaaaaaa bbbbbbbbb', '  ccccc']],
  [
    'a word that is longer than a line',
    `a ${'b'.repeat(30)} c`,
    22,
    [`  a ${'b'.repeat(18)}`, `  ${'b'.repeat(12)} c`],
  ],
  ['by columns, not by characters', '\u6f22'.repeat(11), 22, [`  ${'\u6f22'.repeat(10)}`, '  \u6f22']],
  ['nothing without a width', `a ${'b'.repeat(300)}`, Number.POSITIVE_INFINITY, [`  a ${'b'.repeat(300)}`]],
];
for (const [shows, text, width, want] of cases)
  test(`wrap() breaks ${shows}`, () => assert.deepEqual(wrap(text, width, '  '), want));

test('wrap() puts other columns before the first line', () => {
  assert.deepEqual(wrap('aaaaaaaaaaaa bbbbbbbb', 20, '1) ', '    '), ['1) aaaaaaaaaaaa', '    bbbbbbbb']);
});

test('wrap() keeps all of a text within the width', () => {
  const texts = fc.array(
    fc.constantFrom('a', 'bcd', '\u6f22\u5b57', 'e\u0301', '\u{1f468}\u200d\u{1f469}', '-'.repeat(50)),
  );
  fc.assert(
    fc.property(texts, fc.integer({ min: 20, max: 60 }), (words, width) => {
      const lines = wrap(words.join(' '), width, '  ', '    ');
      for (const line of lines) assert.ok(stringWidth(line) <= width, line);
      assert.equal(lines.join('').replaceAll(' ', ''), words.join(''));
    }),
  );
});
