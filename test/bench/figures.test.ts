// What the benchmark makes of its measurements. Nothing here is timed.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { compare, summary } from '../../bench/figures.ts';
import { isMet, timeTable } from '../../bench/table.ts';

test('summary() takes the mean of the fastest quarter', () => {
  assert.deepEqual(summary([8, 1, 7, 3, 6, 4, 5, 2]), { least: 1, quarter: 1.5, median: 4.5 });
});

test('summary() of fewer than four samples takes the least for the quarter', () => {
  assert.deepEqual(summary([9, 3, 6]), { least: 3, quarter: 3, median: 6 });
});

test('compare() pairs what was measured in one round', () => {
  const { difference, ratio, pairedDifference } = compare([100, 200, 300, 400], [160, 250, 340, 430]);
  assert.deepEqual({ difference, ratio, pairedDifference }, { difference: 60, ratio: 1.6, pairedDifference: 45 });
});

const cases: [title: string, must: Parameters<typeof isMet>[0]['must'], want: boolean][] = [
  ['takes a ratio at its bound', { ratio: 1.5 }, true],
  ['refuses a ratio above it', { ratio: 1.49 }, false],
  ['takes a difference at its bound', { milliseconds: 1 }, true],
  ['refuses a difference above it', { milliseconds: 0.99 }, false],
  ['takes a row without a target', undefined, true],
];
for (const [title, must, want] of cases)
  test(`isMet() ${title}`, () => {
    assert.equal(isMet({ title: 'row', figures: compare([2e6], [3e6]), must }), want);
  });

test('timeTable() says what is missed', () => {
  const table = timeTable('exec', 'shim', [{ title: 'row', figures: compare([2e6], [3e6]), must: { ratio: 1.4 } }]);
  assert.match(table, /^row +2000 +2000 +2000 +3000 +3000 +3000 +\+1000 +\+1000 +1\.50 +ratio 1\.4 +MISSED$/m);
});
