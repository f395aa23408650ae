// A few rounds of what `npm run test:churn` does by the minute.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { temporaryFolder } from '../support/temporary-folder.ts';
import { churn } from './churn.ts';

const folder = temporaryFolder();

test('no create is wrong while specs, settings and the log change', async (t) => {
  const { wrong, ...counts } = await churn(folder, (rounds) => rounds === 2);
  t.diagnostic(JSON.stringify(counts));
  assert.deepEqual(wrong, []);
});
