// `npm run test:churn -- --minutes N`: creates while everything around them changes, for so long.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseArgs } from 'node:util';
import { temporaryFolder } from '../support/temporary-folder.ts';
import { churn } from './churn.ts';

const { values } = parseArgs({ options: { minutes: { type: 'string', default: '2' } } });
const end = Date.now() + Number(values.minutes) * 60_000;
const folder = temporaryFolder();

test('no create is wrong while specs, settings and the log change', async (t) => {
  const { wrong, ...counts } = await churn(folder, () => Date.now() >= end);
  t.diagnostic(JSON.stringify(counts));
  assert.ok(counts.creates > 0);
  assert.deepEqual(wrong, []);
});
