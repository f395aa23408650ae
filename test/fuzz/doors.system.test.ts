// Some inputs at each door of the shim's C, with the kept ones among them; `npm run fuzz` tries them by the hour.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { DOORS, fuzzDoor } from './door.ts';

const INPUTS = 3000;

for (const door of DOORS)
  test(`nothing is wrong behind the door ${door}`, async (t) => {
    const { inputs, found } = await fuzzDoor(door, `-runs=${INPUTS}`, 1);
    assert.equal(found, undefined);
    assert.ok(inputs >= INPUTS, `${inputs}`);
    t.diagnostic(`${inputs} inputs tried`);
  });
