// The bound on aliases, on both sides of each of its edges, as Go's readers have it (yaml.v2 and yaml.v3).
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { isTooMuchByAlias } from '../../src/text/yaml-alias.ts';

/** Of so many values, so many may come through aliases, and not one more. */
const bounds: [shows: string, read: number, most: number][] = [
  ['nothing is bounded up to 1000 values', 1000, 1000],
  ['from 1001 on 99 of 100 may', 1001, 990],
  ['still so at 100,000', 100_000, 99_000],
  ['still so at 400,000', 400_000, 396_000],
  ['the share falls right behind', 400_360, 396_320],
  ['half way down', 2_200_000, 1_198_999],
  ['shortly before the end', 3_999_996, 400_003],
  ['at 4,000,000 one of 10 may', 4_000_000, 400_000],
  ['the share falls no further', 8_000_000, 800_000],
];
for (const [shows, read, most] of bounds)
  test(`${shows}: ${most} of ${read}`, () => {
    assert.equal(isTooMuchByAlias(most, read), false);
    if (most < read) assert.equal(isTooMuchByAlias(most + 1, read), true);
  });
