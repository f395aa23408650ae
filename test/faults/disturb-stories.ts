// Disturbs every story by faults at its system calls, one fault a run.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { test } from 'node:test';
import { compile, STARTED } from '../support/fake-runtime.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';
import { faultsOf, titleOf } from './faults.ts';
import { tracedRun } from './injected-run.ts';
import { stage, stories } from './stories.ts';
import { disturb, usualRecord } from './verdict.ts';

/** Why tests that need strace are skipped: where strace is, a container may still forbid it to trace. */
export const noTracing: string | false =
  spawnSync('strace', ['-o', '/dev/null', 'true']).status === 0 ? false : 'strace cannot trace here';

/** @param every 1 for all faults, n for each n-th of them */
export function disturbStories(every: number): void {
  const folder = temporaryFolder();
  const runtime = compile('fake-runc', folder);
  let place = 0;
  for (const [number, story] of stories.entries())
    test(`a fault loses and leaves nothing: ${story.title}`, { skip: noTracing }, (t) => {
      const set = stage(story, join(folder, `${number}`), runtime);
      const { calls, outcome } = tracedRun(set.create);
      assert.equal(outcome.status, set.starts ? STARTED : 1, outcome.stderr);
      const usual = usualRecord(set);
      // The core hands over what it knows of the call, and with that signals begin to be awaited.
      const known = calls.findIndex(({ name }) => name === 'rt_sigaction');
      const late = new Set(known < 0 ? [] : calls.slice(known));
      const points = calls.filter((call) => call.name !== story.failing?.[0]);
      const faults = points.flatMap(faultsOf).filter(() => place++ % every === 0);
      t.diagnostic(`${faults.length} faults at ${points.length} calls`);
      const wrong = faults.flatMap((fault) =>
        disturb(set, fault, { outcomes: usual, isKnown: late.has(fault.call) }).map(
          (what) => `${titleOf(fault)}: ${what}`,
        ),
      );
      assert.deepEqual(wrong, []);
    });
}
