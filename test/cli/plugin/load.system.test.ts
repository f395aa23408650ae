// cdictl device-plugin under load: 1,000 devices in 40 kinds, 200 allocations at once, storms of specs; and on a full disk.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { after, type TestContext, test } from 'node:test';
import { Kubelet } from '../../support/kubelet.ts';
import { makeNode, makePlace, type Place, putSpec, RunningPlugin } from './running-plugin.ts';

const BUILT = resolve(import.meta.dirname, '../../../dist/cdictl.js');
const KINDS = Array.from({ length: 40 }, (_, kind) => `vendor${kind}.example/gpu`);
const NAMES = Array.from({ length: 25 }, (_, name) => String(name));
const healthy = (names: readonly string[]): string[] => [...names].sort().map((name) => `${name} Healthy`);

function putKind(place: Place, kind: string, names: readonly string[] = NAMES): void {
  const devices = Object.fromEntries(names.map((name) => [name, [nodeOf(kind, name)]]));
  putSpec(place, kind, { ...devices, all: names.map((name) => nodeOf(kind, name)) });
}

function nodeOf(kind: string, name: string): string {
  return `${kind.replace('/', '-')}-${name}`;
}

async function allocate(kubelet: Kubelet, kind: string, id: string): Promise<readonly string[]> {
  return (await kubelet.allocate(kind, [id])).cdi_devices.map(({ name }) => name);
}

/** Milliseconds of the processor, and the largest memory in KiB. */
function readCosts(pid: number | undefined): { readonly cpu: number; readonly peak: number } {
  const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  const peak = /^VmHWM:\s+(\d+)/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1];
  return { cpu: (Number(fields[11]) + Number(fields[12])) * 10, peak: Number(peak) };
}

async function measure(
  context: TestContext,
  what: string,
  plugin: RunningPlugin,
  work: () => Promise<void>,
): Promise<void> {
  const [begin, before] = [performance.now(), readCosts(plugin.process.pid).cpu];
  await work();
  const { cpu, peak } = readCosts(plugin.process.pid);
  context.diagnostic(
    `${what}: ${Math.round(performance.now() - begin)} ms, ${cpu - before} of the processor, at most ${peak} KiB`,
  );
}

test('1,000 devices in 40 kinds, 200 allocations at once, and specs that come and go meanwhile', async (context) => {
  const place = makePlace();
  for (const kind of KINDS) for (const name of NAMES) makeNode(place, nodeOf(kind, name));
  for (const kind of KINDS) putKind(place, kind);
  const kubelet = await Kubelet.start(place.kubelet);
  after(() => kubelet.stop());
  const plugin = new RunningPlugin(
    place,
    KINDS.flatMap((kind) => ['--resource', kind]),
    BUILT,
  );
  const all = healthy(NAMES);
  const untilAll = async (): Promise<void> => {
    for (const kind of KINDS) await kubelet.untilDevices(kind, all);
  };
  await measure(context, '40 kinds from its start to the last list', plugin, untilAll);

  await measure(context, '200 allocations at once', plugin, async () => {
    const given = await Promise.all(Array.from({ length: 200 }, (_, i) => kubelet.give(KINDS[i % 40] ?? '', 1)));
    const names = given.flatMap(({ answer }) => answer.cdi_devices.map(({ name }) => name));
    assert.equal(new Set(names).size, 200);
  });

  await measure(context, 'each spec written 50 times, with 200 allocations meanwhile', plugin, async () => {
    const allocations: Promise<readonly string[]>[] = [];
    for (let round = 0; round < 50; round++) {
      // Half of them come and go, and one of the others is given to a container.
      for (const kind of KINDS) putKind(place, kind, round % 2 === 0 ? NAMES.slice(0, 12) : NAMES);
      const id = String(round % 5);
      if (round < 5) for (const kind of KINDS) allocations.push(allocate(kubelet, kind, id));
      await new Promise(setImmediate);
    }
    const wanted = NAMES.slice(0, 5).flatMap((id) => KINDS.map((kind) => [`${kind}=${id}`]));
    assert.deepEqual(await Promise.all(allocations), wanted);
    await untilAll();
  });

  await measure(context, 'all nodes away, and there again', plugin, async () => {
    renameSync(place.nodes, `${place.nodes}.away`);
    for (const kind of KINDS)
      await kubelet.untilDevices(
        kind,
        all.map((text) => text.replace('Healthy', 'Unhealthy')),
      );
    renameSync(`${place.nodes}.away`, place.nodes);
    await untilAll();
  });

  kubelet.stop();
  const second = await Kubelet.start(place.kubelet);
  after(() => second.stop());
  await measure(context, 'a new kubelet to the last list', plugin, async () => {
    for (const kind of KINDS) await second.untilDevices(kind, all);
  });
  assert.equal(await plugin.end('SIGTERM'), 0);
});

const asRoot = process.getuid?.() === 0 ? false : 'to mount a small disk needs root';

test('on a disk without room for a socket it waits, and registers when there is some', { skip: asRoot }, async () => {
  const place = makePlace();
  makeNode(place, 'gpu0');
  putSpec(place, 'vendor.com/gpu', { '0': ['gpu0'] });
  execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=64k,nr_inodes=8', 'tmpfs', place.kubelet]);
  after(() => execFileSync('umount', ['--lazy', place.kubelet]));
  const kubelet = await Kubelet.start(place.kubelet);
  after(() => kubelet.stop());
  const files = fillWithFiles(place.kubelet);
  const plugin = new RunningPlugin(place, ['--resource', 'vendor.com/gpu']);
  await plugin.says(/^cannot register "vendor\.com\/gpu": .*: ENOSPC; it is tried again$/);
  rmSync(files[0] ?? '');
  await kubelet.untilDevices('vendor.com/gpu', ['0 Healthy']);
  // Once it is there, a full disk is nothing to it.
  assert.throws(() => writeFileSync(files[0] ?? '', ''), { code: 'ENOSPC' });
  assert.equal((await kubelet.give('vendor.com/gpu', 1)).ids.length, 1);
  assert.equal(await plugin.end('SIGTERM'), 0);
});

function fillWithFiles(folder: string): string[] {
  const files: string[] = [];
  for (;;) {
    const path = join(folder, `file${files.length}`);
    try {
      writeFileSync(path, '');
    } catch {
      return files;
    }
    files.push(path);
  }
}
