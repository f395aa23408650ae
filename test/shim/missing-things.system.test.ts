// What the host lacks, with the real runtimes: by default the shim refuses what the runtime would refuse, and only that.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { chmodSync, copyFileSync, existsSync, mkdirSync, mkdtempSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { demandPrivateMounts, hasHybridCgroups } from '../../scripts/demo/host.ts';
import { SHIM } from '../support/run-shim.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

const LONGEST_MS = 60_000;
const isRoot = process.geteuid?.() === 0;
const skip = isRoot ? false : 'containers need root';
const folder = temporaryFolder();
chmodSync(folder, 0o755);
symlinkSync('/nonexistent', join(folder, 'dangling'));
/** crun refuses a hybrid cgroup tree. */
const enter = isRoot && hasHybridCgroups() ? demandPrivateMounts() : [];
const HOST_ID = 100_000;

const bind = (hostPath: string): object => ({ mounts: [{ hostPath, containerPath: '/in', options: ['rbind'] }] });
const node = (more: object): object => ({ deviceNodes: [{ path: '/dev/cdi-none', ...more }] });
const hook = (hookName: string): object => ({ hooks: [{ hookName, path: '/nonexistent/hook' }] });
const NUMBERS = { type: 'c', major: 1, minor: 3, fileMode: 0o666 };

const cases: readonly (readonly [title: string, edits: object, mayBeRuntimesAlone?: false])[] = [
  ['nothing is missing', bind('/etc')],
  ['a mount source', bind('/nonexistent')],
  ['a mount source that a link leads to', bind(join(folder, 'dangling'))],
  ['a mount source below a file', bind('/etc/passwd/x')],
  [
    'a mount source, which an option calls dispensable',
    { mounts: [{ hostPath: '/nonexistent', containerPath: '/in', options: ['rbind', 'nofail'] }] },
  ],
  ['the source of a tmpfs', { mounts: [{ hostPath: '/nonexistent', containerPath: '/in', type: 'tmpfs' }] }],
  ['a disk', { mounts: [{ hostPath: '/dev/cdi-none', containerPath: '/in', type: 'ext4' }] }],
  ...['prestart', 'createRuntime', 'createContainer', 'poststart', 'poststop'].map(
    (kind) => [`a ${kind} hook`, hook(kind)] as const,
  ),
  ['a node of which the spec says all', node(NUMBERS)],
  ['a pipe', node({ type: 'p', fileMode: 0o666 })],
  // Go itself does not inject these, so that no document can have them.
  ['a node of which the spec says no type', node({ major: 1, minor: 3 }), false],
  ['a node of which the spec says no numbers', node({ type: 'c' }), false],
];

interface Outcome {
  readonly starts: boolean;
  readonly stderr: string;
}

function run(runtime: string, edits: object, stale: string, hasUserNamespace: boolean): Outcome {
  const bundle = mkdtempSync(join(folder, 'bundle-'));
  chmodSync(bundle, 0o755);
  for (const name of ['bin', 'proc', 'dev', 'in']) mkdirSync(join(bundle, 'rootfs', name), { recursive: true });
  const busybox = ['/bin/busybox', '/usr/bin/busybox'].find((path) => existsSync(path)) ?? '';
  copyFileSync(busybox, join(bundle, 'rootfs/bin/busybox'));
  if (hasUserNamespace) spawnSync('chown', ['-R', `${HOST_ID}:${HOST_ID}`, join(bundle, 'rootfs')]);
  writeFileSync(join(bundle, 'config.json'), JSON.stringify(documentOf(hasUserNamespace)));
  mkdirSync(join(bundle, 'cdi'));
  const spec = { cdiVersion: '0.6.0', kind: 'vendor.com/gpu', devices: [{ name: '0', containerEdits: edits }] };
  writeFileSync(join(bundle, 'cdi/vendor.json'), JSON.stringify(spec), { mode: 0o644 });
  const settings = join(bundle, 'settings.yaml');
  const lines = [`runtime: ${runtime}`, `specDirs: [${bundle}/cdi]`, 'audit: { enabled: false }', stale];
  writeFileSync(settings, lines.join('\n'), { mode: 0o644 });
  const args = [SHIM, '--root', join(bundle, 'state'), 'run', '--bundle', bundle, 'missing'];
  const [tool = '', ...rest] = [...enter, ...args];
  const { status, stderr, error } = spawnSync(tool, rest, {
    env: { PATH: '/usr/sbin:/usr/bin:/sbin:/bin', CDI_RUNTIME_CONFIG: settings },
    cwd: bundle,
    encoding: 'utf8',
    timeout: LONGEST_MS,
  });
  assert.equal(error, undefined);
  return { starts: status === 0, stderr };
}

function documentOf(hasUserNamespace: boolean): object {
  const mapping = [{ containerID: 0, hostID: HOST_ID, size: 65_536 }];
  return {
    ociVersion: '1.0.2',
    process: { user: { uid: 0, gid: 0 }, args: ['/bin/busybox', 'true'], cwd: '/', env: ['PATH=/bin'] },
    root: { path: 'rootfs' },
    annotations: { 'cdi.k8s.io/test': 'vendor.com/gpu=0' },
    mounts: [
      { destination: '/proc', type: 'proc', source: 'proc' },
      { destination: '/dev', type: 'tmpfs', source: 'tmpfs', options: ['nosuid', 'mode=755'] },
    ],
    linux: {
      cgroupsPath: '/cdi-missing-things',
      namespaces: ['pid', 'mount', 'ipc', 'uts', ...(hasUserNamespace ? ['user'] : [])].map((type) => ({ type })),
      ...(hasUserNamespace && { uidMappings: mapping, gidMappings: mapping }),
      resources: { devices: [{ allow: false, access: 'rwm' }] },
    },
  };
}

const OURS = /^cannot [^\n]* of spec "[^\n"]*": line \d+, column \d+: the host does not have it; [^\n]*\n$/;

for (const runtime of ['runc', 'crun'])
  for (const hasUserNamespace of [false, true])
    for (const [title, edits, isRuntimesMatter = true] of cases) {
      const where = hasUserNamespace ? ' in a user namespace' : '';
      test(`${runtime}${where}: ${title}: the shim refuses it if the runtime does`, { skip }, () => {
        const byRuntime = run(runtime, edits, 'stale: warn', hasUserNamespace);
        const byDefault = run(runtime, edits, '', hasUserNamespace);
        assert.equal(byDefault.starts, byRuntime.starts, byRuntime.stderr + byDefault.stderr);
        if (byRuntime.starts) return;
        assert.match(byDefault.stderr, OURS);
        if (isRuntimesMatter) assert.doesNotMatch(byRuntime.stderr, OURS);
        const leftOut = run(runtime, edits, 'stale: skip', hasUserNamespace);
        assert.equal(leftOut.starts, true, leftOut.stderr);
      });
    }
