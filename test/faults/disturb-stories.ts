// Disturbs every story by faults at its system calls, one fault a run.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { availableParallelism } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { describe, test } from 'node:test';
import { compile, STARTED } from '../support/fake-runtime.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';
import { faultsOf, titleOf } from './faults.ts';
import { type Call, tracedRun } from './injected-run.ts';
import { type Stage, type Story, stage, stories } from './stories.ts';
import { disturb, usualRecord } from './verdict.ts';

/** Why tests that need strace are skipped: where strace is, a container may still forbid it to trace. */
export const noTracing: string | false =
  spawnSync('strace', ['-o', '/dev/null', 'true']).status === 0 ? false : 'strace cannot trace here';

/**
 * @param every 1 for all faults, n for each n-th of them
 * @param words in the titles of the stories that are meant; none for all
 */
export function disturbStories(every: number, words: readonly string[] = []): void {
  const folder = temporaryFolder();
  const runtime = compile('fake-runc', folder);
  // who is not root has no namespace of mounts
  const able = stories.filter(({ shared }) => !shared || process.geteuid?.() === 0);
  const meant = able.filter(({ title }) => words.every((word) => title.includes(word)));
  assert.ok(meant.length > 0, `no story has ${words} in its title`);
  describe('a fault loses and leaves nothing', { concurrency: availableParallelism(), skip: noTracing }, () => {
    for (const [number, story] of meant.entries())
      test(`a fault loses and leaves nothing: ${story.title}`, async (t) => {
        const { points, faults, wrong } = await disturbStory(story, join(folder, `${number}`), runtime, every, number);
        t.diagnostic(`${faults} faults at ${points} calls`);
        assert.deepEqual(wrong, []);
      });
  });
}

interface Disturbed {
  readonly points: number;
  readonly faults: number;
  /** in words; empty where all is well */
  readonly wrong: readonly string[];
}

/** @param first which of the first faults is meant, so that a sample has other kinds of them in each story */
async function disturbStory(
  story: Story,
  root: string,
  runtime: string,
  every: number,
  first: number,
): Promise<Disturbed> {
  const set = stage(story, root, runtime);
  const { calls, outcome } = await tracedRun(set.create);
  assert.equal(outcome.status, set.starts ? STARTED : 1, outcome.stderr);
  const usual = usualRecord(set);
  // The core hands over what it knows of the call, and with that signals begin to be awaited.
  const known = calls.findIndex(({ name }) => name === 'rt_sigaction');
  const late = new Set(known < 0 ? [] : calls.slice(known));
  const ofAudit = auditCalls(set, calls);
  const points = calls.filter((call) => call.name !== story.failing?.[0]);
  const faults = points.flatMap(faultsOf).filter((_, place) => (place + first) % every === 0);
  const wrong: string[] = [];
  for (const fault of faults) {
    const expected = { outcomes: usual, isKnown: late.has(fault.call), isOfAudit: ofAudit.has(fault.call) };
    const found = await disturb(set, fault, expected);
    wrong.push(...found.map((what) => `${titleOf(fault)}: ${what}`));
  }
  return { points: points.length, faults: faults.length, wrong };
}

/** Those on the way to the audit, from the root on, and on what is open then: strace names that by its number alone. */
function auditCalls({ audit }: Stage, calls: readonly Call[]): Set<Call> {
  let onTheWay = false;
  return new Set(
    calls.filter(({ text }) => {
      onTheWay ||= /^openat\(AT_FDCWD, "\/", .*O_PATH/.test(text);
      const isOfAudit =
        onTheWay ||
        text.includes(dirname(audit)) ||
        text.includes('{\\"time\\"') ||
        /^f(?:data)?sync\(|^fstat\(.*S_IFREG\|0640/.test(text);
      onTheWay &&= !text.includes(`"${basename(audit)}"`);
      return isOfAudit;
    }),
  );
}
