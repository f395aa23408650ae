// A create that waits for a device, in the shim as it is built: it ends with the change, not with the time.
import assert from 'node:assert/strict';
import { spawn, spawnSync } from 'node:child_process';
import { chmodSync, mkdirSync, readFileSync, renameSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { setTimeout } from 'node:timers/promises';
import { compile, STARTED } from '../support/fake-runtime.ts';
import { fileState } from '../support/file-state.ts';
import { SHIM } from '../support/run-shim.ts';
import { ASKING, INJECTED, type SmallHost, smallHost } from '../support/small-host.ts';
import { spec } from '../support/specs.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

const folder = temporaryFolder();
const runtime = compile('fake-runc', folder);

/** The device of a small host's document, which here appears late. */
const GPU = spec('vendor.com/gpu', 'gpu0').replace('D=', 'GPU=');
/** When it appears, and how long after that the create may take. */
const LATER_MS = 300;
const SOON_MS = 100;
/** A machine with other work may be slow once, but not each time. */
const TRIES = 3;
/** Where the exact time does not matter: less than what is left of the wait. */
const LONGEST_MS = 3000;
const WAIT = 'wait: 8s\n';

interface Waiting {
  readonly host: SmallHost;
  /** the directory of specs, which may be missing */
  readonly cdi: string;
}

function waitingHost(settings = WAIT, cdi = 'late'): Waiting {
  const host = smallHost(folder, { runtime, config: ASKING, settings });
  const directory = join(host.root, cdi);
  const text = readFileSync(host.settings, 'utf8').replace(`[${host.cdi}]`, `[${directory}]`);
  writeFileSync(host.settings, text, { mode: 0o644 });
  return { host, cdi: directory };
}

interface Ended {
  readonly status: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly stderr: string;
  /** milliseconds between the change and the end */
  readonly took: number;
  /** milliseconds from the start on */
  readonly whole: number;
}

/** Starts a create, changes something when it has waited for a while, and waits for its end. */
async function createAnd(
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
  const start = performance.now();
  const child = spawn(tool, args, { env, stdio: ['ignore', 'ignore', 'pipe'] });
  let stderr = '';
  child.stderr.setEncoding('utf8').on('data', (text) => {
    stderr += text;
  });
  const ended = new Promise<[number | null, NodeJS.Signals | null]>((resolve, reject) => {
    child.on('error', reject).on('close', (status, signal) => resolve([status, signal]));
  });
  await setTimeout(LATER_MS);
  assert.deepEqual([child.exitCode, stderr], [null, ''], 'it does not wait');
  await change(child.pid ?? 0);
  const begin = performance.now();
  const [status, signal] = await ended;
  const end = performance.now();
  return { status, signal, stderr, took: end - begin, whole: end - start };
}

/** The quickest of a few tries, of which each must come to the same. */
async function quickest(attempt: () => Promise<Ended>): Promise<number> {
  const times: number[] = [];
  while (times.length < TRIES && !times.some((time) => time < SOON_MS)) {
    const { status, stderr, took } = await attempt();
    assert.deepEqual([status, stderr], [STARTED, '']);
    times.push(took);
  }
  return Math.min(...times);
}

/** A spec in its place in one step, as tools should do it. */
function place(directory: string, name = 'gpu.yaml'): void {
  writeFileSync(join(directory, `.${name}.new`), GPU, { mode: 0o644 });
  renameSync(join(directory, `.${name}.new`), join(directory, name));
}

const late: [title: string, prepare: (cdi: string) => void, change: (cdi: string) => unknown][] = [
  ['a spec that is renamed into its place', (cdi) => mkdirSync(cdi), (cdi) => place(cdi)],
  [
    'a spec that is written in two steps',
    (cdi) => mkdirSync(cdi),
    async (cdi) => {
      writeFileSync(join(cdi, 'gpu.yaml'), GPU.slice(0, 40), { mode: 0o644 });
      await setTimeout(50);
      writeFileSync(join(cdi, 'gpu.yaml'), GPU, { mode: 0o644 });
    },
  ],
  [
    'a spec that is given to root at last',
    (cdi) => {
      mkdirSync(cdi);
      place(cdi);
      chmodSync(join(cdi, 'gpu.yaml'), 0o666);
    },
    (cdi) => chmodSync(join(cdi, 'gpu.yaml'), 0o644),
  ],
  [
    'a directory that is closed to others at last',
    (cdi) => {
      mkdirSync(cdi);
      place(cdi);
      chmodSync(cdi, 0o777);
    },
    (cdi) => chmodSync(cdi, 0o755),
  ],
  [
    'a missing directory with the spec in it',
    () => {},
    (cdi) => {
      mkdirSync(cdi);
      place(cdi);
    },
  ],
  [
    'a missing directory, and later the spec',
    () => {},
    async (cdi) => {
      mkdirSync(cdi);
      await setTimeout(50);
      place(cdi);
    },
  ],
  [
    'a link to a directory',
    (cdi) => {
      mkdirSync(`${cdi}-real`);
      place(`${cdi}-real`);
    },
    (cdi) => symlinkSync(`${cdi}-real`, cdi),
  ],
];
for (const [title, prepare, change] of late)
  test(`the wait ends with ${title}`, async () => {
    const took = await quickest(async () => {
      const waiting = waitingHost();
      prepare(waiting.cdi);
      const ended = await createAnd(waiting, () => change(waiting.cdi));
      assert.equal(readFileSync(waiting.host.config, 'utf8'), INJECTED);
      return ended;
    });
    assert.ok(took < SOON_MS, `${took} ms`);
  });

test('the wait ends with a directory whose parents were missing too', async () => {
  const took = await quickest(() => {
    const waiting = waitingHost(WAIT, 'a/b/c');
    return createAnd(waiting, async () => {
      for (const part of ['a', 'a/b', 'a/b/c']) {
        mkdirSync(join(waiting.host.root, part));
        await setTimeout(20);
      }
      place(waiting.cdi);
    });
  });
  assert.ok(took < SOON_MS, `${took} ms`);
});

/** A shell line that starts a program where nobody can watch anything. */
function withoutInotify(limit: 'instances' | 'watches'): string[] {
  const script = `echo 0 >/proc/sys/user/max_inotify_${limit} && exec "$@"`;
  return ['unshare', '--user', '--map-root-user', 'sh', '-c', script, 'sh'];
}

for (const limit of ['instances', 'watches'] as const) {
  const [tool = '', ...args] = [...withoutInotify(limit), 'true'];
  const skip = spawnSync(tool, args).status === 0 ? false : 'this machine lets nobody limit inotify';
  test(`the wait ends with the change where inotify has no ${limit} left`, { skip }, async () => {
    const took = await quickest(async () => {
      const waiting = waitingHost();
      mkdirSync(waiting.cdi);
      const ended = await createAnd(waiting, () => place(waiting.cdi), withoutInotify(limit));
      assert.equal(readFileSync(waiting.host.config, 'utf8'), INJECTED);
      return ended;
    });
    assert.ok(took < SOON_MS, `${took} ms`);
  });
}

test('when the time is over, the create fails and says that it waited; the document is as it was', async () => {
  const waiting = waitingHost('wait: 1500ms\n');
  const before = fileState(waiting.host.config);
  const { status, stderr, whole } = await createAnd(waiting, () => mkdirSync(waiting.cdi));
  const device = 'cannot resolve device "vendor.com/gpu=gpu0" (asked for by annotation cdi.k8s.io/test)';
  const why = `no spec in "${waiting.cdi}" is of vendor "vendor.com" (waited 1.5 s); install the spec of its vendor`;
  assert.deepEqual([status, stderr], [1, `${device}: ${why}\n`]);
  assert.deepEqual(fileState(waiting.host.config), before);
  assert.ok(whole >= 1500 && whole < LONGEST_MS, `${whole} ms`);
});

test('changes that do not matter prolong nothing', async () => {
  const waiting = waitingHost('wait: 1500ms\n');
  mkdirSync(waiting.cdi);
  const { status, took } = await createAnd(waiting, async () => {
    for (let i = 0; i < 5; i++) {
      writeFileSync(join(waiting.cdi, `${i}.yaml`), spec('other.org/x', `${i}`), { mode: 0o644 });
      await setTimeout(20);
    }
  });
  assert.equal(status, 1);
  assert.ok(took < LONGEST_MS, `${took} ms`);
});

for (const signal of ['SIGTERM', 'SIGINT', 'SIGKILL'] as const)
  test(`${signal} ends a wait at once, and nothing is left behind`, async () => {
    const waiting = waitingHost();
    const before = fileState(waiting.host.config);
    const ended = await createAnd(waiting, (pid) => process.kill(pid, signal));
    assert.deepEqual([ended.status, ended.signal, ended.stderr], [null, signal, '']);
    assert.ok(ended.took < LONGEST_MS, `${ended.took} ms`);
    assert.deepEqual(fileState(waiting.host.config), before);
  });

test('a wait that is stopped and continued goes on', async () => {
  const waiting = waitingHost();
  mkdirSync(waiting.cdi);
  const { status, took } = await createAnd(waiting, async (pid) => {
    process.kill(pid, 'SIGSTOP');
    await setTimeout(50);
    process.kill(pid, 'SIGCONT');
    await setTimeout(50);
    place(waiting.cdi);
  });
  assert.equal(status, STARTED);
  assert.ok(took < LONGEST_MS, `${took} ms`);
});

test('who waits sleeps: it takes a handful of system calls', async () => {
  const waiting = waitingHost('wait: 1500ms\n');
  mkdirSync(waiting.cdi);
  const trace = join(waiting.host.root, 'trace');
  const { status } = await createAnd(waiting, () => {}, ['strace', '-r', '-o', trace]);
  assert.equal(status, 1);
  const lines = readFileSync(trace, 'utf8').split('\n');
  const from = lines.findIndex((line) => line.includes('inotify_init1('));
  const polls = lines.filter((line) => line.includes(' poll('));
  assert.ok(from > 0);
  assert.equal(polls.length, 1, polls.join('\n'));
  // The watch, a look before it and one after it, and the message.
  assert.ok(lines.length - from < 120, `${lines.length - from} calls`);
});
