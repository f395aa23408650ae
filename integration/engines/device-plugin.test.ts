// cdictl device-plugin all the way: registered with the stand-in of a kubelet, whose allocations go through containerd's
// CRI into containers, and those open their device.
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, rmSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { describe, type TestContext, test } from 'node:test';
import { type ContainerAnswer, Kubelet } from '../../test/support/kubelet.ts';
import { must, without } from '../support/command.ts';
import { endShims, startContainerd } from '../support/containerd.ts';
import { type Cri, connectCri, criConfig } from '../support/cri.ts';
import { type ContainerOptions, Pod } from '../support/pod.ts';
import { DEVICE, MAJOR, PROBE, type Stage, setStage } from '../support/stage.ts';

const CDICTL = resolve(import.meta.dirname, '../../dist/cdictl.js');
const KIND = 'test.example/device';
const RESOURCE = 'test.example/probe';
/** A device that every machine with this driver really has. */
const FUSE = 'cdi-runtime.dev/fuse';
const OPEN_FUSE = '(exec 3<>/dev/fuse && echo opened) 2>&1 | sed "s/.*: //"';
const OPEN_OWN_FUSE = 'mknod /tmp/own c 10 229 && (exec 3<>/tmp/own && echo opened) 2>&1 | sed "s/.*: //"';
const hasFuse = existsSync('/dev/fuse');

interface Node {
  readonly stage: Stage;
  readonly cri: Cri;
  readonly kubelet: Kubelet;
}

/** A node of a cluster, as far as devices go: containerd, a kubelet's stand-in and the plugin. */
async function withNode(form: 'cdi' | 'annotation', use: (node: Node) => Promise<void>): Promise<void> {
  const stage = setStage();
  const socket = join(stage.folder, 'c.sock');
  // Where the shim is asked, the engine's own CDI is off.
  const daemon = await startContainerd(stage, socket, criConfig(stage, form === 'cdi'));
  const cri = connectCri(socket);
  const folder = join(stage.folder, 'k');
  mkdirSync(folder, { mode: 0o750 });
  const kubelet = await Kubelet.start(folder);
  if (hasFuse) must(process.execPath, [CDICTL, 'generate', 'fuse', '--output-dir', stage.specs]);
  const resources = ['--resource', `${KIND}=${RESOURCE}*4`, '--resource', `${FUSE}*100`];
  const words = ['device-plugin', ...resources, '--kubelet-dir', folder, '--answer', form];
  const plugin = spawn(process.execPath, [CDICTL, ...words], { stdio: ['ignore', 'ignore', 'inherit'] });
  try {
    must('ctr', ['-a', socket, '-n', 'k8s.io', 'image', 'import', stage.images]);
    await cri.ready();
    await use({ stage, cri, kubelet });
  } finally {
    const ended = once(plugin, 'exit');
    plugin.kill('SIGTERM');
    await ended;
    kubelet.stop();
    cri.close();
    await daemon.stop();
    endShims(socket);
    stage.takeDown();
  }
}

/** What a kubelet puts of an answer into its CreateContainer. */
function toContainer({ cdi_devices: devices, annotations }: ContainerAnswer): ContainerOptions {
  return { devices: devices.map(({ name }) => name), annotations };
}

const HEALTHY = ['probe/0 Healthy', 'probe/1 Healthy', 'probe/2 Healthy', 'probe/3 Healthy'];
const ANSWERS = {
  cdi: { annotations: {}, names: [DEVICE] },
  annotation: { annotations: { 'cdi.k8s.io/cdi-runtime_test.example_probe': DEVICE }, names: [] },
} as const;

async function walk(form: 'cdi' | 'annotation', { stage, cri, kubelet }: Node, context: TestContext): Promise<void> {
  await kubelet.untilDevices(RESOURCE, HEALTHY);
  context.diagnostic(`Register: ${JSON.stringify(kubelet.request(RESOURCE))}`);
  context.diagnostic(`ListAndWatch: ${kubelet.devices(RESOURCE).join(', ')}`);
  const { ids, answer } = await kubelet.give(RESOURCE, 1);
  const { annotations, names } = ANSWERS[form];
  assert.deepEqual(answer.annotations, annotations);
  assert.deepEqual(
    answer.cdi_devices.map(({ name }) => name),
    names,
  );
  context.diagnostic(`Allocate ${ids.join()}: ${JSON.stringify({ annotations, names })}`);
  const pod = await Pod.start(cri, stage.folder, `pod-${form}`, { handler: 'cdi' });
  try {
    const { status, output } = await pod.run(PROBE, toContainer(answer));
    context.diagnostic(`CreateContainer, StartContainer: exit ${status}: ${output.trimEnd().split('\n').join(', ')}`);
    assert.deepEqual([status, output], [0, stage.probed]);
    if (hasFuse) {
      await kubelet.until(() => kubelet.devices(FUSE).length === 100, 'fuse has a hundred shares');
      assert.equal((await pod.run(OPEN_OWN_FUSE)).output, stage.denied);
      const [fuse, probe] = [await kubelet.give(FUSE, 1), toContainer(answer)];
      // The kubelet puts what two resources answer together.
      const { devices = [], annotations: others } = toContainer(fuse.answer);
      const both = {
        devices: [...devices, ...(probe.devices ?? [])],
        annotations: { ...others, ...probe.annotations },
      };
      const { output: opened } = await pod.run(`${OPEN_FUSE}; ${PROBE}`, both);
      context.diagnostic(`with ${fuse.ids.join()} besides: /dev/fuse ${opened.split('\n')[0]}`);
      assert.equal(opened, `opened\n${stage.probed}`);
    }
    const quiet = await pod.run('ls /dev/cdi-probe');
    assert.notEqual(quiet.status, 0);
    // Three containers more share it at once, and there is no fifth.
    const more = await Promise.all([1, 1, 1].map(async (count) => (await kubelet.give(RESOURCE, count)).answer));
    const outputs = await Promise.all(more.map(async (each) => (await pod.run(PROBE, toContainer(each))).output));
    assert.deepEqual(
      outputs,
      Array.from({ length: 3 }, () => stage.probed),
    );
    await assert.rejects(kubelet.give(RESOURCE, 1), { message: /available 0/ });
    // A node that goes is no device for the next container, and it is one when it is there again.
    const node = join(stage.folder, 'probe-node');
    rmSync(node);
    await kubelet.untilDevices(
      RESOURCE,
      HEALTHY.map((text) => text.replace('Healthy', 'Unhealthy')),
    );
    must('mknod', ['-m', '666', node, 'c', String(MAJOR), '0']);
    await kubelet.untilDevices(RESOURCE, HEALTHY);
    const again = await kubelet.allocate(RESOURCE, ids);
    assert.equal((await pod.run(PROBE, toContainer(again))).output, stage.probed);
  } finally {
    await pod.remove();
  }
}

describe('device plugin', { skip: without('containerd', 'ctr', 'runc') }, () => {
  for (const form of ['cdi', 'annotation'] as const)
    test(`from registration to an open device, by ${form}`, async (context) => {
      await withNode(form, async (node) => await walk(form, node, context));
    });
});
