// cdictl device-plugin before the stand-in of a kubelet: what it offers, what it answers, and how it follows the registry.
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { parseAnnotations } from '../../../src/cdi/annotations.ts';
import { Kubelet } from '../../support/kubelet.ts';
import { runCdictl } from '../../support/run-cdictl.ts';
import { makeNode, makePlace, type Place, putSpec, RunningPlugin } from './running-plugin.ts';

async function startKubelet({ kubelet: folder }: Place): Promise<Kubelet> {
  const kubelet = await Kubelet.start(folder);
  after(() => kubelet.stop());
  return kubelet;
}

const GPU = 'vendor.com/gpu';

function makeGpus(): Place {
  const place = makePlace();
  for (const name of ['gpu0', 'gpu1']) makeNode(place, name);
  putSpec(place, GPU, { '0': ['gpu0'], 'GPU-a1': ['gpu0'], '1': ['gpu1'], all: ['gpu0', 'gpu1'] });
  return place;
}

test('a kind is a resource; "all" and other names of a device are not offered', async () => {
  const place = makeGpus();
  const kubelet = await startKubelet(place);
  const plugin = new RunningPlugin(place, ['--resource', GPU]);
  await kubelet.untilDevices(GPU, ['0 Healthy', '1 Healthy']);
  const options = { pre_start_required: false, get_preferred_allocation_available: true };
  const endpoint = 'cdi-runtime_vendor.com_gpu.sock';
  assert.deepEqual(kubelet.request(GPU), { version: 'v1beta1', endpoint, resource_name: GPU, options });
  assert.deepEqual(await kubelet.options(GPU), options);
  assert.deepEqual(await kubelet.allocate(GPU, ['1']), {
    envs: {},
    mounts: [],
    devices: [],
    annotations: {},
    cdi_devices: [{ name: 'vendor.com/gpu=1' }],
  });
  assert.deepEqual(await kubelet.prefer(GPU, ['0', '1'], ['1'], 1), ['1']);
  assert.equal(await plugin.end('SIGTERM'), 0);
  assert.deepEqual(readdirSync(place.kubelet), ['cdi-runtime', 'kubelet.sock']);
  assert.deepEqual(kubelet.refused, []);
  const given = plugin.log().filter(({ devices }) => devices !== undefined);
  assert.deepEqual(
    given.map(({ level, resource, devices }) => [level, resource, devices]),
    [['info', GPU, ['vendor.com/gpu=1']]],
  );
});

test('devices come, go, are unhealthy without their node, and healthy again', async () => {
  const place = makeGpus();
  const kubelet = await startKubelet(place);
  const plugin = new RunningPlugin(place, ['--resource', GPU]);
  await kubelet.untilDevices(GPU, ['0 Healthy', '1 Healthy']);
  const node = join(place.nodes, 'gpu1');
  renameSync(node, `${node}.away`);
  await kubelet.untilDevices(GPU, ['0 Healthy', '1 Unhealthy']);
  await assert.rejects(kubelet.allocate(GPU, ['1']), {
    details: /^cannot allocate "1" of "vendor.com\/gpu": cannot .*the host does not have it/,
  });
  renameSync(`${node}.away`, node);
  await kubelet.untilDevices(GPU, ['0 Healthy', '1 Healthy']);
  makeNode(place, 'gpu2');
  putSpec(place, GPU, { '0': ['gpu0'], '2': ['gpu2'], all: ['gpu0', 'gpu2'] });
  await kubelet.untilDevices(GPU, ['0 Healthy', '2 Healthy']);
  await assert.rejects(kubelet.allocate(GPU, ['1']), {
    details: 'cannot allocate "1" of "vendor.com/gpu": there is no such device',
  });
  rmSync(join(place.specs, 'vendor.com-gpu.json'));
  await kubelet.untilDevices(GPU, []);
  putSpec(place, GPU, { '2': ['gpu2'] });
  await kubelet.untilDevices(GPU, ['2 Healthy']);
  await plugin.end('SIGTERM');
  const said = plugin.log().filter(({ device }) => device === 'vendor.com/gpu=1');
  assert.deepEqual(
    said.map(({ level }) => level),
    ['info', 'warning', 'info', 'info'],
  );
});

test('a name that is known stays, whatever other names come for the device', async () => {
  const place = makePlace();
  makeNode(place, 'gpu0');
  putSpec(place, GPU, { 'GPU-a1': ['gpu0'] });
  const kubelet = await startKubelet(place);
  new RunningPlugin(place, ['--resource', GPU]);
  await kubelet.untilDevices(GPU, ['GPU-a1 Healthy']);
  makeNode(place, 'gpu1');
  putSpec(place, GPU, { '0': ['gpu0'], 'GPU-a1': ['gpu0'], '1': ['gpu1'] });
  await kubelet.untilDevices(GPU, ['1 Healthy', 'GPU-a1 Healthy']);
});

test('a device that is called otherwise while a pod has it is not given away twice', async () => {
  const place = makeGpus();
  const kubelet = await startKubelet(place);
  new RunningPlugin(place, ['--resource', GPU]);
  await kubelet.untilDevices(GPU, ['0 Healthy', '1 Healthy']);
  const { ids } = await kubelet.give(GPU, 1);
  assert.deepEqual(ids, ['0']);
  makeNode(place, 'gpu2');
  // the names of two are exchanged, one of them has an alias, and another device has its old name
  putSpec(place, GPU, { 'GPU-a1': ['gpu0'], first: ['gpu0'], '0': ['gpu2'], '2': ['gpu1'] });
  const digest = createHash('sha256')
    .update(`path ${join(place.nodes, 'gpu2')}`)
    .digest('hex')
    .slice(0, 16);
  await kubelet.untilDevices(GPU, [`0-${digest} Healthy`, '1 Healthy', '0 Healthy']);
  const others = [await kubelet.give(GPU, 1), await kubelet.give(GPU, 1)];
  const names = others.flatMap(({ answer }) => answer.cdi_devices.map(({ name }) => name));
  assert.deepEqual(names.sort(), ['vendor.com/gpu=0', 'vendor.com/gpu=2']);
  await assert.rejects(kubelet.give(GPU, 1), { message: /available 0/ });
  // the container of that pod is made once more
  assert.deepEqual((await kubelet.allocate(GPU, ['0'])).cdi_devices, [{ name: 'vendor.com/gpu=first' }]);
});

for (const [title, containerd, want] of [
  ['an engine whose CDI is off reads annotations by the shim', 'enable_cdi = false', 'annotation'],
  ['an engine whose CDI is on gets names', 'enable_cdi = true', 'cdi'],
] as const)
  test(`where nobody says how to answer, ${title}`, async () => {
    const place = makePlace();
    makeNode(place, 'gpu0');
    putSpec({ ...place, nodes: '/nodes' }, GPU, { '0': ['gpu0'] });
    mkdirSync(join(place.folder, 'etc/containerd'), { recursive: true });
    const table = `version = 2\n[plugins."io.containerd.grpc.v1.cri"]\n${containerd}\n`;
    writeFileSync(join(place.folder, 'etc/containerd/config.toml'), table);
    const kubelet = await startKubelet(place);
    const plugin = new RunningPlugin(place, ['--resource', GPU], undefined, true);
    await kubelet.untilDevices(GPU, ['0 Healthy']);
    const { cdi_devices: cdi, annotations } = await kubelet.allocate(GPU, ['0']);
    const isCdi = want === 'cdi';
    assert.deepEqual([cdi.length, Object.keys(annotations).length], isCdi ? [1, 0] : [0, 1]);
    assert.ok(plugin.log().some(({ answer, why }) => answer === want && `${why}`.startsWith('of containerd: ')));
  });

test('as many containers as there are replicas share a device, which the shim reads from an annotation', async () => {
  const place = makePlace();
  makeNode(place, 'fuse');
  putSpec(place, 'cdi-runtime.dev/fuse', { fuse: ['fuse'] });
  const kubelet = await startKubelet(place);
  const words = ['--resource', 'cdi-runtime.dev/fuse=cdi-runtime.dev/shared-fuse*3', '--answer', 'annotation'];
  new RunningPlugin(place, words);
  const resource = 'cdi-runtime.dev/shared-fuse';
  await kubelet.untilDevices(resource, ['fuse/0 Healthy', 'fuse/1 Healthy', 'fuse/2 Healthy']);
  const { annotations, cdi_devices: cdi } = await kubelet.allocate(resource, ['fuse/0', 'fuse/2']);
  assert.deepEqual(cdi, []);
  assert.deepEqual(parseAnnotations(annotations), {
    keys: ['cdi.k8s.io/cdi-runtime_cdi-runtime.dev_shared-fuse'],
    devices: ['cdi-runtime.dev/fuse=fuse'],
  });
  const all = await Promise.all([1, 1, 1].map((count) => kubelet.give(resource, count)));
  assert.deepEqual(all.flatMap(({ ids }) => ids).sort(), ['fuse/0', 'fuse/1', 'fuse/2']);
  await assert.rejects(kubelet.give(resource, 1), { message: /available 0/ });
});

test('from a container, specs, nodes and the kubelet are those of the host', async () => {
  const place = makePlace();
  const node = makeNode(place, 'gpu0');
  // As the host sees it.
  putSpec({ ...place, nodes: '/nodes' }, GPU, { '0': ['gpu0'] });
  const kubelet = await startKubelet(place);
  new RunningPlugin(place, ['--resource', GPU], undefined, true);
  await kubelet.untilDevices(GPU, ['0 Healthy']);
  rmSync(node);
  await kubelet.untilDevices(GPU, ['0 Unhealthy']);
  makeNode(place, 'gpu0');
  await kubelet.untilDevices(GPU, ['0 Healthy']);
});

test('a node of two kinds that are listed is offered once, by the first', async () => {
  const place = makeGpus();
  putSpec(place, 'other.com/card', { a: ['gpu0'], b: ['only'] });
  makeNode(place, 'only');
  const kubelet = await startKubelet(place);
  new RunningPlugin(place, ['--resource', GPU, '--resource', 'other.com/card']);
  await kubelet.untilDevices(GPU, ['0 Healthy', '1 Healthy']);
  await kubelet.untilDevices('other.com/card', ['b Healthy']);
});

test('a spec in error takes nothing from the others, and is told once', async () => {
  const place = makeGpus();
  const kubelet = await startKubelet(place);
  const plugin = new RunningPlugin(place, ['--resource', GPU, '--resource', 'other.com/card']);
  await kubelet.untilDevices(GPU, ['0 Healthy', '1 Healthy']);
  putSpec(place, 'other.com/card', { 'not a name': ['gpu0'] });
  await plugin.says(/"not a name"/);
  putSpec(place, 'other.com/card', { a: ['other'] });
  await kubelet.untilDevices('other.com/card', ['a Unhealthy']);
  assert.deepEqual(kubelet.devices(GPU), ['0 Healthy', '1 Healthy']);
  assert.equal(plugin.log().filter(({ level }) => level === 'error').length, 1);
});

test('health, readiness and figures are answered where they are asked for', async () => {
  const place = makeGpus();
  const probe = new RunningPlugin(place, ['--resource', GPU, '--metrics-address', '127.0.0.1:0']);
  await probe.says(/answers at/);
  const port = probe.log().find(({ port }) => port !== undefined)?.['port'];
  const ask = async (path: string): Promise<string> => {
    const response = await fetch(`http://127.0.0.1:${port}${path}`);
    return `${response.status} ${await response.text()}`;
  };
  assert.equal(await ask('/healthz'), '200 ok\n');
  assert.equal(await ask('/readyz'), '503 vendor.com/gpu: waiting for the kubelet\n');
  const kubelet = await startKubelet(place);
  await kubelet.untilDevices(GPU, ['0 Healthy', '1 Healthy']);
  await kubelet.allocate(GPU, ['0']);
  await assert.rejects(kubelet.allocate(GPU, ['7']));
  rmSync(join(place.nodes, 'gpu1'));
  await kubelet.untilDevices(GPU, ['0 Healthy', '1 Unhealthy']);
  assert.equal(await ask('/readyz'), '200 ok\n');
  const figures = await ask('/metrics');
  for (const line of [
    'devices{resource="vendor.com/gpu",health="healthy"} 1',
    'devices{resource="vendor.com/gpu",health="unhealthy"} 1',
    'registered{resource="vendor.com/gpu"} 1',
    'registry_errors 0',
    'allocations_total{resource="vendor.com/gpu",outcome="given"} 1',
    'allocations_total{resource="vendor.com/gpu",outcome="refused"} 1',
    'registrations_total{resource="vendor.com/gpu",outcome="taken"} 1',
  ])
    assert.ok(figures.includes(`\ncdi_runtime_device_plugin_${line}\n`), `${line} is not in ${figures}`);
  assert.equal((await ask('/other')).slice(0, 3), '404');
  assert.equal(await probe.end('SIGTERM'), 0);
});

test('what cannot be offered is refused before anything is done', async () => {
  const cases: readonly (readonly [words: readonly string[], says: RegExp])[] = [
    [[], /^cdictl: device-plugin needs --resource KIND;/],
    [['--resource', 'gpu'], /"gpu" is no kind; write it as vendor.com\/class$/m],
    [
      ['--resource', 'Vendor.com/gpu'],
      /a kubelet does not take the name "Vendor.com\/gpu": "Vendor.com" is no domain name/,
    ],
    [['--resource', 'vendor.com/gpu*0'], /"0" is no number of containers/],
    [['--resource', GPU, '--resource', 'vendor.com/gpu=a.b/c'], /has the kind "vendor.com\/gpu" twice/],
    [['--resource', GPU, '--metrics-address', 'here'], /is no HOST:PORT/],
    [['--resource', GPU, '--kubelet-dir', `/${'long'.repeat(30)}`], /no path of a socket there is short enough/],
  ];
  for (const [words, says] of cases) {
    const { status, stderr } = await runCdictl(['device-plugin', ...words]);
    assert.match(stderr, says);
    assert.equal(status, 2);
  }
  assert.equal(existsSync('/var/lib/kubelet/device-plugins/cdi-runtime_vendor.com_gpu.sock'), false);
});
