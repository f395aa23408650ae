// The shim under containerd, called by ctr as nerdctl and others would call it.
import assert from 'node:assert/strict';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { must, type Outcome, run, without } from '../support/command.ts';
import { startContainerd, stopShims } from '../support/containerd.ts';
import { type Daemon, until } from '../support/daemon.ts';
import { IMAGE } from '../support/image.ts';
import { ANNOTATION, DEVICE, OPEN_OWN_NODE, PROBE, REFUSAL, type Stage, setStage, UNKNOWN } from '../support/stage.ts';

describe('containerd', { skip: without('containerd', 'ctr', 'runc') }, () => {
  let stage: Stage;
  let daemon: Daemon;
  let socket: string;
  const ctr = (...args: string[]): Outcome => run('ctr', ['-a', socket, ...args], { env: stage.env });

  before(async () => {
    stage = setStage();
    socket = join(stage.folder, 'c.sock');
    daemon = await startContainerd(stage, socket, '');
    must('ctr', ['-a', socket, 'image', 'import', stage.images]);
    must('ctr', ['-a', socket, 'image', 'import', '--snapshotter', 'native', stage.images]);
  });
  after(async () => {
    await daemon?.stop();
    stopShims(socket);
  });

  const runtime = (): string[] => ['--runc-binary', stage.shim('cdi-runc')];
  const ask = (device: string): string[] => ['--annotation', `${ANNOTATION}=${device}`];
  const start = (id: string, options: readonly string[], ...command: string[]): Outcome =>
    ctr('run', '--rm', ...runtime(), ...options, IMAGE, id, ...command);

  for (const snapshotter of ['overlayfs', 'native'])
    test(`a device asked for by annotation is there, opened and hooked (${snapshotter})`, () => {
      const { status, stdout, stderr } = start(
        'probe',
        ['--snapshotter', snapshotter, ...ask(DEVICE)],
        'sh',
        '-c',
        PROBE,
      );
      assert.deepEqual([status, stdout], [0, stage.probed], stderr);
      assert.equal(stage.hookRuns(), 1);
    });

  test('a device asked for by a variable is there', () => {
    const { stdout, stderr } = start('env', ['--env', `CDI_DEVICES=${DEVICE}`], 'sh', '-c', PROBE);
    assert.equal(stdout, stage.probed, stderr);
    assert.equal(stage.hookRuns(), 1);
  });

  test('the cgroup denies the device without a request, and allows it with one', () => {
    assert.equal(start('own', [], 'sh', '-c', OPEN_OWN_NODE).stdout, stage.denied);
    assert.equal(start('own', ask(DEVICE), 'sh', '-c', OPEN_OWN_NODE).stdout, stage.allowed);
  });

  test('a container without a request is as it is with runc alone', () => {
    const script = 'env | sort; ls /dev; cat /proc/mounts | cut -d" " -f2; id';
    const bare = ctr('run', '--rm', IMAGE, 'plain', 'sh', '-c', script);
    assert.deepEqual(start('plain', [], 'sh', '-c', script), bare);
  });

  test('the exit status is the container’s', () => {
    for (const options of [[], ask(DEVICE)]) assert.equal(start('status', options, 'sh', '-c', 'exit 7').status, 7);
  });

  test('a refusal is shown with its reason, and leaves nothing', () => {
    const { status, stderr } = start('refused', ask(UNKNOWN), 'true');
    assert.equal(status, 1);
    assert.ok(stderr.includes(`OCI runtime create failed: ${REFUSAL}: unknown`), stderr);
    assert.doesNotMatch(ctr('task', 'ls').stdout, /refused/);
  });

  test('a container lives its life: exec, pause, resume, kill, delete', async () => {
    must('ctr', ['-a', socket, 'run', '-d', ...runtime(), ...ask(DEVICE), IMAGE, 'life', 'sleep', '1000'], {
      env: stage.env,
    });
    const inside = ctr('task', 'exec', '--exec-id', 'e1', 'life', 'sh', '-c', PROBE);
    assert.equal(inside.stdout, stage.probed.replace('group=1', 'group=1'), inside.stderr);
    for (const command of ['pause', 'resume']) assert.equal(ctr('task', command, 'life').status, 0);
    assert.match(ctr('task', 'ls').stdout, /life .*RUNNING/);
    assert.equal(ctr('task', 'kill', '-s', 'SIGKILL', 'life').status, 0);
    await until(() => /life .*STOPPED/.test(ctr('task', 'ls').stdout), 'the task ends');
    assert.equal(ctr('task', 'rm', 'life').status, 0);
    assert.equal(ctr('container', 'rm', 'life').status, 0);
    stage.hookRuns();
  });

  test('a container with a terminal has its device', () => {
    const command = [
      'ctr',
      '-a',
      socket,
      'run',
      '--rm',
      '-t',
      ...runtime(),
      ...ask(DEVICE),
      IMAGE,
      'tty',
      'sh',
      '-c',
      `'${PROBE}; tty'`,
    ];
    const { stdout } = run('script', ['-qec', command.join(' '), '/dev/null'], { env: { ...stage.env, TERM: 'dumb' } });
    const text = stdout.replaceAll('\r', '');
    assert.ok(text.includes(stage.probed), text);
    assert.match(text, /\/dev\/(?:pts\/0|console)\n/);
    stage.hookRuns();
  });

  test('50 containers that start at once all have their device', () => {
    const script = `for i in $(seq 50); do ctr -a ${socket} run --rm ${runtime().join(' ')} ${ask(DEVICE).join(' ')} ${IMAGE} many$i sh -c '${PROBE.replaceAll("'", "'\\''")}' >${stage.folder}/many.$i 2>&1 & done; wait; cat ${stage.folder}/many.* | sort | uniq -c`;
    const { stdout } = run('sh', ['-c', script], { env: stage.env });
    const lines = stage.probed
      .trim()
      .split('\n')
      .sort()
      .map((line) => `50 ${line}`);
    assert.deepEqual(
      stdout
        .trim()
        .split('\n')
        .map((line) => line.trim()),
      lines,
    );
    assert.equal(stage.hookRuns(), 50);
  });

  test('a restart of containerd leaves a container and its device alone', async () => {
    must('ctr', ['-a', socket, 'run', '-d', ...runtime(), ...ask(DEVICE), IMAGE, 'stays', 'sleep', '1000'], {
      env: stage.env,
    });
    await daemon.stop();
    daemon = await startContainerd(stage, socket, '');
    assert.equal(ctr('task', 'exec', '--exec-id', 'e', 'stays', 'sh', '-c', PROBE).stdout, stage.probed);
    ctr('task', 'kill', '-s', 'SIGKILL', 'stays');
    await until(() => /stays .*STOPPED/.test(ctr('task', 'ls').stdout), 'the task ends');
    assert.equal(ctr('task', 'rm', 'stays').status, 0);
    ctr('container', 'rm', 'stays');
    stage.hookRuns();
  });

  test('a checkpoint is restored with its device', { skip: without('criu') }, async () => {
    must('ctr', ['-a', socket, 'run', '-d', ...runtime(), ...ask(DEVICE), IMAGE, 'frozen', 'sleep', '1000'], {
      env: stage.env,
    });
    const checkpoint = ctr('container', 'checkpoint', '--rw', '--task', 'frozen', 'localhost/checkpoint:latest');
    assert.equal(checkpoint.status, 0, checkpoint.stderr);
    ctr('task', 'kill', '-s', 'SIGKILL', 'frozen');
    await until(() => /frozen .*STOPPED/.test(ctr('task', 'ls').stdout), 'the task ends');
    ctr('task', 'rm', 'frozen');
    ctr('container', 'rm', 'frozen');
    const restored = ctr('container', 'restore', '--rw', '--live', 'thawed', 'localhost/checkpoint:latest');
    assert.equal(restored.status, 0, restored.stderr);
  });

  test('nothing is left', () => {
    assert.deepEqual(ctr('container', 'ls', '-q').stdout, '');
    assert.deepEqual(ctr('task', 'ls', '-q').stdout, '');
    const bundles = join(stage.folder, 'state/io.containerd.runtime.v2.task/default');
    assert.deepEqual(readdirSync(bundles), []);
  });
});
