// A create that waits for a device, in the shim as it is built: it ends with the change, not with the time.
import assert from 'node:assert/strict';
import { chmodSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { setTimeout } from 'node:timers/promises';
import { STARTED } from '../support/fake-runtime.ts';
import { fileState } from '../support/file-state.ts';
import { INJECTED } from '../support/small-host.ts';
import { createAnd, GPU, place, waitingHosts } from './waiting-create.ts';

const waitingHost = waitingHosts();

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
    const waiting = waitingHost();
    prepare(waiting.cdi);
    const { status, stderr } = await createAnd(waiting, () => change(waiting.cdi));
    assert.deepEqual([status, stderr], [STARTED, '']);
    assert.equal(readFileSync(waiting.host.config, 'utf8'), INJECTED);
  });

test('the wait ends with a directory whose parents were missing too', async () => {
  const waiting = waitingHost(undefined, 'a/b/c');
  const { status, stderr } = await createAnd(waiting, async () => {
    for (const part of ['a', 'a/b', 'a/b/c']) {
      mkdirSync(join(waiting.host.root, part));
      await setTimeout(20);
    }
    place(waiting.cdi);
  });
  assert.deepEqual([status, stderr], [STARTED, '']);
});

test('when the time is over, the create fails and says that it waited; the document is as it was', async () => {
  const waiting = waitingHost('wait: 1500ms\n');
  const before = fileState(waiting.host.config);
  const { status, stderr } = await createAnd(waiting, () => mkdirSync(waiting.cdi));
  const device = 'cannot resolve device "vendor.com/gpu=gpu0" (asked for by annotation cdi.k8s.io/test)';
  const why = `no spec in "${waiting.cdi}" is of vendor "vendor.com" (waited 1.5 s); install the spec of its vendor`;
  assert.deepEqual([status, stderr], [1, `${device}: ${why}\n`]);
  assert.deepEqual(fileState(waiting.host.config), before);
});

for (const signal of ['SIGTERM', 'SIGINT', 'SIGKILL'] as const)
  test(`${signal} ends a wait at once, and nothing is left behind`, async () => {
    const waiting = waitingHost();
    const before = fileState(waiting.host.config);
    const ended = await createAnd(waiting, (pid) => process.kill(pid, signal));
    assert.deepEqual([ended.status, ended.signal, ended.stderr], [null, signal, '']);
    assert.deepEqual(fileState(waiting.host.config), before);
  });

for (const signal of ['SIGTERM', 'SIGINT', 'SIGKILL'] as const)
  test(`${signal} ends a wait apart as well, which is on record`, async () => {
    const waiting = waitingHost('wait: 1h\naudit: { path: AUDIT }\n');
    const { config, settings, root } = waiting.host;
    const audit = join(root, 'audit.jsonl');
    writeFileSync(settings, readFileSync(settings, 'utf8').replace('AUDIT', audit));
    const before = fileState(config);
    const ended = await createAnd(waiting, (pid) => process.kill(pid, signal), [
      '/bin/sh',
      '-c',
      'ulimit -c 0; ulimit -s 256; exec "$@"',
      'sh',
    ]);
    assert.deepEqual([ended.status, ended.signal, ended.stderr], [null, signal, '']);
    assert.deepEqual(fileState(config), before);
    assert.match(readFileSync(audit, 'utf8'), /^.*"outcome":"failed".*"code":"STOPPED".*\n$/);
  });

test('a wait that is stopped and continued goes on', async () => {
  const waiting = waitingHost();
  mkdirSync(waiting.cdi);
  const { status } = await createAnd(waiting, async (pid) => {
    process.kill(pid, 'SIGSTOP');
    await setTimeout(50);
    process.kill(pid, 'SIGCONT');
    await setTimeout(50);
    place(waiting.cdi);
  });
  assert.equal(status, STARTED);
});
