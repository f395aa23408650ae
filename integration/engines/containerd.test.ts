// The shim under containerd, called by ctr as nerdctl and others would call it.
import assert from 'node:assert/strict';
import { mkdirSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe } from 'node:test';
import { shows } from '../support/behaviours.ts';
import { must, type Outcome, run, running, without } from '../support/command.ts';
import { endShims, startContainerd } from '../support/containerd.ts';
import { type Daemon, until } from '../support/daemon.ts';
import { explain, listHolders } from '../support/holders.ts';
import { IMAGE } from '../support/image.ts';
import { ANNOTATION, DEVICE, OPEN_OWN_NODE, PROBE, type Stage, setStage, UNKNOWN } from '../support/stage.ts';

describe('containerd', { skip: without('containerd', 'ctr', 'runc') }, () => {
  let stage: Stage;
  let daemon: Daemon;
  let socket: string;
  const ctr = (...args: string[]): Outcome => run('ctr', ['-a', socket, ...args], { env: stage.env });
  const mustCtr = (...args: string[]): string => must('ctr', ['-a', socket, ...args], { env: stage.env });

  before(async () => {
    stage = setStage();
    socket = join(stage.folder, 'c.sock');
    daemon = await startContainerd(stage, socket);
    mustCtr('image', 'import', stage.images);
    mustCtr('image', 'import', '--snapshotter', 'native', stage.images);
  });
  after(async () => {
    await daemon?.stop();
    endShims(socket);
    stage.takeDown();
  });

  const runtime = (): string[] => ['--runc-binary', stage.shim('cdi-runc')];
  const ask = (device: string): string[] => ['--annotation', `${ANNOTATION}=${device}`];
  const runLine = (id: string, options: readonly string[], ...command: string[]): string[] => [
    ...['run', '--rm', ...runtime(), ...options, IMAGE, id],
    ...command,
  ];
  const start = (id: string, options: readonly string[], script: string): Outcome =>
    ctr(...runLine(id, options, 'sh', '-c', script));
  const leaveRunning = (id: string, ...command: readonly string[]): void => {
    mustCtr('run', '-d', ...runtime(), ...ask(DEVICE), IMAGE, id, ...command);
  };
  const inside = (id: string, script: string): Outcome =>
    ctr('task', 'exec', '--exec-id', `exec-${id}`, id, 'sh', '-c', script);
  const remove = async (id: string): Promise<void> => {
    mustCtr('task', 'kill', '-s', 'SIGKILL', id);
    await until(() => new RegExp(`${id} .*STOPPED`).test(mustCtr('task', 'ls')), `the task ${id} ends`);
    mustCtr('task', 'rm', id);
    mustCtr('container', 'rm', id);
  };

  for (const snapshotter of ['overlayfs', 'native'])
    shows(['annotation', 'device', 'edits', 'hook', 'storage'], `a device on ${snapshotter}, by annotation`, () => {
      const { status, stdout, stderr } = start('probe', ['--snapshotter', snapshotter, ...ask(DEVICE)], PROBE);
      assert.deepEqual([status, stdout], [0, stage.probed], stderr);
      assert.equal(stage.hookRuns(), 1);
    });

  shows(['env'], 'a device by a variable', () => {
    const { stdout, stderr } = start('env', ['--env', `CDI_DEVICES=${DEVICE}`], PROBE);
    assert.equal(stdout, stage.probed, stderr);
    assert.equal(stage.hookRuns(), 1);
  });

  shows(['cgroup'], 'a node that the container makes itself opens with a request only', () => {
    assert.equal(start('own', [], OPEN_OWN_NODE).stdout, stage.denied);
    assert.equal(start('own', ask(DEVICE), OPEN_OWN_NODE).stdout, stage.allowed);
    stage.hookRuns();
  });

  shows(['untouched'], 'a container without a request is as it is with runc alone', () => {
    const script = 'env | sort; ls /dev; cut -d" " -f2 /proc/mounts; id';
    const bare = ctr('run', '--rm', IMAGE, 'plain', 'sh', '-c', script);
    assert.deepEqual(start('plain', [], script), bare);
    assert.equal(bare.status, 0, bare.stderr);
    assert.equal(stage.hookRuns(), 0);
  });

  shows(['holders'], 'a container that runs is known by its id', async () => {
    leaveRunning('holder', 'sleep', '1000');
    assert.deepEqual(listHolders(), [`${DEVICE} ctr:default/holder shim`]);
    const { status, stdout, stderr } = explain('ctr:holder');
    assert.deepEqual([status, stderr], [0, '']);
    assert.match(stdout, /has all of 1 device already[\s\S]*create of container holder: injected/);
    await remove('holder');
    assert.deepEqual(listHolders(), []);
    assert.match(explain('ctr:holder').stderr, /no container of ctr is here/);
    assert.equal(stage.hookRuns(), 1);
  });

  shows(['status'], 'the exit status is the container’s', () => {
    for (const options of [[], ask(DEVICE)]) assert.equal(start('status', options, 'exit 7').status, 7);
    stage.hookRuns();
  });

  shows(['refusal'], 'a refusal is shown with its reason, and leaves nothing', () => {
    const { status, stdout, stderr } = start('refused', ask(UNKNOWN), 'true');
    assert.deepEqual([status, stdout, stderr], [1, '', stage.refusal('containerd')]);
    assert.doesNotMatch(mustCtr('task', 'ls'), /refused/);
    assert.doesNotMatch(mustCtr('container', 'ls'), /refused/);
  });

  shows(['exec', 'pause', 'kill', 'delete'], 'a container lives its life', async () => {
    leaveRunning('life', 'sleep', '1000');
    assert.equal(inside('life', PROBE).stdout, stage.probedByExec);
    assert.equal(inside('life', 'exit 9').status, 9);
    mustCtr('task', 'pause', 'life');
    assert.match(mustCtr('task', 'ls'), /life .*PAUSED/);
    mustCtr('task', 'resume', 'life');
    assert.match(mustCtr('task', 'ls'), /life .*RUNNING/);
    await remove('life');
    assert.equal(stage.hookRuns(), 1);
  });

  shows(['tty'], 'a container with a terminal has its device', () => {
    const line = ['ctr', '-a', socket, ...runLine('tty', ['-t', ...ask(DEVICE)], 'sh', '-c', `'${PROBE}; tty'`)];
    const { stdout } = run('script', ['-qec', line.join(' '), '/dev/null'], { env: { ...stage.env, TERM: 'dumb' } });
    const said = stdout.replaceAll('\r', '');
    assert.ok(said.endsWith(`${stage.probed}/dev/pts/0\n`), said);
    assert.equal(stage.hookRuns(), 1);
  });

  // They report by a file: ctr at times loses what a container said, with runc alone too.
  shows(['many'], '50 containers that start at once all have their device', async () => {
    const reports = join(stage.folder, 'reports');
    mkdirSync(reports);
    const options = [...ask(DEVICE), '--mount', `type=bind,src=${reports},dst=/reports,options=rbind:rw`];
    const ids = Array.from({ length: 50 }, (_, index) => `many${index}`);
    const started = ids.map(async (id) => {
      const line = runLine(id, options, 'sh', '-c', `(${PROBE}) >/reports/${id}`);
      const { status, stderr } = await running('ctr', ['-a', socket, ...line], { env: stage.env });
      assert.deepEqual([status, readFileSync(join(reports, id), 'utf8')], [0, stage.probed], stderr);
    });
    await Promise.all(started);
    assert.equal(stage.hookRuns(), 50);
  });

  shows(['restart'], 'a restart of containerd leaves a container and its device alone', async () => {
    leaveRunning('stays', 'sleep', '1000');
    await daemon.stop();
    daemon = await startContainerd(stage, socket);
    assert.equal(inside('stays', PROBE).stdout, stage.probedByExec);
    await remove('stays');
    assert.equal(stage.hookRuns(), 1);
  });

  shows(
    ['checkpoint'],
    'a checkpoint is restored with its device',
    async () => {
      // A freeze interrupts a sleep and so would end it.
      leaveRunning('frozen', 'sh', '-c', 'while :; do sleep 1; done');
      mustCtr('container', 'checkpoint', '--rw', '--image', '--task', 'frozen', 'localhost/checkpoint:latest');
      await remove('frozen');
      mustCtr('container', 'restore', '--rw', '--live', 'thawed', 'localhost/checkpoint:latest');
      assert.equal(inside('thawed', PROBE).stdout, stage.probedByExec);
      assert.equal(inside('thawed', OPEN_OWN_NODE).stdout, stage.allowed);
      await remove('thawed');
      assert.equal(stage.hookRuns(), 2);
    },
    without('criu') || withoutCriu(),
  );

  shows(['delete'], 'nothing is left', () => {
    assert.deepEqual([mustCtr('container', 'ls', '-q'), mustCtr('task', 'ls', '-q')], ['', '']);
    assert.deepEqual(readdirSync(join(stage.folder, 'state/io.containerd.runtime.v2.task/default')), []);
    assert.doesNotMatch(readFileSync('/proc/mounts', 'utf8'), /overlay.*\/rootfs/);
  });
});

/** Why criu cannot freeze and thaw processes on this kernel; false where it can. */
function withoutCriu(): string | false {
  const { status, stdout, stderr } = run('criu', ['check']);
  return status !== 0 && `criu cannot work here: ${`${stdout}${stderr}`.trim().split('\n').at(-1)}`;
}
