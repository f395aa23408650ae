// The shim with no engine at all: called as the runtime that its name says, with a bundle.
import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe } from 'node:test';
import { type Behaviour, shows } from '../support/behaviours.ts';
import { type BundleOptions, makeBundle } from '../support/bundle.ts';
import { must, type Outcome, run, running, without } from '../support/command.ts';
import { until } from '../support/daemon.ts';
import { ANNOTATION, DEVICE, OPEN_OWN_NODE, PROBE, type Stage, setStage, UNKNOWN } from '../support/stage.ts';

interface Runtime {
  readonly name: string;
  readonly options: readonly string[];
  /** what it prints for PROBE in an exec, where that is not what a container prints */
  readonly inExec?: (probed: string) => string;
  /** what it cannot show, and why */
  readonly lacks: Partial<Record<Behaviour, string>>;
}

const DAEMON = { restart: 'a runtime has no daemon to restart' };
const RUNTIMES: readonly Runtime[] = [
  { name: 'runc', options: [], lacks: DAEMON },
  { name: 'crun', options: [], lacks: DAEMON },
  {
    name: 'runsc',
    // Its exec has no groups but those that its command line names.
    inExec: (probed) => probed.replace('group=1', 'group=0'),
    // Its other platform needs KVM, and its own network a device.
    options: ['--platform=systrap', '--network=none', '--ignore-cgroups'],
    lacks: { ...DAEMON, cgroup: 'runsc puts no device rules on its sandbox, whose devices are its own' },
  },
];

/** Why a runtime that is installed does nothing on this machine. */
function refusesToRun({ name, options }: Runtime): string | false {
  if (name !== 'runsc') return false;
  const { status, stderr } = run(name, [...options, 'do', 'true']);
  return status === 0 ? false : `runsc runs nothing here: ${stderr.trim().split('\n')[0]}`;
}

for (const runtime of RUNTIMES)
  describe(runtime.name, { skip: without(runtime.name) || refusesToRun(runtime) }, () => {
    let stage: Stage;
    let state: readonly string[];
    let shim: string;
    before(() => {
      stage = setStage();
      state = ['--root', join(stage.folder, 'state'), ...runtime.options];
      shim = stage.shim(`cdi-${runtime.name}`);
    });
    after(() => {
      for (const id of call('list', '--quiet').stdout.trim().split('\n')) if (id !== '') call('delete', '--force', id);
      stage.takeDown();
    });

    const asking = (device: string): Pick<BundleOptions, 'annotations'> => ({ annotations: { [ANNOTATION]: device } });
    const sh = (script: string): Pick<BundleOptions, 'args'> => ({ args: ['sh', '-c', script] });
    const call = (...args: string[]): Outcome => run(shim, [...state, ...args], { env: stage.env });
    const start = (id: string, options: BundleOptions): Outcome =>
      call('run', '--bundle', makeBundle(stage, id, options), id);
    /** A container that outlives its command must not hold the test's pipes. */
    const create = (id: string, bundle: string): string =>
      must('sh', ['-c', `exec "$@" >${bundle}/said 2>&1`, 'sh', shim, ...state, 'create', '--bundle', bundle, id], {
        env: stage.env,
      });
    const statusOf = (id: string): unknown => JSON.parse(call('state', id).stdout).status;

    shows(['annotation', 'device', 'edits', 'hook'], 'a device asked for by annotation is there', () => {
      const { status, stdout, stderr } = start('probe', { ...sh(PROBE), ...asking(DEVICE) });
      assert.deepEqual([status, stdout, stderr], [0, stage.probed, '']);
      assert.equal(stage.hookRuns(), 1);
    });

    shows(['env'], 'a device asked for by a variable is there', () => {
      assert.equal(start('env', { ...sh(PROBE), env: [`CDI_DEVICES=${DEVICE}`] }).stdout, stage.probed);
      assert.equal(stage.hookRuns(), 1);
    });

    shows(
      ['cgroup'],
      'the cgroup denies the device without a request, and allows it with one',
      () => {
        assert.equal(start('own', sh(OPEN_OWN_NODE)).stdout, stage.denied);
        assert.equal(start('own', { ...sh(OPEN_OWN_NODE), ...asking(DEVICE) }).stdout, stage.allowed);
        stage.hookRuns();
      },
      runtime.lacks.cgroup,
    );

    shows(['untouched'], 'a container without a request is as it is without the shim, and its bundle as it was', () => {
      const bundle = makeBundle(stage, 'same', sh('env; ls /dev; cat /proc/mounts; id; ulimit -a'));
      const config = readFileSync(join(bundle, 'config.json'), 'utf8');
      const command = [...state, 'run', '--bundle', bundle, 'same'];
      const bare = run(runtime.name, command, { env: stage.env });
      assert.equal(bare.status, 0, bare.stderr);
      assert.deepEqual(run(shim, command, { env: stage.env }), bare);
      assert.equal(readFileSync(join(bundle, 'config.json'), 'utf8'), config);
    });

    shows(['status'], 'the exit status is the container’s', () => {
      for (const request of [{}, asking(DEVICE)])
        assert.equal(start('status', { ...sh('exit 7'), ...request }).status, 7);
      stage.hookRuns();
    });

    shows(['refusal'], 'a refusal is one line, and leaves nothing', () => {
      const bundle = makeBundle(stage, 'refused', { args: ['true'], ...asking(UNKNOWN) });
      const before = readFileSync(join(bundle, 'config.json'), 'utf8');
      const { status, stdout, stderr } = call('run', '--bundle', bundle, 'refused');
      assert.deepEqual([status, stdout, stderr], [1, '', stage.refusal('runtime')]);
      assert.deepEqual(readdirSync(bundle), ['config.json']);
      assert.equal(readFileSync(join(bundle, 'config.json'), 'utf8'), before);
      assert.notEqual(call('state', 'refused').status, 0);
    });

    shows(['exec', 'pause', 'kill', 'delete'], 'a container lives its life from create to delete', async () => {
      create('life', makeBundle(stage, 'life', { args: ['sleep', '1000'], ...asking(DEVICE) }));
      assert.equal(statusOf('life'), 'created');
      assert.equal(call('start', 'life').status, 0);
      assert.equal(statusOf('life'), 'running');
      const inside = call('exec', 'life', 'sh', '-c', PROBE);
      assert.equal(inside.stdout, runtime.inExec?.(stage.probed) ?? stage.probed, inside.stderr);
      assert.equal(call('exec', 'life', 'sh', '-c', 'exit 7').status, 7);
      assert.equal(call('pause', 'life').status, 0);
      assert.equal(statusOf('life'), 'paused');
      assert.equal(call('resume', 'life').status, 0);
      assert.equal(call('kill', 'life', 'KILL').status, 0);
      await until(() => statusOf('life') === 'stopped', 'the container ends');
      assert.equal(call('delete', 'life').status, 0);
      assert.notEqual(call('state', 'life').status, 0);
      assert.equal(stage.hookRuns(), 1);
    });

    shows(['again'], 'a container that is created again from its bundle has its device once', () => {
      const bundle = makeBundle(stage, 'again', { ...sh(`${PROBE}; env | grep -c ^CDI_PROBE`), ...asking(DEVICE) });
      const config = (): string => readFileSync(join(bundle, 'config.json'), 'utf8');
      assert.equal(call('run', '--bundle', bundle, 'again').stdout, `${stage.probed}1\n`);
      const injected = config();
      assert.equal(call('run', '--bundle', bundle, 'again').stdout, `${stage.probed}1\n`);
      assert.equal(config(), injected);
      assert.equal(stage.hookRuns(), 2);
    });

    shows(['tty'], 'a container with a terminal has its device', () => {
      const bundle = makeBundle(stage, 'tty', {
        ...sh(`${PROBE}; test -t 0 && echo terminal`),
        ...asking(DEVICE),
        terminal: true,
      });
      const command = [shim, ...state, 'run', '--bundle', bundle, 'tty'].join(' ');
      const { stdout } = run('script', ['-qec', command, '/dev/null'], { env: { ...stage.env, TERM: 'dumb' } });
      // The terminal shows the end of script's own input as ^@, wherever that falls.
      assert.equal(stdout.replaceAll(/\r|\^@/g, ''), `${stage.probed}terminal\n`);
      stage.hookRuns();
    });

    shows(['many'], '50 containers that start at once all have their device', async () => {
      const ids = Array.from({ length: 50 }, (_, number) => `many${number}`);
      const bundles = ids.map((id) => makeBundle(stage, id, { ...sh(PROBE), ...asking(DEVICE) }));
      const all = await Promise.all(
        ids.map((id, at) => running(shim, [...state, 'run', '--bundle', bundles[at] ?? '', id], { env: stage.env })),
      );
      for (const outcome of all) assert.deepEqual(outcome, { status: 0, stdout: stage.probed, stderr: '' });
      assert.equal(stage.hookRuns(), 50);
    });

    shows(['restart'], 'a restart leaves a container alone', () => {}, runtime.lacks.restart);

    shows(['delete'], 'nothing is left', () => {
      assert.equal(call('list', '--quiet').stdout.trim(), '');
    });
  });
