// The shim on a whole host of its own: a Debian kernel with all of cgroup v2 in a VM, where crun runs behind the shim.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { CHECKS } from './checks.ts';
import { runChecks } from './run-checks.ts';

test('in a VM with full cgroup v2', async (t) => {
  const { results, problem } = await runChecks();
  for (const check of CHECKS) {
    await t.test(`${check.name}: ${check.shows}`, () => {
      const result = results.find((known) => known.check === check);
      if (result === undefined) assert.fail('it did not run');
      if (result.reason !== undefined) assert.fail([result.reason, ...result.log].join('\n'));
    });
  }
  assert.equal(problem, undefined);
});
