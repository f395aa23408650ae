// A create that is stopped after one of its system calls, and goes on when it is told to.
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { TestContext } from 'node:test';
import { setTimeout } from 'node:timers/promises';
import { type Record, takeRecord } from '../support/fake-runtime.ts';
import { cutPage, SHIM } from '../support/run-shim.ts';
import type { SmallHost } from '../support/small-host.ts';

export interface StoppedCreate {
  /** Lets it go on, to its end. */
  finish(): Promise<{ readonly status: number | null; readonly stderr: string; readonly record: Record | undefined }>;
}

const LONGEST_MS = 60_000;

/**
 * @param t the test, at whose end nothing of it is left
 * @param call the name of the system call, which a create makes once before it starts the runtime
 */
export async function stoppedCreate(
  t: TestContext,
  { root, bundle, settings }: SmallHost,
  call: string,
): Promise<StoppedCreate> {
  const [log, file] = [join(root, 'strace'), join(root, 'stopped')];
  const words = ['-f', '-o', log, '-e', `trace=${call}`, '-e', `inject=${call}:signal=STOP:when=1`];
  const child = spawn('strace', [...words, SHIM, 'create', '--bundle', bundle, 'id'], {
    env: { PATH: process.env['PATH'], CDI_RUNTIME_CONFIG: settings, FAKE_RUNC_RECORD: file },
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  let stderr = '';
  child.stderr.on('data', (chunk) => {
    stderr += chunk;
  });
  const ended = new Promise<number | null>((resolve) => child.on('close', resolve));
  let pid = 0;
  t.after(async () => {
    // strace alone would wait for a process that is stopped
    if (child.exitCode === null) process.kill(pid === 0 ? (child.pid ?? 0) : pid, 'SIGKILL');
    await ended;
  });
  pid = await stopped(log);
  return {
    async finish() {
      process.kill(pid, 'SIGCONT');
      return { status: await ended, stderr: cutPage(stderr), record: takeRecord(file) };
    },
  };
}

/** The stopped process, as soon as strace has written so. */
async function stopped(log: string): Promise<number> {
  for (const end = Date.now() + LONGEST_MS; Date.now() < end; await setTimeout(5)) {
    const said = existsSync(log) ? readFileSync(log, 'utf8') : '';
    const pid = /^(\d+) +--- stopped by SIGSTOP ---$/m.exec(said)?.[1];
    if (pid !== undefined) return Number(pid);
  }
  return assert.fail(`it was not stopped: ${log}`);
}
