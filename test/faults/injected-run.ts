// Runs the shim under strace, which lets one of its system calls fail, or kills the shim right before it.
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { text as textOf } from 'node:stream/consumers';
import { type Record, takeRecord } from '../support/fake-runtime.ts';
import { SHIM } from '../support/run-shim.ts';

/** One system call of a run: the `nth` of its name, from 1. */
export interface Call {
  readonly name: string;
  readonly nth: number;
  /** as strace writes it */
  readonly text: string;
}

/** What becomes of a call: the shim is killed before it, or it is not made and fails with this errno, or reads the end. */
export type Effect = 'KILL' | 'END' | `E${string}`;

export interface Fault {
  readonly call: Call;
  readonly effect: Effect;
  /** how many calls of this name fail from there on; 1 where it is not said */
  readonly times?: number;
}

export interface Create {
  /** for the record and strace's output */
  readonly folder: string;
  readonly args: readonly string[];
  readonly settings: string;
  /** the name of a call that fails in every run, and how */
  readonly failing?: readonly [name: string, errno: string] | undefined;
  /** a program with arguments that starts the shim, or who watches it */
  readonly prefix: readonly string[];
}

export interface Outcome {
  readonly status: number | null;
  readonly signal: string | null;
  readonly stdout: string;
  readonly stderr: string;
  /** the programs that became of the shim, in order */
  readonly started: readonly string[];
  readonly record: Record | undefined;
}

const LONGEST_MS = 60_000;

const LINE = /^\d+ +((\w+)\(.*)$/;

/** The calls between the shim's start and that of the runtime, which is the last one; and what came of the run. */
export async function tracedRun(
  create: Create,
): Promise<{ readonly calls: readonly Call[]; readonly outcome: Outcome }> {
  const { outcome, lines } = await run(create, []);
  const counts = new Map<string, number>();
  const calls: Call[] = [];
  for (const line of lines) {
    const [, text = '', name = ''] = LINE.exec(line) ?? [];
    if (name === '') continue;
    const nth = (counts.get(name) ?? 0) + 1;
    counts.set(name, nth);
    calls.push({ name, nth, text });
    if (name === 'execve' && / = 0$/.test(text)) break;
  }
  return { calls, outcome };
}

/** A run with a fault. */
export async function injectedRun(create: Create, { call, effect, times = 1 }: Fault): Promise<Outcome> {
  const how = effect === 'KILL' ? 'signal=KILL' : effect === 'END' ? 'retval=0' : `error=${effect}`;
  const inject = ['-e', `inject=${call.name}:${how}:when=${call.nth}..${call.nth + times - 1}`];
  // Signals cannot be sent with the filter.
  const filter = effect === 'KILL' ? [] : ['--seccomp-bpf'];
  return (await run(create, [...filter, ...inject], ['execve', call.name])).outcome;
}

/** A run as an engine starts it. Only for a call that always fails it takes strace. */
export async function undisturbedRun(create: Create): Promise<Outcome> {
  return create.failing === undefined
    ? launch(create, SHIM, create.args)
    : (await run(create, ['--seccomp-bpf'], ['execve'])).outcome;
}

/** @param only the calls to be written down; with a filter in the kernel all others run at full speed */
async function run(
  create: Create,
  options: readonly string[],
  only: readonly string[] = [],
): Promise<{ readonly outcome: Outcome; readonly lines: readonly string[] }> {
  const log = join(create.folder, 'strace');
  const [name, errno] = create.failing ?? [];
  const failing = name === undefined ? [] : ['-e', `inject=${name}:error=${errno}`];
  const names = only.length === 0 ? [] : ['-e', `trace=${[...only, ...(name === undefined ? [] : [name])]}`];
  const words = ['-f', '-o', log, ...names, ...options, ...failing, SHIM, ...create.args];
  const outcome = await launch(create, 'strace', words);
  // The first line is strace's own start of the shim, which it does not count.
  const lines = readFileSync(log, 'utf8').split('\n').slice(1);
  rmSync(log);
  const started = lines.flatMap((line) => / execve\("([^"]*)".* = 0$/.exec(line)?.[1] ?? []);
  return { outcome: { ...outcome, started }, lines };
}

async function launch(create: Create, program: string, args: readonly string[]): Promise<Outcome> {
  assert.ok(existsSync(SHIM), `${SHIM} is missing: run npm run build`);
  const file = join(create.folder, 'record');
  const [tool = '', ...others] = [...create.prefix, program, ...args];
  const child = spawn(tool, others, {
    cwd: create.folder,
    env: { PATH: process.env['PATH'], CDI_RUNTIME_CONFIG: create.settings, FAKE_RUNC_RECORD: file },
    stdio: ['ignore', 'pipe', 'pipe'],
    timeout: LONGEST_MS,
  });
  const ended = once(child, 'close');
  const [stdout, stderr] = await Promise.all([textOf(child.stdout), textOf(child.stderr)]);
  const [status, signal] = await ended;
  return { status, signal, stdout, stderr, started: [], record: takeRecord(file) };
}
