import assert from 'node:assert/strict';
import { test } from 'node:test';
import { applyGoIndents } from '../../src/cdi/go-indents.ts';

const CASES: readonly [title: string, text: string, want: string][] = [
  ['loses two blanks of each line', '  a\n    b\n', 'a\n  b\n'],
  ['loses them without a line end as well', '  a\n\n   b', 'a\n\n b'],
  ['loses them after an empty line', '\n  a\n', '\na\n'],
  ['keeps a line that begins with a letter', 'a\n  b\n', 'a\n  b\n'],
  ['keeps what Go writes so that no one can read it', ' a\n  b\n', ' a\n  b\n'],
  ['keeps one line', '  a', '  a'],
  ['keeps empty lines', '\n\n', '\n\n'],
  ['keeps what Go writes in quotes for a blank at the end of a line', '  a \n  b', '  a \n  b'],
  ['keeps what Go writes in quotes for a blank at the end', '  a\n  b ', '  a\n  b '],
  ['keeps what Go writes in quotes for its characters', '  a\n  \u{1F600}', '  a\n  \u{1F600}'],
];

for (const [title, text, want] of CASES)
  test(`applyGoIndents() ${title}`, () => {
    assert.deepEqual(applyGoIndents([text]), [want]);
    assert.deepEqual(applyGoIndents([{ member: text }]), [new Map([['member', want]])]);
  });

test('only entries of lists, and members of those, are written with too few blanks', () => {
  const text = '  a\n  b';
  const value = { member: text, mapping: { member: text }, list: [{ mapping: { member: text }, list: [text] }] };
  assert.deepEqual(
    applyGoIndents(value),
    new Map<string, unknown>([
      ['member', text],
      ['mapping', new Map([['member', text]])],
      [
        'list',
        [
          new Map<string, unknown>([
            ['mapping', new Map([['member', text]])],
            ['list', ['a\nb']],
          ]),
        ],
      ],
    ]),
  );
});
