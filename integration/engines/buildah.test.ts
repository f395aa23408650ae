// The shim under buildah: `run` in a working container, and the steps of `bud`. It hands no annotations through.
import assert from 'node:assert/strict';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe } from 'node:test';
import { shows } from '../support/behaviours.ts';
import { type Outcome, run, running, without } from '../support/command.ts';
import { ASKING_IMAGE, IMAGE } from '../support/image.ts';
import { BUILD_LIMITS } from '../support/podman.ts';
import { DEVICE, OPEN_OWN_NODE, PROBE, type Stage, setStage, UNKNOWN } from '../support/stage.ts';

describe('buildah', { skip: without('buildah', 'crun') }, () => {
  let stage: Stage;
  let env: NodeJS.ProcessEnv;
  let places: readonly string[];
  let runtime: readonly string[];
  /** working containers: with nothing asked for, and of an image that asks */
  let plain: string;
  let asking: string;
  const buildah = (...args: string[]): Outcome => run('buildah', [...places, ...args], { env });
  const did = (...args: string[]): string => {
    const { status, stdout, stderr } = buildah(...args);
    assert.equal(status, 0, `buildah ${args.join(' ')}: ${stdout}${stderr}`);
    return stdout.trim();
  };

  /** Makes a working container. */
  const from = (image: string): string => did('from', '--pull-never', ...BUILD_LIMITS, '--network', 'none', image);

  before(() => {
    stage = setStage();
    env = { ...stage.env, TMPDIR: stage.folder };
    places = ['--root', join(stage.folder, 'images'), '--runroot', join(stage.folder, 'run')];
    runtime = ['--runtime', stage.shim('cdi-crun'), '--isolation', 'oci'];
    for (const image of [IMAGE, ASKING_IMAGE]) did('pull', '--quiet', `oci-archive:${stage.images}:${image}`);
    plain = from(IMAGE);
    asking = from(ASKING_IMAGE);
  });
  after(() => {
    if (places !== undefined) buildah('rm', '--all');
    stage?.takeDown();
  });

  const ask = (device: string): string[] => ['--env', `CDI_DEVICES=${device}`];
  const step = (container: string, how: readonly string[], ...command: string[]): Outcome =>
    buildah('run', ...runtime, '--network', 'none', '--hostname', 'test', ...how, container, '--', ...command);
  const seen = ({ stderr }: Outcome): string => stderr.replaceAll(stage.shim(''), '/usr/local/bin');

  shows(['env', 'device', 'edits', 'hook'], 'a device asked for by a variable is there', () => {
    const { status, stdout, stderr } = step(plain, ask(DEVICE), 'sh', '-c', PROBE);
    assert.deepEqual([status, stdout, stderr], [0, stage.probed, '']);
    assert.equal(stage.hookRuns(), 1);
  });

  shows(['image'], 'an image that asks gets its device where variables count', () => {
    assert.equal(step(asking, [], 'sh', '-c', PROBE).stdout, stage.probed);
    assert.equal(stage.hookRuns(), 1);
  });

  shows(['cgroup'], 'the cgroup denies the device without a request, and allows it with one', () => {
    const able = ['--cap-add', 'CAP_MKNOD'];
    assert.equal(step(plain, able, 'sh', '-c', OPEN_OWN_NODE).stdout, stage.denied);
    assert.equal(
      step(plain, [...able, ...ask(DEVICE)], 'sh', '-c', `rm /tmp/own; ${OPEN_OWN_NODE}`).stdout,
      stage.allowed,
    );
    stage.hookRuns();
  });

  shows(['untouched'], 'a container without a request is as it is without the shim', () => {
    const command = ['sh', '-c', 'env | sort; ls /dev; cut -d" " -f2 /proc/mounts; id; ulimit -a'];
    const how = ['--runtime', 'crun', '--isolation', 'oci', '--network', 'none', '--hostname', 'test'];
    const bare = buildah('run', ...how, plain, '--', ...command);
    assert.equal(bare.status, 0, bare.stderr);
    assert.deepEqual(step(plain, [], ...command), bare);
  });

  shows(['status'], 'the exit status is the container’s', () => {
    for (const how of [[], ask(DEVICE)]) assert.equal(step(plain, how, 'sh', '-c', 'exit 7').status, 7);
    stage.hookRuns();
  });

  shows(['refusal'], 'a refusal is shown with its reason', () => {
    const refused = step(plain, ask(UNKNOWN), 'true');
    assert.deepEqual([refused.status, refused.stdout], [1, '']);
    assert.equal(seen(refused), stage.refusal('buildah'));
  });

  shows(['build'], 'a step of a build has the device that its file asks for', () => {
    const folder = join(stage.folder, 'build');
    mkdirSync(folder);
    const build = (device: string, command: string): Outcome => {
      const file = join(folder, 'Containerfile');
      writeFileSync(file, `FROM ${IMAGE}\nENV CDI_DEVICES=${device}\nRUN ${command}\n`);
      return buildah('bud', ...runtime, '--no-cache', '--network', 'none', ...BUILD_LIMITS, folder);
    };
    const { status, stdout, stderr } = build(DEVICE, PROBE);
    assert.equal(status, 0, stderr);
    assert.ok(stdout.includes(stage.probed), stdout);
    const refused = build(UNKNOWN, 'true');
    assert.equal(refused.status, 1);
    assert.equal(seen(refused), stage.refusal('buildah-build'));
    assert.equal(stage.hookRuns(), 1);
  });

  shows(['tty'], 'a step with a terminal has the device', () => {
    const how = ['run', ...runtime, '--network', 'none', '--tty', ...ask(DEVICE), plain, '--', 'sh', '-c'];
    const command = `buildah ${[...places, ...how].join(' ')} '${PROBE}; test -t 1 && echo terminal'`;
    const { stdout } = run('script', ['-qec', command, '/dev/null'], { env: { ...env, TERM: 'dumb' } });
    // The terminal shows the end of script's own input as ^@, wherever that falls.
    assert.equal(stdout.replaceAll(/\r|\^@/g, ''), `${stage.probed}terminal\n`);
    stage.hookRuns();
  });

  shows(['many'], '50 steps that start at once all have their device', async () => {
    // Each in a working container of its own: steps in one take away the mount points of each other.
    const own = Array.from({ length: 50 }, () => from(IMAGE));
    const how = [...runtime, '--network', 'none', ...ask(DEVICE)];
    const all = await Promise.all(
      own.map((id) => running('buildah', [...places, 'run', ...how, id, '--', 'sh', '-c', PROBE], { env })),
    );
    for (const outcome of all) assert.deepEqual(outcome, { status: 0, stdout: stage.probed, stderr: '' });
    assert.equal(stage.hookRuns(), 50);
  });

  shows(['restart'], 'a restart leaves a container alone', () => {}, 'a container of buildah ends with its command');

  shows(['delete'], 'nothing is left', () => {
    did('rm', '--all');
    assert.equal(did('containers', '--quiet'), '');
    assert.equal(run('pgrep', ['-f', stage.folder]).stdout, '');
  });
});
