// The shim under podman as root: pods, `kube play` and builds.
import assert from 'node:assert/strict';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe } from 'node:test';
import { shows } from '../support/behaviours.ts';
import { type Outcome, without } from '../support/command.ts';
import { until } from '../support/daemon.ts';
import { IMAGE } from '../support/image.ts';
import { BUILD_LIMITS, type Podman, usePodman } from '../support/podman.ts';
import { ANNOTATION, DEVICE, PROBE, type Stage, UNKNOWN } from '../support/stage.ts';

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
      assert.equal(engine.seen(refused), stage.refusal(`podman-${runtime}-kube`));
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
      assert.equal(engine.seen(refused), stage.refusal(`podman-${runtime}-build`));
      assert.equal(stage.hookRuns(), 1);
    });
  });

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
