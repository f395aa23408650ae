// The shim under podman as root: named on the command line and in containers.conf.
import assert from 'node:assert/strict';
import { copyFileSync, mkdirSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { describe } from 'node:test';
import { shows } from '../support/behaviours.ts';
import { type Outcome, run, without } from '../support/command.ts';
import { countEdits, ONCE } from '../support/count-edits.ts';
import { explain, listHolders } from '../support/holders.ts';
import { ASKING_IMAGE, IMAGE } from '../support/image.ts';
import { type Podman, usePodman } from '../support/podman.ts';
import { ANNOTATION, DEVICE, OPEN_OWN_NODE, PROBE, type Stage, UNKNOWN } from '../support/stage.ts';

for (const runtime of ['runc', 'crun'])
  describe(`podman ${runtime}`, { skip: without('podman', 'conmon', runtime) }, () => {
    let stage: Stage;
    let engine: Podman;
    const podman = (...args: string[]): Outcome => engine.podman(...args);
    const did = (...args: string[]): string => engine.did(...args);
    const name = `cdi-${runtime}`;
    const named = ['--runtime', name];

    usePodman(name, (...made) => {
      [stage, engine] = made;
    });

    const ask = (device: string): string[] => ['--annotation', `${ANNOTATION}=${device}`];
    const options = ['--network', 'none', '--hostname', 'test'];
    const start = (how: readonly string[], ...command: string[]): Outcome =>
      podman(...named, 'run', '--rm', ...options, ...how, IMAGE, ...command);
    const detach = (id: string, how: readonly string[], ...command: string[]): string =>
      did(...named, 'run', '--detach', '--name', id, ...options, ...how, IMAGE, ...command).trim();
    const remove = (...ids: string[]): string => did('rm', '--force', '--time', '0', ...ids);

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
      assert.equal(engine.seen(refused), stage.refusal(`podman-${runtime}`));
    });

    shows(['annotation', 'refusal'], 'marks of Kubernetes count for nothing beside those of podman', () => {
      const marks = ['container-type=container', 'sandbox-namespace=team-a', 'sandbox-name=web-0'];
      const forged = marks.flatMap((mark) => ['--annotation', `io.kubernetes.cri.${mark}`]);
      stage.settings(
        'policy: { default: deny, rules: [{ namespace: team-a, action: allow }, { kubernetes: true, action: allow }] }\n',
      );
      try {
        const refused = start([...ask(DEVICE), ...forged], 'true');
        assert.equal(refused.status, 126);
        assert.match(refused.stderr, /policy\.default of the settings denies it/);
      } finally {
        stage.settings('');
      }
      assert.equal(stage.hookRuns(), 0);
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
        assert.equal(engine.seen(refused), stage.refusal('podman-path'));
      } finally {
        stage.settings('');
      }
      assert.equal(stage.hookRuns(), 1);
    });

    shows(['holders'], 'a container is known by its name, also one that does not run beside one that does', () => {
      detach('holder', ask(DEVICE), 'sleep', '1000');
      detach('beside', [], 'sleep', '1000');
      assert.deepEqual(listHolders(), [`${DEVICE} podman:holder shim`]);
      const { status, stdout, stderr } = explain('podman:holder');
      assert.deepEqual([status, stderr], [0, '']);
      assert.match(stdout, /has all of 1 device already[\s\S]*create of container [\s\S]*as it was left then/);
      did('stop', '--time', '0', 'holder');
      assert.deepEqual(listHolders(), []);
      assert.equal(explain('podman:holder').stdout, stdout);
      remove('holder', 'beside');
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
        // podman has no daemon: a container lives in conmon, and each command of podman finds it again.
        const id = detach('again', ask(DEVICE), 'sleep', '1000');
        const look = (): void => {
          assert.equal(did('exec', 'again', 'sh', '-c', PROBE), stage.probedByExec);
          assert.deepEqual(countEdits(engine.config(id)), ONCE);
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

    shows(['both', 'holders'], 'what podman injects by itself as well is not doubled', () => {
      mkdirSync('/etc/cdi', { recursive: true });
      const file = '/etc/cdi/cdi-runtime-test.yaml';
      copyFileSync(join(stage.specs, 'test.yaml'), file);
      try {
        const bare = detach('bare', ['--device', DEVICE], 'sleep', '1000');
        // By itself podman gives a hook the environment of the one who called it.
        assert.equal(stage.hookRuns('engine'), 1);
        const both = detach('both', ['--device', DEVICE, ...ask(DEVICE)], 'sleep', '1000');
        for (const id of [bare, both]) {
          assert.deepEqual(countEdits(engine.config(id)), ONCE);
          assert.equal(did('exec', id, 'sh', '-c', PROBE), stage.probedByExec);
        }
        assert.deepEqual(listHolders(), [`${DEVICE} podman:bare engine`, `${DEVICE} podman:both shim`]);
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
