// The shim is one file: nothing beside it is needed, not even /proc, /dev or a settings file.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { copyFileSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { asRecorded, compile, STARTED } from '../support/fake-runtime.ts';
import { cutPage, runShim, SHIM } from '../support/run-shim.ts';
import { ASKING, INJECTED } from '../support/small-host.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

const CHROOT = '/usr/sbin/chroot';
const skip = process.getuid?.() === 0 ? false : 'chroot needs root';

const SPEC = `cdiVersion: 0.5.0
kind: vendor.com/gpu
devices:
  - name: gpu0
    containerEdits:
      env: [GPU=gpu0]
  - name: gpu1
    containerEdits:
      deviceNodes: [{ path: /dev/gpu1, type: c, major: 195, minor: 1, permissions: rw }]
      hooks: [{ hookName: createRuntime, path: /usr/bin/hook }]
`;

/** A root directory with the shim, a runtime, a spec in the default directory, and a bundle. */
function makeRoot(): string {
  const root = temporaryFolder();
  for (const folder of ['usr/bin', 'etc/cdi', 'bundle']) mkdirSync(join(root, folder), { recursive: true });
  copyFileSync(SHIM, join(root, 'cdi-runtime'));
  compile('fake-runc', join(root, 'usr/bin'), 'crun');
  writeFileSync(join(root, 'etc/cdi/vendor.yaml'), SPEC);
  return root;
}

/** The stand-in writes its record where runShim() looks for it: seen from inside, that is /record. */
function inside(root: string, args: readonly string[]): ReturnType<typeof runShim> {
  return runShim({
    folder: root,
    program: CHROOT,
    args: [root, '/cdi-runtime', ...args],
    settings: '',
    env: { FAKE_RUNC_RECORD: '/record' },
  });
}

test('a create works in a root directory that holds nothing else', { skip }, () => {
  const root = makeRoot();
  writeFileSync(join(root, 'bundle/config.json'), ASKING);
  const args = ['create', '--bundle', '/bundle', 'id'];
  const { status, stdout, stderr, record } = inside(root, args);
  assert.deepEqual([status, stdout, stderr], [STARTED, '', '']);
  assert.deepEqual(record?.argv, ['/usr/bin/crun', ...args].map(asRecorded));
  assert.equal(record?.config?.toString(), INJECTED);
  assert.equal(readFileSync(join(root, 'bundle/config.json'), 'utf8'), INJECTED);
  assert.deepEqual(readdirSync(root).sort(), ['bundle', 'cdi-runtime', 'etc', 'usr']);
  assert.deepEqual(readdirSync(join(root, 'bundle')), ['config.json']);
});

test('device nodes that the spec describes in full need no host, and hooks only to run', { skip }, () => {
  const root = makeRoot();
  mkdirSync(join(root, 'etc/cdi-runtime'));
  writeFileSync(join(root, 'etc/cdi-runtime/config.yaml'), 'stale: warn\n');
  writeFileSync(join(root, 'bundle/config.json'), '{"annotations":{"cdi.k8s.io/test":"vendor.com/gpu=gpu1"}}');
  assert.equal(inside(root, ['run', '--bundle=/bundle', 'id']).status, STARTED);
  assert.deepEqual(JSON.parse(readFileSync(join(root, 'bundle/config.json'), 'utf8')), {
    annotations: { 'cdi.k8s.io/test': 'vendor.com/gpu=gpu1' },
    linux: {
      devices: [{ path: '/dev/gpu1', type: 'c', major: 195, minor: 1 }],
      resources: { devices: [{ allow: true, type: 'c', major: 195, minor: 1, access: 'rw' }] },
    },
    hooks: {
      createRuntime: [
        { path: '/usr/bin/hook', env: ['PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin'] },
      ],
    },
  });
});

test('a refusal is told there as everywhere', { skip }, () => {
  const root = makeRoot();
  writeFileSync(join(root, 'bundle/config.json'), '{"annotations":{"cdi.k8s.io/test":"vendor.com/gpu=gpu2"}}');
  const { status, stderr, record } = inside(root, ['--log=log', '--log-format=json', 'create', '-b', '/bundle', 'id']);
  const why = '"vendor.com/gpu" has "gpu0" and "gpu1"; did you mean "gpu0" and "gpu1"?';
  const message = `cannot resolve device "vendor.com/gpu=gpu2" (asked for by annotation cdi.k8s.io/test): ${why}`;
  assert.deepEqual([status, stderr, record], [1, `${message}\n`, undefined]);
  assert.equal(cutPage(JSON.parse(readFileSync(join(root, 'bundle/log'), 'utf8')).msg), message);
});

test('the shim names no interpreter and no shared library', () => {
  const tell = (tool: string, ...args: string[]): string => {
    const { stdout, stderr } = spawnSync(tool, [...args, SHIM], {
      encoding: 'utf8',
      env: { ...process.env, LC_ALL: 'C' },
    });
    return `${stdout}${cutPage(stderr)}`;
  };
  assert.match(tell('readelf', '--file-header'), /Type: +DYN/);
  assert.doesNotMatch(tell('readelf', '--program-headers', '--dynamic'), /INTERP|NEEDED|RUNPATH|RPATH/);
  assert.match(tell('ldd'), /statically linked|not a dynamic executable/);
});
