// The shim under podman of a user who is not root: in a user namespace, with that user's own settings.
import assert from 'node:assert/strict';
import { chmodSync, chownSync, copyFileSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe } from 'node:test';
import { shows } from '../support/behaviours.ts';
import { type Outcome, without } from '../support/command.ts';
import { listHolders } from '../support/holders.ts';
import { IMAGE } from '../support/image.ts';
import { BUILD_LIMITS, type Podman, setPodman } from '../support/podman.ts';
import { makeUser, noRootless, type User } from '../support/rootless.ts';
import { ANNOTATION, DEVICE, PROBE, type Stage, setStage, UNKNOWN } from '../support/stage.ts';

const NEEDED = ['podman', 'conmon', 'crun', 'newuidmap', 'setpriv', 'useradd'];
const HOOK_ENVIRONMENT = 'PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin ';
/** A user id that no one has. */
const STRANGER = 4321;

describe('podman rootless', { skip: without(...NEEDED) || noRootless() }, () => {
  let stage: Stage;
  let user: User;
  let engine: Podman;
  let probe: string;
  const podman = (...args: string[]): Outcome => engine.podman(...args);
  const did = (...args: string[]): string => engine.did(...args);

  before(() => {
    stage = setStage();
    user = makeUser(stage);
    engine = setPodman(stage, 'cdi-crun', user);
    probe = PROBE.replace('/dev/cdi-probe', user.node);
    did('load', '--quiet', '--input', user.images);
  });
  after(() => {
    engine?.end();
    stage?.takeDown();
  });

  const named = ['--runtime', 'cdi-crun'];
  const options = ['--network', 'none', '--hostname', 'test'];
  const ask = (device: string): string[] => ['--annotation', `${ANNOTATION}=${device}`];
  const start = (how: readonly string[], ...command: string[]): Outcome =>
    podman(...named, 'run', '--rm', ...options, ...how, IMAGE, ...command);
  shows(['annotation', 'device', 'edits', 'hook'], 'a device asked for by annotation is there', () => {
    const { status, stdout, stderr } = start(ask(DEVICE), 'sh', '-c', probe);
    assert.deepEqual([status, stdout], [0, stage.probed], stderr);
    assert.deepEqual(user.hookRuns(), [HOOK_ENVIRONMENT]);
  });

  shows(['env'], 'a device asked for by a variable is there', () => {
    assert.equal(start(['--env', `CDI_DEVICES=${DEVICE}`], 'sh', '-c', probe).stdout, stage.probed);
    assert.equal(user.hookRuns().length, 1);
  });

  shows(
    ['cgroup'],
    'the cgroup denies the device without a request, and allows it with one',
    () => {},
    'a user who is not root has no cgroup with rules for devices',
  );

  shows(['untouched'], 'a container without a request is as it is without the shim', () => {
    const script = 'env | sort; ls /dev; cut -d" " -f2 /proc/mounts | sort; id; ulimit -a';
    const bare = podman('--runtime', 'crun', 'run', '--rm', ...options, IMAGE, 'sh', '-c', script);
    assert.equal(bare.status, 0, bare.stderr);
    assert.deepEqual(start([], 'sh', '-c', script), bare);
  });

  shows(['status'], 'the exit status is the container’s', () => {
    for (const how of [[], ask(DEVICE)]) assert.equal(start(how, 'sh', '-c', 'exit 7').status, 7);
    user.hookRuns();
  });

  shows(['refusal'], 'a refusal is shown with its reason', () => {
    const refused = start(ask(UNKNOWN), 'true');
    assert.deepEqual([refused.status, refused.stdout], [126, '']);
    assert.equal(engine.seen(refused), stage.refusal('podman-crun'));
  });

  shows(['refusal'], 'in the user namespace a spec is trusted that no one else can write to, and no other', () => {
    // Root and a stranger look alike from within.
    chownSync(user.spec, STRANGER, STRANGER);
    try {
      assert.equal(start(ask(DEVICE), 'sh', '-c', probe).stdout, stage.probed);
      chmodSync(user.spec, 0o664);
      const refused = start(ask(DEVICE), 'true');
      assert.equal(refused.status, 126);
      assert.ok(refused.stderr.includes(`"${user.spec}" is in error: it can be written by group`), refused.stderr);
    } finally {
      chownSync(user.spec, 0, 0);
      chmodSync(user.spec, 0o644);
    }
    user.hookRuns();
  });

  shows(['exec', 'again', 'restart', 'kill'], 'a container lives its life: exec, stop, start, restart, rm', () => {
    const command = ['run', '--detach', '--name', 'life', ...options, ...ask(DEVICE), IMAGE, 'sleep', '1000'];
    const id = did(...named, ...command).trim();
    const look = (): void => {
      assert.equal(did('exec', 'life', 'sh', '-c', probe), stage.probedByExec);
      assert.equal(readFileSync(engine.config(id), 'utf8').split('CDI_PROBE=').length, 2);
    };
    look();
    did('stop', '--time', '0', 'life');
    did('start', 'life');
    look();
    did('restart', '--time', '0', 'life');
    look();
    did('rm', '--force', '--time', '0', 'life');
    assert.equal(user.hookRuns().length, 3);
  });

  shows(['holders'], 'a container is known to its user by its name', () => {
    did(...named, 'run', '--detach', '--name', 'holder', ...options, ...ask(DEVICE), IMAGE, 'sleep', '1000');
    assert.deepEqual(listHolders(user), [`${DEVICE} podman:holder shim`]);
    did('stop', '--time', '0', 'holder');
    assert.deepEqual(listHolders(user), []);
    did('rm', 'holder');
    assert.equal(user.hookRuns().length, 1);
  });

  shows(['build'], 'a step of a build has the device that its file asks for', () => {
    const folder = join(stage.folder, 'build');
    mkdirSync(folder);
    writeFileSync(join(folder, 'Containerfile'), `FROM ${IMAGE}\nENV CDI_DEVICES=${DEVICE}\nRUN ${probe}\n`);
    const how = ['--no-cache', '--isolation', 'oci', '--network', 'none', ...BUILD_LIMITS];
    assert.ok(did(...named, 'build', ...how, folder).includes(stage.probed));
    assert.equal(user.hookRuns().length, 1);
  });

  shows(['both'], 'what podman injects by itself as well is not doubled', () => {
    mkdirSync('/etc/cdi', { recursive: true });
    const file = '/etc/cdi/cdi-runtime-test.yaml';
    copyFileSync(user.spec, file);
    try {
      const script = `${probe}; env | grep -c CDI_PROBE; grep -c cdi-file /proc/mounts`;
      const { stdout, stderr } = start(['--device', DEVICE, ...ask(DEVICE)], 'sh', '-c', script);
      assert.equal(stdout, `${stage.probed}1\n1\n`, stderr);
    } finally {
      rmSync(file);
    }
    assert.deepEqual(user.hookRuns(), [HOOK_ENVIRONMENT]);
  });

  shows(['many'], '50 containers that start at once all have their device', async () => {
    const command = [...named, 'run', '--rm', ...options, ...ask(DEVICE), IMAGE, 'sh', '-c', probe];
    const all = await Promise.all(Array.from({ length: 50 }, () => engine.running(...command)));
    for (const { status, stdout, stderr } of all) assert.deepEqual([status, stdout], [0, stage.probed], stderr);
    assert.equal(user.hookRuns().length, 50);
  });

  shows(['delete'], 'nothing is left', () => {
    assert.equal(did('ps', '--all', '--quiet'), '');
  });
});
