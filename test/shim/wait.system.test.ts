// What a wait asks of the kernel: few system calls, and nothing of inotify where there is none to be had.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { setTimeout } from 'node:timers/promises';
import { STARTED } from '../support/fake-runtime.ts';
import { INJECTED } from '../support/small-host.ts';
import { spec } from '../support/specs.ts';
import { createAnd, place, waitingHosts } from './waiting-create.ts';

const waitingHost = waitingHosts();

/** A shell line that starts a program where no one can watch anything. */
function withoutInotify(limit: 'instances' | 'watches'): string[] {
  const script = `echo 0 >/proc/sys/user/max_inotify_${limit} && exec "$@"`;
  return ['unshare', '--user', '--map-root-user', 'sh', '-c', script, 'sh'];
}

for (const limit of ['instances', 'watches'] as const) {
  const [tool = '', ...args] = [...withoutInotify(limit), 'true'];
  const skip = spawnSync(tool, args).status === 0 ? false : 'this machine lets no one limit inotify';
  test(`the wait ends with the change where inotify has no ${limit} left`, { skip }, async () => {
    const waiting = waitingHost();
    mkdirSync(waiting.cdi);
    const { status, stderr } = await createAnd(waiting, () => place(waiting.cdi), withoutInotify(limit));
    assert.deepEqual([status, stderr], [STARTED, '']);
    assert.equal(readFileSync(waiting.host.config, 'utf8'), INJECTED);
  });
}

test('changes that do not matter prolong nothing', async () => {
  const waiting = waitingHost('wait: 1500ms\n');
  mkdirSync(waiting.cdi);
  const trace = join(waiting.host.root, 'trace');
  const change = async (): Promise<void> => {
    for (let i = 0; i < 5; i++) {
      writeFileSync(join(waiting.cdi, `${i}.yaml`), spec('other.org/x', `${i}`), { mode: 0o644 });
      await setTimeout(20);
    }
  };
  const { status } = await createAnd(waiting, change, ['strace', '-o', trace]);
  assert.equal(status, 1);
  const left = [...readFileSync(trace, 'utf8').matchAll(/^poll\(.*, (\d+)\) +=/gm)].map((match) => Number(match[1]));
  const told = `it waits for ${left.join(', ')} ms`;
  assert.ok(Number(left.at(-1)) < Number(left[0]), told);
  for (const [i, time] of left.entries()) assert.ok(time <= (left[i - 1] ?? 1500), told);
});

test('who waits sleeps: it takes a handful of system calls', async () => {
  const waiting = waitingHost('wait: 1500ms\n');
  mkdirSync(waiting.cdi);
  const trace = join(waiting.host.root, 'trace');
  const { status } = await createAnd(waiting, () => {}, ['strace', '-o', trace]);
  assert.equal(status, 1);
  const lines = readFileSync(trace, 'utf8').split('\n');
  const from = lines.findIndex((line) => line.includes('inotify_init1('));
  const polls = lines.filter((line) => line.startsWith('poll('));
  assert.ok(from > 0);
  assert.equal(polls.length, 1, polls.join('\n'));
  // The watch, a look before it and one after it, and the message.
  assert.ok(lines.length - from < 120, `${lines.length - from} calls`);
});
