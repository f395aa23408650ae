// A create that waits for a device, and what happens while it does.
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { readFileSync, readlinkSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { compile } from '../support/fake-runtime.ts';
import { cutPage, SHIM } from '../support/run-shim.ts';
import { ASKING, type SmallHost, smallHost } from '../support/small-host.ts';
import { spec } from '../support/specs.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

/** The device of a small host's document, which here appears late. */
export const GPU: string = spec('vendor.com/gpu', 'gpu0').replace('D=', 'GPU=');

/** As long as a wait may be: a create that ends before a test loses its patience did not end with the time. */
const WAIT = 'wait: 1h\n';
const PATIENCE_MS = 120_000;

export interface Waiting {
  readonly host: SmallHost;
  /** the directory of specs, which may be missing */
  readonly cdi: string;
}

/** Makes hosts whose creates wait; for one test file. */
export function waitingHosts(): (settings?: string, cdi?: string) => Waiting {
  const folder = temporaryFolder();
  const runtime = compile('fake-runc', folder);
  return (settings = WAIT, cdi = 'late') => {
    const host = smallHost(folder, { runtime, config: ASKING, settings });
    const directory = join(host.root, cdi);
    const text = readFileSync(host.settings, 'utf8').replace(`[${host.cdi}]`, `[${directory}]`);
    writeFileSync(host.settings, text, { mode: 0o644 });
    return { host, cdi: directory };
  };
}

export interface Ended {
  readonly status: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly stderr: string;
}

/** Starts a create, changes something once it waits, and waits for its end. */
export async function createAnd(
  { host }: Waiting,
  change: (pid: number) => unknown,
  prefix: readonly string[] = [],
): Promise<Ended> {
  const [tool = '', ...args] = [...prefix, SHIM, 'create', '--bundle', host.bundle, 'id'];
  const env = {
    PATH: '/usr/sbin:/usr/bin:/sbin:/bin',
    CDI_RUNTIME_CONFIG: host.settings,
    FAKE_RUNC_RECORD: join(host.root, 'record'),
  };
  const child = spawn(tool, args, { env, stdio: ['ignore', 'ignore', 'pipe'], timeout: PATIENCE_MS });
  let stderr = '';
  child.stderr.setEncoding('utf8').on('data', (text) => {
    stderr += text;
  });
  const ended = new Promise<[number | null, NodeJS.Signals | null]>((resolve, reject) => {
    child.on('error', reject).on('close', (status, signal) => resolve([status, signal]));
  });
  while (child.exitCode === null && !waits(child.pid ?? 0)) await setTimeout(5);
  assert.deepEqual([child.exitCode, stderr], [null, ''], 'it does not wait');
  await change(child.pid ?? 0);
  const [status, signal] = await ended;
  return { status, signal, stderr: cutPage(stderr) };
}

/** Whether a process, or the child that it traces, is the shim, and sleeps until something happens. */
function waits(pid: number): boolean {
  try {
    const children = readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').split(' ').filter(Boolean);
    return [`${pid}`, ...children].some((one) => {
      const stat = readFileSync(`/proc/${one}/stat`, 'utf8');
      const state = stat.slice(stat.lastIndexOf(')') + 2, stat.lastIndexOf(')') + 3);
      // A traced process stops at each of its calls, but for the one that it sleeps in.
      return readlinkSync(`/proc/${one}/exe`) === SHIM && state === 'S';
    });
  } catch {
    return false;
  }
}

/** A spec in its place in one step, as tools should do it. */
export function place(directory: string, name = 'gpu.yaml'): void {
  writeFileSync(join(directory, `.${name}.new`), GPU, { mode: 0o644 });
  renameSync(join(directory, `.${name}.new`), join(directory, name));
}
