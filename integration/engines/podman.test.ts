// The shim under podman as root: named on the command line and in containers.conf.
import assert from 'node:assert/strict';
import { copyFileSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe } from 'node:test';
import { shows } from '../support/behaviours.ts';
import { type Outcome, run, without } from '../support/command.ts';
import { until } from '../support/daemon.ts';
import { ASKING_IMAGE, IMAGE } from '../support/image.ts';
import { BUILD_LIMITS, type Podman, setPodman } from '../support/podman.ts';
import { ANNOTATION, DEVICE, OPEN_OWN_NODE, PROBE, type Stage, setStage, UNKNOWN } from '../support/stage.ts';

for (const runtime of ['runc', 'crun'])
  describe(`podman ${runtime}`, { skip: without('podman', 'conmon', runtime) }, () => {
    let stage: Stage;
    let engine: Podman;
    const podman = (...args: string[]): Outcome => engine.podman(...args);
    const did = (...args: string[]): string => {
      const { status, stdout, stderr } = podman(...args);
      assert.equal(status, 0, `podman ${args.join(' ')}: ${stdout}${stderr}`);
      return stdout;
    };
    const name = `cdi-${runtime}`;
    const named = ['--runtime', name];

    before(() => {
      stage = setStage();
      engine = setPodman(stage, name);
      did('load', '--quiet', '--input', stage.images);
    });
    after(() => {
      if (engine !== undefined) podman('rm', '--all', '--force', '--time', '0');
      stage?.takeDown();
    });

    const ask = (device: string): string[] => ['--annotation', `${ANNOTATION}=${device}`];
    const options = ['--network', 'none', '--hostname', 'test'];
    const start = (how: readonly string[], ...command: string[]): Outcome =>
      podman(...named, 'run', '--rm', ...options, ...how, IMAGE, ...command);
    const detach = (id: string, how: readonly string[], ...command: string[]): string =>
      did(...named, 'run', '--detach', '--name', id, ...options, ...how, IMAGE, ...command).trim();
    const remove = (...ids: string[]): string => did('rm', '--force', '--time', '0', ...ids);
    /** What users see, with the shim where users have it. */
    const seen = ({ stderr }: Outcome): string =>
      stderr.replaceAll(stage.shim(''), '/usr/local/bin').replaceAll(/[0-9a-f]{64}/g, 'ID');

    shows(['annotation', 'device', 'edits', 'hook'], 'a device asked for by annotation is there', () => {
      const { status, stdout, stderr } = start(ask(DEVICE), 'sh', '-c', PROBE);
      assert.deepEqual([status, stdout, stderr], [0, stage.probed, '']);
      assert.equal(stage.hookRuns(), 1);
    });

    shows(['env'], 'a device asked for by a variable is there', () => {
      assert.equal(start(['--env', `CDI_DEVICES=${DEVICE}`], 'sh', '-c', PROBE).stdout, stage.probed);
      assert.equal(stage.hookRuns(), 1);
    });

    shows(['cgroup'], 'the cgroup denies the device without a request, and allows it with one', () => {
      const able = ['--cap-add', 'mknod'];
      assert.equal(start(able, 'sh', '-c', OPEN_OWN_NODE).stdout, stage.denied);
      assert.equal(start([...able, ...ask(DEVICE)], 'sh', '-c', OPEN_OWN_NODE).stdout, stage.allowed);
      stage.hookRuns();
    });

    shows(['untouched'], 'a container without a request is as it is without the shim', () => {
      // The order of podman's mounts is a new one each time.
      const script = 'env | sort; ls /dev; cut -d" " -f2 /proc/mounts | sort; id; ulimit -a';
      const bare = podman('--runtime', runtime, 'run', '--rm', ...options, IMAGE, 'sh', '-c', script);
      assert.equal(bare.status, 0, bare.stderr);
      assert.deepEqual(start([], 'sh', '-c', script), bare);
    });

    shows(['status'], 'the exit status is the container’s', () => {
      for (const how of [[], ask(DEVICE)]) assert.equal(start(how, 'sh', '-c', 'exit 7').status, 7);
      stage.hookRuns();
    });

    shows(['refusal'], 'a refusal is shown with its reason', () => {
      const refused = start(ask(UNKNOWN), 'true');
      assert.deepEqual([refused.status, refused.stdout], [126, '']);
      assert.equal(seen(refused), stage.refusal(`podman-${runtime}`));
    });

    shows(['named'], 'podman reads the refusal from the log of a runtime that it knows to write one', () => {
      const id = did(...named, 'create', ...options, ...ask(UNKNOWN), IMAGE, 'true').trim();
      assert.notEqual(podman(...named, 'start', id).status, 0);
      const log = readFileSync(join(stage.folder, 'run/overlay-containers', id, 'userdata/oci-log'), 'utf8');
      assert.equal(log.split('\n').length, 2, 'the log has one line, or podman would not read it');
      const { level, msg } = JSON.parse(log);
      assert.deepEqual([level, `${msg}\n`], ['error', stage.refusal('runtime')]);
      remove(id);
    });

    shows(['named'], 'a runtime given by its path works and refuses, with no log asked for', () => {
      // Its name is none that podman knows, so that it reads what the runtime says instead.
      const path = stage.shim('cdi-runtime');
      const byPath = (device: string, ...command: string[]): Outcome =>
        podman('--runtime', path, 'run', '--rm', ...options, ...ask(device), IMAGE, ...command);
      stage.settings(`runtime: ${runtime}\n`);
      try {
        assert.equal(byPath(DEVICE, 'sh', '-c', PROBE).stdout, stage.probed);
        const refused = byPath(UNKNOWN, 'true');
        assert.equal(refused.status, 126);
        assert.equal(seen(refused), stage.refusal('podman-path'));
      } finally {
        stage.settings('');
      }
      assert.equal(stage.hookRuns(), 1);
    });

    shows(['exec', 'pause', 'kill', 'delete'], 'a container lives its life: exec, pause, stop, rm', () => {
      detach('life', ask(DEVICE), 'sleep', '1000');
      assert.equal(did('exec', 'life', 'sh', '-c', PROBE), stage.probedByExec);
      assert.equal(podman('exec', 'life', 'sh', '-c', 'exit 7').status, 7);
      for (const command of ['pause', 'unpause']) did(command, 'life');
      assert.match(did('top', 'life'), /sleep 1000/);
      did('stop', '--time', '0', 'life');
      assert.match(did('ps', '--all', '--format', '{{.Names}} {{.Status}}'), /life Exited \(137\)/);
      did('rm', 'life');
      assert.equal(stage.hookRuns(), 1);
    });

    shows(
      ['again', 'restart'],
      'a container that is stopped, started and restarted has its device each time, once',
      () => {
        // podman has no daemon: a container lives in conmon, and each command of podman finds it anew.
        const id = detach('again', ask(DEVICE), 'sleep', '1000');
        const look = (): void => {
          assert.equal(did('exec', 'again', 'sh', '-c', PROBE), stage.probedByExec);
          assertOnce(engine.config(id));
        };
        look();
        did('stop', '--time', '0', 'again');
        did('start', 'again');
        look();
        did('restart', '--time', '0', 'again');
        look();
        remove('again');
        assert.equal(stage.hookRuns(), 3);
      },
    );

    shows(['update'], 'limits can be changed', () => {
      detach('limited', ask(DEVICE), 'sleep', '1000');
      did('update', '--memory', '64m', 'limited');
      // podman sends its own device rules along, which know of no CDI, not even its own; of these two, crun obeys.
      const opened = runtime === 'crun' ? stage.denied : stage.allowed;
      assert.equal(did('exec', 'limited', 'sh', '-c', `(${PROBE}) | sed -n s/open=//p`), opened);
      remove('limited');
      assert.equal(stage.hookRuns(), 1);
    });

    shows(['tty'], 'a container with a terminal has its device', () => {
      const command = [...engine.words, ...named, 'run', '--rm', '--tty', ...options, ...ask(DEVICE), IMAGE];
      const script = `${command.join(' ')} sh -c '${PROBE}; test -t 1 && echo terminal'`;
      const { stdout } = run('script', ['-qec', script, '/dev/null'], { env: { ...engine.env, TERM: 'dumb' } });
      // The terminal shows the end of script's own input as ^@, wherever that falls.
      assert.equal(stdout.replaceAll(/\r|\^@/g, ''), `${stage.probed}terminal\n`);
      stage.hookRuns();
    });

    shows(['health'], 'a health check sees the device', () => {
      const check = ['--health-cmd', 'cat /cdi-file && ls /dev/cdi-probe', '--health-interval', 'disable'];
      detach('well', [...ask(DEVICE), ...check], 'sleep', '1000');
      did('healthcheck', 'run', 'well');
      assert.equal(did('inspect', '--format', '{{.State.Health.Status}}', 'well'), 'healthy\n');
      remove('well');
      stage.hookRuns();
    });

    shows(['image'], 'an image that asks gets its device where variables count', () => {
      assert.equal(did(...named, 'run', '--rm', ...options, ASKING_IMAGE, 'sh', '-c', PROBE), stage.probed);
      stage.settings('requests: { env: { enabled: false } }\n');
      try {
        const without = did(...named, 'run', '--rm', ...options, ASKING_IMAGE, 'sh', '-c', 'ls /dev');
        assert.doesNotMatch(without, /cdi-probe/);
      } finally {
        stage.settings('');
      }
      stage.hookRuns();
    });

    shows(['pod', 'sandbox'], 'of a pod, the container that asks gets the device, and the sandbox none', () => {
      did(...named, 'pod', 'create', '--name', 'pod', '--network', 'none');
      const inPod = ['--pod', 'pod'];
      const script = 'ls /dev | grep -c cdi-probe';
      const asks = podman(...named, 'run', '--rm', ...inPod, ...ask(DEVICE), IMAGE, 'sh', '-c', PROBE);
      assert.equal(asks.stdout, stage.probed, asks.stderr);
      assert.equal(podman(...named, 'run', '--rm', ...inPod, IMAGE, 'sh', '-c', script).stdout, '0\n');
      const infra = did('pod', 'inspect', '--format', '{{.InfraContainerID}}', 'pod').trim();
      assert.doesNotMatch(did('exec', infra, 'ls', '/dev'), /cdi-probe/);
      did('pod', 'rm', '--force', '--time', '0', 'pod');
      assert.equal(stage.hookRuns(), 1);
    });

    shows(['kube', 'sandbox'], 'kube play hands a pod’s annotations to each of its containers', async () => {
      const file = join(stage.folder, 'pod.yaml');
      writeFileSync(file, podOf(DEVICE));
      did(...named, 'kube', 'play', '--network', 'none', file);
      await until(
        () => did('ps', '--all', '--format', '{{.Names}} {{.Status}}').includes('play-ends Exited'),
        'it ends',
      );
      assert.equal(did('logs', 'play-ends'), stage.probed);
      assert.equal(did('inspect', '--format', '{{.State.ExitCode}}', 'play-ends'), '7\n');
      assert.equal(did('exec', 'play-stays', 'sh', '-c', PROBE), stage.probedByExec);
      const infra = did('pod', 'inspect', '--format', '{{.InfraContainerID}}', 'play').trim();
      assert.doesNotMatch(did('exec', infra, 'ls', '/dev'), /cdi-probe/);
      did('kube', 'down', '--force', file);
      assert.equal(stage.hookRuns(), 2);
    });

    shows(['kube', 'refusal'], 'kube play shows a refusal', () => {
      const file = join(stage.folder, 'refused.yaml');
      writeFileSync(file, podOf(UNKNOWN));
      const refused = podman(...named, 'kube', 'play', '--network', 'none', file);
      assert.equal(refused.status, 125);
      assert.equal(seen(refused), stage.refusal(`podman-${runtime}-kube`));
      did('kube', 'down', '--force', file);
    });

    shows(['build'], 'a step of a build has the device that its file asks for', () => {
      const folder = join(stage.folder, 'build');
      mkdirSync(folder);
      const build = (device: string, step: string): Outcome => {
        writeFileSync(join(folder, 'Containerfile'), `FROM ${IMAGE}\nENV CDI_DEVICES=${device}\nRUN ${step}\n`);
        const how = ['--no-cache', '--isolation', 'oci', '--network', 'none', ...BUILD_LIMITS];
        return podman(...named, 'build', ...how, folder);
      };
      const { status, stdout, stderr } = build(DEVICE, PROBE);
      assert.equal(status, 0, stderr);
      assert.ok(stdout.includes(stage.probed), stdout);
      const refused = build(UNKNOWN, 'true');
      assert.equal(refused.status, 1);
      assert.equal(seen(refused), stage.refusal(`podman-${runtime}-build`));
      assert.equal(stage.hookRuns(), 1);
    });

    shows(['both'], 'what podman injects by itself as well is not doubled', () => {
      mkdirSync('/etc/cdi', { recursive: true });
      const file = '/etc/cdi/cdi-runtime-test.yaml';
      copyFileSync(join(stage.specs, 'test.yaml'), file);
      try {
        const bare = detach('bare', ['--device', DEVICE], 'sleep', '1000');
        // By itself podman gives a hook the environment of the one who called it.
        assert.equal(stage.hookRuns('engine'), 1);
        const both = detach('both', ['--device', DEVICE, ...ask(DEVICE)], 'sleep', '1000');
        for (const id of [bare, both]) {
          assertOnce(engine.config(id));
          assert.equal(did('exec', id, 'sh', '-c', PROBE), stage.probedByExec);
        }
        remove('bare', 'both');
      } finally {
        rmSync(file);
      }
      assert.equal(stage.hookRuns(), 1);
    });

    shows(['many'], '50 containers that start at once all have their device', async () => {
      const command = [...named, 'run', '--rm', ...options, ...ask(DEVICE), IMAGE, 'sh', '-c', PROBE];
      const all = await Promise.all(Array.from({ length: 50 }, () => engine.running(...command)));
      for (const outcome of all) assert.deepEqual(outcome, { status: 0, stdout: stage.probed, stderr: '' });
      assert.equal(stage.hookRuns(), 50);
    });

    shows(['delete'], 'nothing is left', () => {
      assert.equal(did('ps', '--all', '--quiet'), '');
      const containers = join(stage.folder, 'podman/overlay-containers');
      assert.deepEqual(
        readdirSync(containers).filter((entry) => /^[0-9a-f]{64}$/.test(entry)),
        [],
      );
    });
  });

/** The edits of the device stand in a config.json once. */
function assertOnce(file: string): void {
  const { process: inside, mounts, hooks, linux } = JSON.parse(readFileSync(file, 'utf8'));
  const count = (list: readonly unknown[], word: string): number =>
    list.filter((entry) => JSON.stringify(entry).includes(word)).length;
  assert.deepEqual(
    {
      env: count(inside.env, 'CDI_PROBE='),
      groups: count(inside.user.additionalGids, '4242'),
      mounts: count(mounts, '/cdi-file'),
      hooks: count(hooks.createRuntime, '/hook'),
      devices: count(linux.devices, '/dev/cdi-probe'),
      rules: count(linux.resources.devices, '195'),
    },
    { env: 1, groups: 1, mounts: 1, hooks: 1, devices: 1, rules: 1 },
  );
}

/** Two containers that ask: one prints and ends, one stays. */
function podOf(device: string): string {
  const container = (name: string, script: string): object => ({
    name,
    image: IMAGE,
    command: ['sh', '-c', script],
  });
  return JSON.stringify({
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name: 'play', annotations: { [ANNOTATION]: device } },
    spec: {
      restartPolicy: 'Never',
      containers: [container('ends', `${PROBE}; exit 7`), container('stays', 'trap "exit 0" TERM; sleep 1000 & wait')],
    },
  });
}
