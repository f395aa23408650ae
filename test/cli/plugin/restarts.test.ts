// cdictl device-plugin when kubelets and plugins end and come again: what is free is offered, and nothing is given twice.
import assert from 'node:assert/strict';
import { existsSync, mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { Kubelet } from '../../support/kubelet.ts';
import { makeNode, makePlace, type Place, putSpec, RunningPlugin } from './running-plugin.ts';

const GPU = 'vendor.com/gpu';
const TWO = ['0 Healthy', '1 Healthy'];
const SOCKET = 'cdi-runtime_vendor.com_gpu.sock';

function makeGpus(): Place {
  const place = makePlace();
  for (const name of ['gpu0', 'gpu1']) makeNode(place, name);
  putSpec(place, GPU, { '0': ['gpu0'], '1': ['gpu1'] });
  return place;
}

async function startKubelet({ kubelet: folder }: Place): Promise<Kubelet> {
  const kubelet = await Kubelet.start(folder);
  after(() => kubelet.stop());
  return kubelet;
}

test('a kubelet that restarts, which empties its folder, is told again each time', async () => {
  const place = makeGpus();
  const plugin = new RunningPlugin(place, ['--resource', GPU]);
  for (let round = 0; round < 3; round++) {
    const kubelet = await startKubelet(place);
    await kubelet.untilDevices(GPU, TWO);
    assert.equal((await kubelet.give(GPU, 2)).answer.cdi_devices.length, 2);
    kubelet.stop();
  }
  assert.equal(await plugin.end('SIGTERM'), 0);
});

test('a kubelet that is killed leaves its socket, and the next one is told', async () => {
  const place = makeGpus();
  const plugin = new RunningPlugin(place, ['--resource', GPU]);
  const first = await startKubelet(place);
  await first.untilDevices(GPU, TWO);
  first.stop();
  await plugin.says(/listens no more/);
  // What a killed one leaves refuses connections.
  writeFileSync(join(place.kubelet, 'kubelet.sock'), '');
  await plugin.says(/cannot register "vendor.com\/gpu"/);
  const second = await startKubelet(place);
  await second.untilDevices(GPU, TWO);
});

test('a plugin that restarts, or is killed and leaves its socket, is registered again with the same devices', async () => {
  const place = makeGpus();
  const kubelet = await startKubelet(place);
  for (const signal of ['SIGTERM', 'SIGKILL', 'SIGKILL', 'SIGINT'] as const) {
    const plugin = new RunningPlugin(place, ['--resource', GPU]);
    await kubelet.untilDevices(GPU, TWO);
    await plugin.end(signal);
    await kubelet.until(() => kubelet.resources().length === 0, 'the kubelet sees its end');
    assert.equal(existsSync(join(place.kubelet, SOCKET)), signal === 'SIGKILL');
  }
  assert.equal(kubelet.registrations.length, 4);
});

test('a second plugin waits, and takes over when the first one ends or is killed', async () => {
  const place = makeGpus();
  const kubelet = await startKubelet(place);
  let first = new RunningPlugin(place, ['--resource', GPU]);
  await kubelet.untilDevices(GPU, TWO);
  for (const signal of ['SIGTERM', 'SIGKILL'] as const) {
    const second = new RunningPlugin(place, ['--resource', GPU]);
    await second.says(/another device plugin has "vendor.com\/gpu"/);
    const before = kubelet.registrations.length;
    await first.end(signal);
    await kubelet.until(() => kubelet.registrations.length > before, 'the second one registers');
    await kubelet.untilDevices(GPU, TWO);
    assert.equal(kubelet.registrations.length, before + 1);
    first = second;
  }
  await first.end('SIGTERM');
});

test('of plugins that start at once one has the resource', async () => {
  const place = makeGpus();
  const kubelet = await startKubelet(place);
  const plugins = Array.from({ length: 4 }, () => new RunningPlugin(place, ['--resource', GPU]));
  await Promise.all(plugins.map((plugin) => plugin.says(/another device plugin has|the kubelet listens for/)));
  // Each end hands it to another, as long as there is one.
  for (const plugin of plugins) {
    await kubelet.untilDevices(GPU, TWO);
    await plugin.end('SIGKILL');
  }
  await kubelet.until(() => kubelet.resources().length === 0, 'all are gone');
});

test('a socket that is removed comes again, and a kubelet that listens no more is told again', async () => {
  const place = makeGpus();
  const kubelet = await startKubelet(place);
  new RunningPlugin(place, ['--resource', GPU]);
  await kubelet.untilDevices(GPU, TWO);
  kubelet.drop(GPU);
  await kubelet.until(() => kubelet.registrations.length === 2, 'it registers again');
  await kubelet.untilDevices(GPU, TWO);
  rmSync(join(place.kubelet, SOCKET));
  await kubelet.until(() => kubelet.registrations.length === 3, 'it registers a third time');
  assert.deepEqual(readdirSync(place.kubelet).sort(), ['cdi-runtime', SOCKET, 'kubelet.sock']);
});

test('a kubelet that refuses is asked again, and what it says is told once', async () => {
  const place = makeGpus();
  const kubelet = await startKubelet(place);
  kubelet.refuseNext(3, 'not now');
  const plugin = new RunningPlugin(place, ['--resource', GPU]);
  await kubelet.untilDevices(GPU, TWO);
  assert.equal(kubelet.refused.length, 3);
  const errors = plugin.log().filter(({ level }) => level === 'error');
  assert.deepEqual(
    errors.map(({ why }) => why),
    ['not now'],
  );
});

test('a device that was called otherwise keeps its id when plugin and kubelet start again', async () => {
  const place = makeGpus();
  const kubelet = await startKubelet(place);
  let plugin = new RunningPlugin(place, ['--resource', GPU]);
  await kubelet.untilDevices(GPU, TWO);
  assert.deepEqual((await kubelet.give(GPU, 1)).ids, ['0']);
  makeNode(place, 'gpu2');
  const renamed = { 'GPU-a1': ['gpu0'], '0': ['gpu2'], '1': ['gpu1'] };
  // once while the plugin runs, and once while it does not
  for (const when of ['while it runs', 'while it does not']) {
    if (when === 'while it does not') await plugin.end('SIGKILL');
    putSpec(place, GPU, renamed);
    if (when === 'while it runs') {
      await kubelet.until(() => kubelet.devices(GPU).length === 3, 'the new device is there');
      await plugin.end('SIGKILL');
    }
    await kubelet.until(() => kubelet.resources().length === 0, 'the kubelet sees its end');
    plugin = new RunningPlugin(place, ['--resource', GPU]);
    await kubelet.until(() => kubelet.devices(GPU).length === 3, 'the devices are there again');
    assert.deepEqual((await kubelet.allocate(GPU, ['0'])).cdi_devices, [{ name: 'vendor.com/gpu=GPU-a1' }], when);
  }
});

test('ids of another boot, and what is no record of ids, count as little as none', async () => {
  for (const text of [
    JSON.stringify({ boot: 'another', chosen: [], identities: [], ids: [[`path /x`, '0']] }),
    JSON.stringify({ boot: 5, ids: [['x']] }),
    '{',
  ]) {
    const place = makeGpus();
    mkdirSync(join(place.kubelet, 'cdi-runtime'));
    writeFileSync(join(place.kubelet, 'cdi-runtime/vendor.com_gpu.json'), text);
    const kubelet = await startKubelet(place);
    const plugin = new RunningPlugin(place, ['--resource', GPU]);
    await kubelet.untilDevices(GPU, TWO);
    assert.equal(await plugin.end('SIGTERM'), 0);
  }
});

test('where ids cannot be kept, devices are offered all the same, and it is told once', async () => {
  const place = makeGpus();
  writeFileSync(join(place.kubelet, 'cdi-runtime'), 'in the way');
  const plugin = new RunningPlugin(place, ['--resource', GPU]);
  await plugin.says(/ids of devices cannot be kept in .*vendor.com_gpu.json/);
  rmSync(join(place.kubelet, 'cdi-runtime'));
  const kubelet = await startKubelet(place);
  await kubelet.untilDevices(GPU, TWO);
  putSpec(place, GPU, { '0': ['gpu0'] });
  await kubelet.untilDevices(GPU, ['0 Healthy']);
  assert.deepEqual(readdirSync(join(place.kubelet, 'cdi-runtime')), ['vendor.com_gpu.json']);
});
