// Whether a row of the benchmark keeps to its limits, and what a slower machine changes.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { summary } from '../../bench/figures.ts';
import { isKept, judge, type Limits, type Measured, paceOf } from '../../bench/limits.ts';
import { shimTable } from '../../bench/shim-table.ts';

function of(microseconds: number): Measured['exec'] {
  return summary([microseconds * 1000]);
}

function row(limits: Limits, shim = 2100, peer?: number): Measured {
  const measured = { name: 'one', title: 'one', exec: of(100), shim: of(shim), limits };
  return { ...measured, peer: peer === undefined ? undefined : of(peer) };
}

const PACE_OF_LIMITS = 1;

const cases: [title: string, row: Measured, pace: number, kept: readonly boolean[]][] = [
  ['takes a multiple of exec at its bound', row({ ofExec: 21 }), 1, [true]],
  ['refuses one above it, however slow the machine', row({ ofExec: 20.9 }), 2, [false]],
  ['takes µs over exec at their bound', row({ overExec: 2000 }), 1, [true]],
  ['refuses one more', row({ overExec: 1999 }), 1, [false]],
  ['takes more on a slower machine', row({ overExec: 1000 }), 2, [true]],
  ['takes less on a faster one', row({ overExec: 2000 }), 0.9, [false]],
  ['takes a part of the peer, over exec, at its bound', row({ ofPeer: 0.5 }, 2100, 4100), 1, [true]],
  ['refuses a larger one', row({ ofPeer: 0.5 }, 2101, 4100), 1, [false]],
  ['says nothing of a peer that is not there', row({ ofPeer: 0.5 }), 1, []],
  ['judges each limit', row({ overExec: 1, ofPeer: 0.9 }, 2100, 4100), 1, [false, true]],
];
for (const [title, given, pace, kept] of cases)
  test(`judge() ${title}`, () => {
    assert.deepEqual(judge(given, [given], pace).map(isKept), kept);
  });

test('judge() compares with another case, at the pace of the machine', () => {
  const other: Measured = { ...row({}), name: 'other' };
  const given = row({ overCase: { name: 'other', most: 300 } }, 2700);
  assert.deepEqual(
    [PACE_OF_LIMITS, 2].map((pace) => judge(given, [other, given], pace).map(isKept)),
    [[false], [true]],
  );
});

test('paceOf() is in proportion to what the yardstick takes over exec', () => {
  const [once, twice] = [paceOf(of(1100), of(100)), paceOf(of(2100), of(100))];
  assert.equal(twice / once, 2);
});

test('shimTable() says what is missed, and leaves out a peer that is not there', () => {
  const table = shimTable([row({ overExec: 1500 })], PACE_OF_LIMITS);
  assert.match(table, /^one +100 +2100 +\+2000 +2000 µs over exec \(at most 1500\): MISSED$/m);
  assert.match(shimTable([row({ ofPeer: 0.5 }, 2100, 8100)], 1), /^one .* 8100 +\+8000 +0\.250 +0\.25 of the peer/m);
});
