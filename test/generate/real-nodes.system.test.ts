// The nodes of the machine that runs the tests: what is generated for them works in a real container.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { copyFileSync, lstatSync, mkdirSync, mkdtempSync, symlinkSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { type TestContext, test } from 'node:test';
import type { Spec } from '../../src/cdi/spec.ts';
import { createDeviceTree } from '../../src/generate/device-tree.ts';
import { generateSpec } from '../../src/generate/generate-spec.ts';
import { GENERATORS } from '../../src/generate/generators.ts';
import { createNodeHost } from '../../src/host/node.ts';
import { applyEdits } from '../../src/library/container-edits.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

const folder = temporaryFolder();
const SINGLE = [
  ['fuse', 'fuse', '/dev/fuse'],
  ['kvm', 'kvm', '/dev/kvm'],
  ['net-tun', 'tun', '/dev/net/tun'],
  ['loop', 'loop-control', '/dev/loop-control'],
] as const;

function specOf(kind: string): Spec | undefined {
  const generator = GENERATORS.find(({ id }) => id === kind) ?? assert.fail();
  const result = generateSpec(generator, createDeviceTree(createNodeHost()));
  return 'spec' in result ? result.spec : undefined;
}

function isThere(path: string): boolean {
  return lstatSync(path, { throwIfNoEntry: false })?.isCharacterDevice() === true;
}

for (const [kind, name, path] of SINGLE) {
  test(`${kind} of this machine is given exactly if ${path} is there`, () => {
    const devices = specOf(kind)?.devices ?? [];
    const found = devices.find((device) => device.name === name)?.containerEdits.deviceNodes?.map((node) => node.path);
    assert.deepEqual(found, isThere(path) ? [path] : undefined);
  });
}

/** A container of another user than root that runs a script of busybox in a /dev of its own. */
function run(edits: Parameters<typeof applyEdits>[0], script: string): ReturnType<typeof spawnSync> {
  const bundle = mkdtempSync(join(folder, 'bundle-'));
  mkdirSync(join(bundle, 'rootfs/bin'), { recursive: true });
  copyFileSync('/usr/bin/busybox', join(bundle, 'rootfs/bin/busybox'));
  symlinkSync('busybox', join(bundle, 'rootfs/bin/sh'));
  const config = applyEdits(edits, {
    ociVersion: '1.0.2',
    process: { user: { uid: 1000, gid: 1000 }, args: ['/bin/sh', '-c', script], env: ['PATH=/bin'], cwd: '/' },
    root: { path: 'rootfs' },
    mounts: [
      { destination: '/proc', type: 'proc', source: 'proc' },
      { destination: '/dev', type: 'tmpfs', source: 'tmpfs' },
    ],
    linux: {
      cgroupsPath: `/${basename(folder)}`,
      resources: { devices: [{ allow: false, access: 'rwm' }] },
      namespaces: ['pid', 'mount', 'ipc'].map((type) => ({ type })),
    },
  });
  writeFileSync(join(bundle, 'config.json'), JSON.stringify(config));
  const args = ['--root', join(folder, 'state'), 'run', '--bundle', bundle, basename(bundle)];
  return spawnSync('runc', args, { encoding: 'utf8', timeout: 60_000 });
}

/** Why no container can be had here, if none can. */
const noContainer = (() => {
  if (process.getuid?.() !== 0) return 'a container with devices needs root';
  const { status, stderr, error } = run({}, 'exit 7');
  return status === 7 ? false : `runc runs no container here: ${error?.message ?? stderr}`;
})();

for (const [kind, name, path] of SINGLE) {
  test(`${kind}=${name} opens in a container for a user who is not root`, { skip: noContainer }, (t: TestContext) => {
    const edits = specOf(kind)?.devices.find((device) => device.name === name)?.containerEdits;
    if (edits === undefined) return t.skip(`${path} is not on this machine`);
    const script = `[ -c ${path} ] && exec 3<>${path} && echo opened`;
    const { stdout, stderr } = run(edits, script);
    assert.deepEqual([stdout, stderr], ['opened\n', '']);
    assert.notEqual(run({}, script).status, 0);
  });
}

test('all loop devices are there in a container, and open', { skip: noContainer }, (t: TestContext) => {
  const edits = specOf('loop')?.devices.find((device) => device.name === 'all')?.containerEdits;
  if (edits === undefined) return t.skip('no loop device is on this machine');
  const paths = (edits.deviceNodes ?? []).map(({ path }) => path);
  const { stdout, stderr } = run(edits, `for node in ${paths.join(' ')}; do (exec 3<$node) && echo $node; done`);
  assert.deepEqual([stderr, String(stdout).trimEnd().split('\n')], ['', paths]);
});
