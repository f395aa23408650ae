// The shim under dockerd, chosen per container and as the default runtime.
import assert from 'node:assert/strict';
import { mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe } from 'node:test';
import { shows } from '../support/behaviours.ts';
import { run, without } from '../support/command.ts';
import { countEdits, ONCE } from '../support/count-edits.ts';
import { until } from '../support/daemon.ts';
import { Docker } from '../support/docker.ts';
import { explain, listHolders } from '../support/holders.ts';
import { ASKING_IMAGE, IMAGE } from '../support/image.ts';
import { ANNOTATION, DEVICE, OPEN_OWN_NODE, PROBE, type Stage, setStage, UNKNOWN } from '../support/stage.ts';

const ASK = ['--annotation', `${ANNOTATION}=${DEVICE}`];
const NO_NET = ['--network', 'none'];
const EXEC = 'd/exec';
const BUNDLES = `${EXEC}/containerd/daemon/io.containerd.runtime.v2.task/moby`;

describe('docker', { skip: without('dockerd', 'docker', 'containerd', 'runc') }, () => {
  let stage: Stage;
  let docker: Docker;

  before(async () => {
    stage = setStage();
    docker = new Docker(stage);
    docker.configure(config());
    await docker.start();
    docker.must('load', '-i', stage.images);
  });
  after(async () => {
    await docker?.stop();
    stage.takeDown();
  });

  /** @param more what daemon.json has besides */
  const config = (more: object = {}): object => ({
    runtimes: { cdi: { path: stage.shim('cdi-runc') } },
    'live-restore': true,
    ...more,
  });
  const runLine = (options: readonly string[], script: string): string[] => [
    ...['run', '--rm', '--runtime', 'cdi', ...NO_NET, ...options, IMAGE, 'sh', '-c', script],
  ];
  const leaveRunning = (name: string, ...options: readonly string[]): void => {
    docker.must('run', '-d', '--runtime', 'cdi', '--name', name, ...NO_NET, ...ASK, ...options, IMAGE, 'sleep', '1000');
  };
  const configOf = (name: string): string =>
    join(stage.folder, BUNDLES, docker.must('inspect', '--format', '{{.Id}}', name).trim(), 'config.json');
  const state = (name: string, what: string): string =>
    docker.must('inspect', '--format', `{{.State.${what}}}`, name).trim();

  shows(['annotation', 'named', 'device', 'edits', 'hook'], 'an annotation gives a container a device', () => {
    assert.deepEqual(docker.run(...runLine(ASK, PROBE)), { status: 0, stdout: stage.probed, stderr: '' });
    assert.equal(stage.hookRuns(), 1);
  });

  shows(['annotation'], 'docker knows which annotations no image should bring', () => {
    const { Runtimes } = JSON.parse(docker.must('info', '--format', '{{json .}}'));
    const features = JSON.parse(Runtimes.cdi.status['org.opencontainers.runtime-spec.features']);
    assert.deepEqual(features.potentiallyUnsafeConfigAnnotations, [
      ...['cdi.k8s.io/', 'optional.cdi.k8s.io/', 'cdi.k8s.', 'optional.cdi.k8s.'],
    ]);
  });

  shows(['env'], 'a variable gives a container a device', () => {
    assert.equal(docker.must(...runLine(['-e', `CDI_DEVICES=${DEVICE}`], PROBE)), stage.probed);
    assert.equal(stage.hookRuns(), 1);
  });

  shows(['cgroup'], 'a node that the container makes itself opens with a request only', () => {
    assert.equal(docker.must(...runLine([], OPEN_OWN_NODE)), stage.denied);
    assert.equal(docker.must(...runLine(ASK, OPEN_OWN_NODE)), stage.allowed);
    stage.hookRuns();
  });

  shows(['untouched'], 'a container without a request is as it is with runc alone', () => {
    const script = 'env | sort; ls /dev; cut -d" " -f2 /proc/mounts; id';
    const line = (runtime: string): string[] => [
      ...['run', '--rm', '--runtime', runtime, ...NO_NET, '--hostname', 'plain', IMAGE, 'sh', '-c', script],
    ];
    assert.equal(docker.must(...line('cdi')), docker.must(...line('runc')));
    assert.equal(stage.hookRuns(), 0);
  });

  shows(['status'], 'the exit status is the container’s', () => {
    for (const options of [[], ASK]) assert.equal(docker.run(...runLine(options, 'exit 7')).status, 7);
    stage.hookRuns();
  });

  shows(['refusal'], 'a refusal is shown with its reason and ends with 125', () => {
    const { status, stdout, stderr } = docker.run(...runLine(['--annotation', `${ANNOTATION}=${UNKNOWN}`], 'true'));
    assert.deepEqual([status, stdout, stderr], [125, '', stage.refusal('docker')]);
    assert.equal(docker.must('ps', '-aq'), '');
  });

  shows(['exec', 'pause', 'update', 'kill', 'delete'], 'a container lives its life', async () => {
    leaveRunning('life');
    assert.equal(docker.must('exec', 'life', 'sh', '-c', PROBE), stage.probedByExec);
    assert.equal(docker.run('exec', 'life', 'sh', '-c', 'exit 9').status, 9);
    docker.must('pause', 'life');
    assert.equal(state('life', 'Status'), 'paused');
    docker.must('unpause', 'life');
    docker.must('update', '--pids-limit', '100', 'life');
    assert.equal(docker.must('exec', 'life', 'sh', '-c', PROBE), stage.probedByExec);
    docker.must('stop', '-t', '0', 'life');
    assert.equal(state('life', 'ExitCode'), '137');
    docker.must('rm', 'life');
    assert.equal(stage.hookRuns(), 1);
  });

  shows(['holders'], 'a container is known by its name, running or not', () => {
    leaveRunning('holder');
    assert.deepEqual(listHolders(), [`${DEVICE} docker:holder shim`]);
    const running = explain('docker:holder');
    assert.deepEqual([running.status, running.stderr], [0, '']);
    assert.match(running.stdout, /has all of 1 device already[\s\S]*create of container [\s\S]*as it was left then/);
    assert.match(explain('docker:hodler').stderr, /did you mean "holder"\?/);
    docker.must('stop', '-t', '0', 'holder');
    assert.deepEqual(listHolders(), []);
    assert.match(explain('docker:holder').stdout, /config\.v2\.json: gets 1 device by [\s\S]*create of container/);
    docker.must('rm', 'holder');
    assert.equal(stage.hookRuns(), 1);
  });

  shows(['tty'], 'a container with a terminal has its device', () => {
    const line = docker.commandLine(...runLine(['-t', ...ASK], `'${PROBE}; tty'`)).join(' ');
    const { stdout } = run('script', ['-qec', line, '/dev/null'], { env: { ...stage.env, TERM: 'dumb' } });
    const said = stdout.replaceAll('\r', '');
    assert.ok(said.endsWith(`${stage.probed}/dev/pts/0\n`), said);
    assert.equal(stage.hookRuns(), 1);
  });

  shows(['again'], 'a restart policy starts a container again with its device', async () => {
    const policy = ['--restart', 'on-failure:2', '--name', 'again'];
    docker.must('run', '-d', '--runtime', 'cdi', ...policy, ...NO_NET, ...ASK, IMAGE, 'sh', '-c', `${PROBE}; exit 3`);
    await until(() => docker.must('logs', 'again') === stage.probed.repeat(3), 'it has run three times');
    await until(() => state('again', 'Status') === 'exited', 'the policy gives up');
    docker.must('rm', 'again');
    assert.equal(stage.hookRuns(), 3);
  });

  shows(['again', 'delete'], 'docker restart starts a container with its device, once', () => {
    leaveRunning('again');
    docker.must('restart', '-t', '0', 'again');
    assert.deepEqual(countEdits(configOf('again')), ONCE);
    docker.must('rm', '-f', 'again');
    assert.equal(stage.hookRuns(), 2);
  });

  shows(['health'], 'a health check sees the device', async () => {
    leaveRunning('health', '--health-cmd', 'test -c /dev/cdi-probe', '--health-interval', '500ms');
    await until(() => state('health', 'Health.Status') === 'healthy', 'the container is healthy');
    docker.must('rm', '-f', 'health');
    stage.hookRuns();
  });

  shows(['many'], '50 containers that start at once all have their device', async () => {
    const all = await Promise.all(Array.from({ length: 50 }, () => docker.running(...runLine(ASK, PROBE))));
    for (const one of all) assert.deepEqual(one, { status: 0, stdout: stage.probed, stderr: '' });
    assert.equal(stage.hookRuns(), 50);
  });

  shows(['reload', 'handler'], 'SIGHUP adds and removes the runtime live', async () => {
    const knows = (name: string): boolean =>
      docker.must('info', '--format', '{{json .Runtimes}}').includes(`"${name}"`);
    docker.configure(config({ runtimes: { late: { path: stage.shim('cdi-runc') } } }));
    docker.reload();
    await until(() => knows('late') && !knows('cdi'), 'the runtimes are others');
    const late = runLine(ASK, PROBE).map((word) => (word === 'cdi' ? 'late' : word));
    assert.equal(docker.must(...late), stage.probed);
    const { status, stderr } = docker.run(...runLine(ASK, PROBE));
    assert.deepEqual([status, /unknown or invalid runtime name: cdi/.test(stderr)], [125, true], stderr);
    docker.configure(config());
    docker.reload();
    await until(() => knows('cdi') && !knows('late'), 'the runtimes are the first again');
    assert.equal(docker.must(...runLine(ASK, PROBE)), stage.probed);
    assert.equal(stage.hookRuns(), 2);
  });

  shows(
    ['default', 'image'],
    'as default runtime it takes annotations; an image asks in vain once env is off',
    async () => {
      docker.configure(config({ 'default-runtime': 'cdi' }));
      docker.reload();
      await until(() => docker.must('info', '--format', '{{.DefaultRuntime}}').trim() === 'cdi', 'the default is ours');
      const line = (options: readonly string[], image: string): string[] => [
        ...['run', '--rm', ...NO_NET, ...options, image, 'sh', '-c', 'echo "$CDI_DEVICES"; ls /dev/cdi-probe 2>&1'],
      ];
      assert.match(docker.run(...line([], ASKING_IMAGE)).stdout, /\n\/dev\/cdi-probe\n/);
      stage.settings('requests: { env: { enabled: false } }');
      const { stdout } = docker.run(...line([], ASKING_IMAGE));
      assert.equal(stdout, `${DEVICE}\nls: /dev/cdi-probe: No such file or directory\n`);
      assert.equal(docker.must(...line(ASK, IMAGE)), '\n/dev/cdi-probe\n');
      assert.equal(stage.hookRuns(), 2);
    },
  );

  shows(['build'], 'the steps of a legacy build have devices by variable where that is on', () => {
    const context = join(stage.folder, 'context');
    mkdirSync(context);
    const step = `RUN ls /dev/cdi-probe >/seen 2>&1; cat /cdi-file >>/seen 2>&1; true`;
    writeFileSync(join(context, 'Dockerfile'), `FROM ${IMAGE}\nENV CDI_DEVICES=${DEVICE}\n${step}\n`);
    const seen = (): string => {
      docker.must('build', '-q', '--no-cache', '--network', 'none', '-t', 'localhost/built', context);
      return docker.must('run', '--rm', '--runtime', 'runc', ...NO_NET, 'localhost/built', 'cat', '/seen');
    };
    assert.match(seen(), /^ls: .*\ncat: /);
    assert.equal(stage.hookRuns(), 0);
    stage.settings('');
    assert.equal(seen(), '/dev/cdi-probe\nfrom the host\n');
    assert.equal(stage.hookRuns(), 1);
  });

  shows(['restart'], 'a restart of dockerd leaves a container and its device alone', async () => {
    leaveRunning('stays');
    await docker.stop();
    docker.configure(config({ features: { cdi: true }, 'cdi-spec-dirs': [stage.specs] }));
    await docker.start();
    assert.equal(docker.must('exec', 'stays', 'sh', '-c', PROBE), stage.probedByExec);
    docker.must('rm', '-f', 'stays');
    assert.equal(stage.hookRuns(), 1);
  });

  // What docker injects alone comes to us without a request: its hook is as docker made it, and docker leaves out groups.
  const asked: readonly (readonly [string, readonly string[], 'shim' | 'engine', number])[] = [
    ['of docker', ['--device', DEVICE], 'engine', 0],
    ['of both', ['--device', DEVICE, ...ASK], 'shim', 1],
  ];
  for (const [whom, options, by, group] of asked)
    shows(['both', 'holders'], `nothing is doubled where docker injects as well: asked ${whom}`, () => {
      assert.equal(docker.must(...runLine(options, PROBE)), stage.probed.replace('group=1', `group=${group}`));
      docker.must('run', '-d', '--runtime', 'cdi', '--name', 'both', ...NO_NET, ...options, IMAGE, 'sleep', '1000');
      assert.deepEqual(countEdits(configOf('both')), { ...ONCE, group });
      assert.deepEqual(listHolders(), [`${DEVICE} docker:both ${by}`]);
      docker.must('rm', '-f', 'both');
      assert.equal(stage.hookRuns(by), 2);
    });

  shows(['delete'], 'nothing is left', () => {
    assert.equal(docker.must('ps', '-aq'), '');
    for (const folder of [BUNDLES, `${EXEC}/runtime-runc/moby`])
      assert.deepEqual(readdirSync(join(stage.folder, folder)), []);
  });

  shows(['storage'], 'a device on vfs', async () => {
    await docker.stop();
    docker = new Docker(stage, { folder: 'v', storage: 'vfs' });
    docker.configure(config());
    await docker.start();
    docker.must('load', '-i', stage.images);
    assert.equal(docker.must(...runLine(ASK, PROBE)), stage.probed);
    stage.hookRuns();
  });
});
