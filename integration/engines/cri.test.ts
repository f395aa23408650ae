// The shim as a runtime class of Kubernetes: pods by containerd's CRI, without a kubelet and without a network.
import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe } from 'node:test';
import { shows } from '../support/behaviours.ts';
import { must, without } from '../support/command.ts';
import { endShims, startContainerd } from '../support/containerd.ts';
import { countEdits, NEVER, ONCE } from '../support/count-edits.ts';
import { type Cri, connectCri, criConfig } from '../support/cri.ts';
import { type Daemon, until } from '../support/daemon.ts';
import { explain, listHolders } from '../support/holders.ts';
import { ASKING_IMAGE } from '../support/image.ts';
import { type ContainerOptions, type Ended, Pod, type PodOptions } from '../support/pod.ts';
import { ANNOTATION, DEVICE, OPEN_OWN_NODE, PROBE, type Stage, setStage, UNKNOWN } from '../support/stage.ts';

const BUNDLES = 'state/io.containerd.runtime.v2.task/k8s.io';
const ASKING = { annotations: { [ANNOTATION]: DEVICE } };

describe('CRI', { skip: without('containerd', 'ctr', 'runc') }, () => {
  let stage: Stage;
  let daemon: Daemon;
  let socket: string;
  let cri: Cri;

  before(async () => {
    stage = setStage();
    socket = join(stage.folder, 'c.sock');
    daemon = await startContainerd(stage, socket, criConfig(stage, false));
    must('ctr', ['-a', socket, '-n', 'k8s.io', 'image', 'import', stage.images]);
    cri = connectCri(socket);
    await cri.ready();
  });
  after(async () => {
    cri?.close();
    await daemon?.stop();
    endShims(socket);
    stage.takeDown();
  });

  let pods = 0;
  const withPod = async (options: PodOptions, use: (pod: Pod) => Promise<void>): Promise<void> => {
    pods += 1;
    const pod = await Pod.start(cri, stage.folder, `pod${pods}`, options);
    try {
      await use(pod);
    } finally {
      await pod.remove();
    }
  };
  const configOf = (id: string): string => join(stage.folder, BUNDLES, id, 'config.json');
  const restart = async (ownCdi: boolean): Promise<void> => {
    await daemon.stop();
    daemon = await startContainerd(stage, socket, criConfig(stage, ownCdi));
    await cri.ready();
  };

  shows(['annotation', 'named', 'device', 'edits', 'hook'], 'a container’s annotation gives it a device', async () => {
    await withPod({ handler: 'cdi' }, async (pod) => {
      assert.deepEqual(await pod.run(PROBE, ASKING), { status: 0, output: stage.probed });
    });
    assert.equal(stage.hookRuns(), 1);
  });

  shows(
    ['pod', 'sandbox'],
    'a pod’s annotation gives a device to both containers, and not to the sandbox',
    async () => {
      await withPod({ handler: 'cdi', ...ASKING }, async (pod) => {
        assert.equal((await pod.run(PROBE)).output, stage.probed);
        assert.deepEqual(countEdits(configOf(await pod.start('sleep 1000'))), ONCE);
        assert.ok(readFileSync(configOf(pod.id), 'utf8').includes(DEVICE), 'the sandbox has the annotation');
        assert.deepEqual(countEdits(configOf(pod.id)), NEVER);
      });
      assert.equal(stage.hookRuns(), 2);
    },
  );

  shows(['pod', 'untouched'], 'a container beside it that asks for nothing is as it is with runc alone', async () => {
    const script = 'env | sort; ls /dev; cut -d" " -f2 /proc/mounts; id';
    const seen: Ended[] = [];
    for (const handler of ['cdi', 'runc'])
      await withPod({ handler }, async (pod) => {
        if (handler === 'cdi') assert.equal((await pod.run(PROBE, ASKING)).output, stage.probed);
        seen.push(await pod.run(script, { name: 'quiet' }));
      });
    assert.deepEqual(seen[0], seen[1]);
    assert.equal(seen[0]?.status, 0);
    assert.equal(stage.hookRuns(), 1);
  });

  shows(['cgroup'], 'a node that the container makes itself opens with a request only', async () => {
    await withPod({ handler: 'cdi' }, async (pod) => {
      assert.equal((await pod.run(OPEN_OWN_NODE)).output, stage.denied);
      assert.equal((await pod.run(OPEN_OWN_NODE, ASKING)).output, stage.allowed);
    });
    stage.hookRuns();
  });

  shows(['status'], 'the exit status is the container’s', async () => {
    await withPod({ handler: 'cdi' }, async (pod) => {
      for (const options of [{}, ASKING]) assert.equal((await pod.run('exit 7', options)).status, 7);
    });
    stage.hookRuns();
  });

  shows(['refusal'], 'a refusal is shown with its reason, and the pod stays', async () => {
    await withPod({ handler: 'cdi' }, async (pod) => {
      const id = await pod.create('true', { annotations: { [ANNOTATION]: UNKNOWN } });
      const refused = cri.call('StartContainer', { container_id: id });
      await assert.rejects(refused, { details: stage.refusal('cri').trimEnd() });
      assert.equal(await pod.ended(id), 128);
      await cri.call('RemoveContainer', { container_id: id });
      assert.equal((await pod.run(PROBE, ASKING)).output, stage.probed);
    });
    stage.hookRuns();
  });

  shows(['handler'], 'a handler that is not configured is refused by containerd', async () => {
    await assert.rejects(Pod.start(cri, stage.folder, 'unknown', { handler: 'cdj' }), {
      details: /no runtime for "cdj" is configured/,
    });
  });

  shows(['patterns'], 'annotations that the administrator did not list ask for nothing', async () => {
    await withPod({ handler: 'closed', ...ASKING }, async (pod) => {
      assert.deepEqual(countEdits(configOf(await pod.start('sleep 1000', ASKING))), NEVER);
    });
    const other = { annotations: { 'example.org/test': DEVICE } };
    await withPod({ handler: 'cdi', ...other }, async (pod) => {
      assert.deepEqual(countEdits(configOf(await pod.start('sleep 1000', other))), NEVER);
    });
    assert.equal(stage.hookRuns(), 0);
  });

  shows(['image'], 'variables, which images and tenants set, ask for nothing', async () => {
    await withPod({ handler: 'cdi' }, async (pod) => {
      const asking = await pod.start('sleep 1000', { image: ASKING_IMAGE });
      const tenant = await pod.start('sleep 1000', { env: { CDI_DEVICES: DEVICE } });
      for (const id of [asking, tenant]) {
        assert.equal((await pod.exec(id, 'echo "$CDI_DEVICES"')).output, `${DEVICE}\n`);
        assert.deepEqual(countEdits(configOf(id)), NEVER);
      }
    });
    assert.equal(stage.hookRuns(), 0);
  });

  shows(['default'], 'a pod without a runtime class has the default runtime, ours', async () => {
    await withPod({}, async (pod) => {
      assert.deepEqual(await pod.run(PROBE, ASKING), { status: 0, output: stage.probed });
      assert.deepEqual(countEdits(configOf(await pod.start('sleep 1000'))), NEVER);
    });
    assert.equal(stage.hookRuns(), 1);
  });

  shows(['tty'], 'a container with a terminal has its device', async () => {
    await withPod({ handler: 'cdi' }, async (pod) => {
      const { output } = await pod.run(`${PROBE}; tty`, { ...ASKING, tty: true });
      assert.equal(output, `${stage.probed}/dev/pts/0\n`);
    });
    stage.hookRuns();
  });

  shows(['exec', 'kill', 'delete'], 'a container lives its life', async () => {
    await withPod({ handler: 'cdi' }, async (pod) => {
      const id = await pod.start('sleep 1000', ASKING);
      assert.deepEqual(await pod.exec(id, PROBE), { status: 0, output: stage.probedByExec });
      assert.equal((await pod.exec(id, 'exit 9')).status, 9);
      await pod.stop(id);
      assert.equal(await pod.ended(id), 137);
      await cri.call('RemoveContainer', { container_id: id });
    });
    assert.equal(stage.hookRuns(), 1);
  });

  // They have to stay: containerd's own shim can lock itself up when containers of a pod end while others start.
  shows(['many'], '50 containers in 25 pods that start at once all have their device', async () => {
    const names = ['first', 'second'];
    const together = Array.from({ length: 25 }, () =>
      withPod({ handler: 'cdi', ...ASKING }, async (pod) => {
        await Promise.all(names.map((name) => pod.start(`${PROBE}; exec sleep 1000`, { name })));
        for (const name of names) await until(() => pod.output(name) === stage.probed, `${name} has all its edits`);
      }),
    );
    await Promise.all(together);
    assert.equal(stage.hookRuns(), 50);
  });

  shows(['both'], 'a device plugin’s device is containerd’s own matter: it injects none, and so do we', async () => {
    await withPod({ handler: 'cdi' }, async (pod) => {
      assert.deepEqual(countEdits(configOf(await pod.start('sleep 1000', { devices: [DEVICE] }))), NEVER);
    });
    assert.equal(stage.hookRuns(), 0);
  });

  shows(['restart'], 'a restart of containerd leaves a pod and its device alone', async () => {
    await withPod({ handler: 'cdi' }, async (pod) => {
      const id = await pod.start('sleep 1000', ASKING);
      await restart(true);
      assert.equal((await pod.exec(id, PROBE)).output, stage.probedByExec);
      await pod.stop(id);
      assert.equal(await pod.ended(id), 137);
    });
    assert.equal(stage.hookRuns(), 1);
  });

  // A device plugin's device comes to us without a request: its hook is left as containerd made it.
  const asked: readonly (readonly [string, ContainerOptions, 'shim' | 'engine'])[] = [
    ['by a device plugin', { devices: [DEVICE] }, 'engine'],
    ['by annotation', ASKING, 'shim'],
    ['both ways', { devices: [DEVICE], ...ASKING }, 'shim'],
  ];
  for (const [way, options, by] of asked)
    shows(['both', 'holders'], `nothing is doubled where containerd injects as well: asked for ${way}`, async () => {
      await withPod({ handler: 'cdi' }, async (pod) => {
        assert.deepEqual(await pod.run(PROBE, options), { status: 0, output: stage.probed });
        const id = await pod.start('sleep 1000', { ...options, name: 'main' });
        assert.deepEqual(countEdits(configOf(id)), ONCE);
        assert.deepEqual(listHolders(), [`${DEVICE} cri:tests/pod${pods}/main ${by}`]);
        const explained = explain(`cri:${id.slice(0, 12)}`);
        assert.deepEqual([explained.status, explained.stderr], [0, '']);
        assert.ok(explained.stdout.startsWith(configOf(id)), explained.stdout);
      });
      assert.deepEqual(listHolders(), []);
      assert.equal(stage.hookRuns(by), 2);
    });

  shows(['delete'], 'nothing is left', async () => {
    assert.deepEqual((await cri.call('ListContainers', {})).containers, []);
    assert.deepEqual(readdirSync(join(stage.folder, BUNDLES)), []);
  });
});
