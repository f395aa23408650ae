import assert from 'node:assert/strict';
import { test } from 'node:test';
import { wrap } from '../../src/cli/terminal/wrap.ts';

const cases: [shows: string, text: string, width: number, before: readonly string[], want: readonly string[]][] = [
  ['puts what there is room for on one line', 'a b', 40, ['  '], ['  a b']],
  [
    'begins each line below the first',
    'aaaaaaaaa bbbbbbbbb ccccc',
    22,
    ['1) '],
    ['1) aaaaaaaaa bbbbbbbbb', '   ccccc'],
  ],
  [
    'puts other columns before the first line',
    'aaaaaaaaaaaa bbbbbbbb',
    20,
    ['1) ', '    '],
    ['1) aaaaaaaaaaaa', '    bbbbbbbb'],
  ],
  ['counts columns, not characters', '\u6f22'.repeat(11), 22, ['  '], [`  ${'\u6f22'.repeat(10)}`, '  \u6f22']],
  [
    'leaves sixteen columns to the text',
    'a'.repeat(17),
    20,
    [' '.repeat(10)],
    [`${' '.repeat(10)}${'a'.repeat(16)}`, `${' '.repeat(10)}a`],
  ],
  [
    'breaks nothing without a width',
    'a '.repeat(300).trim(),
    Number.POSITIVE_INFINITY,
    ['  '],
    [`  ${'a '.repeat(300).trim()}`],
  ],
];
for (const [shows, text, width, [first = '', rest], want] of cases)
  test(`wrap() ${shows}`, () => assert.deepEqual(wrap(text, width, first, rest), want));
