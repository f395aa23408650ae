import assert from 'node:assert/strict';
import { test } from 'node:test';
import { findNearest, suggestNearest } from '../../src/text/nearest.ts';

const FIELDS = ['env', 'deviceNodes', 'netDevices', 'hooks', 'mounts', 'intelRdt', 'additionalGids'];

const words: [title: string, word: string, known: string[], want: string[]][] = [
  ['finds a letter too many', 'hookss', FIELDS, ['hooks']],
  ['finds a letter too few', 'mount', FIELDS, ['mounts']],
  ['finds a letter for another', 'deviceModes', FIELDS, ['deviceNodes']],
  ['takes two swapped letters for one slip', 'evn', FIELDS, ['env']],
  ['takes two swapped letters at the start for one slip', 'ohoks', FIELDS, ['hooks']],
  ['takes two swapped pairs for two slips', 'ohosk', FIELDS, []],
  ['disregards case', 'ADDITIONALGID', FIELDS, ['additionalGids']],
  ['finds the word itself', 'env', FIELDS, ['env']],
  ['takes one edit in a short word', 'en', FIELDS, ['env']],
  ['leaves what is far off', 'annotations', FIELDS, []],
  ['leaves what is as long as its edits', 'abc', ['xyz'], []],
  ['puts the nearest first', 'gpu12', ['gpu1', 'gpu123', 'gpu12'], ['gpu12', 'gpu1', 'gpu123']],
  ['gives three at most', 'gpu1', ['gpu2', 'gpu3', 'gpu4', 'gpu5'], ['gpu2', 'gpu3', 'gpu4']],
  ['has nothing for nothing known', 'gpu', [], []],
  ['finds nothing near an empty word', '', ['a', 'bc'], []],
  ['takes no letter for a single other one', '9', ['0', '1', 'all'], []],
];
for (const [title, word, known, want] of words)
  test(`findNearest() ${title}`, () => assert.deepEqual(findNearest(word, known), want));

test('findNearest() does not measure what is very long', () => {
  const long = 'a'.repeat(100_000);
  assert.deepEqual(
    findNearest(
      long,
      Array.from({ length: 1000 }, () => `${long}b`),
    ),
    [],
  );
});

const hints: [title: string, word: string, known: string[], want: string | undefined][] = [
  ['asks whether the nearest was meant', 'hook', FIELDS, 'did you mean "hooks"?'],
  ['asks about several', 'gpu9', ['gpu0', 'gpu1', 'all'], 'did you mean "gpu0" and "gpu1"?'],
  ['lists few known words when none is near', 'x', ['alpha', 'beta'], 'known are "alpha" and "beta"'],
  [
    'lists the first of a dozen',
    'zzz',
    Array.from({ length: 12 }, (_, i) => `word${i}`),
    'known are "word0", "word1", "word2", "word3", "word4" and 7 more',
  ],
  ['is silent about more', 'zzz', Array.from({ length: 13 }, (_, i) => `word${i}`), undefined],
  ['is silent when nothing is known', 'x', [], undefined],
];
for (const [title, word, known, want] of hints)
  test(`suggestNearest() ${title}`, () => assert.equal(suggestNearest(word, known), want));
