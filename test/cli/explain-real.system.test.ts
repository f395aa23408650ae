// The verdict of cdictl explain on stories of operators, and what a start comes to with the real runtimes.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { chmodSync, copyFileSync, existsSync, mkdirSync, mkdtempSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { demandPrivateMounts, hasHybridCgroups } from '../../scripts/demo/host.ts';
import { layOutDriver } from '../support/driver-update.ts';
import { runCdictl } from '../support/run-cdictl.ts';
import { SHIM } from '../support/run-shim.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

const LONGEST_MS = 60_000;
const isRoot = process.geteuid?.() === 0;
const skip = isRoot ? false : 'containers need root';
const folder = temporaryFolder();
chmodSync(folder, 0o755);
/** crun refuses a hybrid cgroup tree. */
const enter = isRoot && hasHybridCgroups() ? demandPrivateMounts() : [];

/** Who ends it, if anybody does. */
type Verdict = 'starts' | 'shim' | 'runtime';

interface Story {
  readonly title: string;
  /** of the device that is asked for */
  readonly edits?: object;
  /** lines of the settings */
  readonly settings?: string;
  readonly asks?: string;
  /** what becomes of the host and its specs before */
  readonly prepare?: (place: { readonly bundle: string; readonly cdi: string }) => void;
  readonly want: Verdict | { readonly runc: Verdict; readonly crun: Verdict };
}

const NUMBERS = { type: 'c', major: 1, minor: 3, fileMode: 0o666 };
const bind = (hostPath: string, containerPath = '/in'): object => ({
  mounts: [{ hostPath, containerPath, type: 'bind', options: ['rbind'] }],
});
const node = (more: object): object => ({ deviceNodes: [{ path: '/dev/cdi-none', ...more }] });
const hook = (path: string, hookName = 'createRuntime'): object => ({ hooks: [{ hookName, path }] });
const GONE = '/nonexistent/hook';
const LOCKED = join(folder, 'not-executable');
writeFileSync(LOCKED, '#!/bin/sh\n', { mode: 0o644 });
const FAILS = { warn: 'stale: warn', fail: 'stale: fail', skip: 'stale: skip' };
const write = (name: string, text: string) => (place: { readonly cdi: string }) =>
  writeFileSync(join(place.cdi, name), text, { mode: 0o644 });
const update = ({ bundle }: { readonly bundle: string }): void => void layOutDriver(bundle);
const OTHER = {
  cdiVersion: '0.6.0',
  kind: 'vendor.com/gpu',
  devices: [{ name: '0', containerEdits: { env: ['A=2'] } }],
};

const stories: readonly Story[] = [
  { title: 'everything is fine', edits: bind('/etc'), want: 'starts' },
  { title: 'nothing is asked for', asks: '', want: 'starts' },
  { title: 'the driver was updated', prepare: update, asks: 'nvidia.com/gpu=0', want: 'shim' },
  {
    title: 'the driver was updated, and three specs are asked',
    prepare: update,
    asks: 'nvidia.com/gpu=0,management.nvidia.com/gpu=all,k8s.device-plugin.nvidia.com/gpu=1',
    want: 'shim',
  },
  ...(['warn', 'fail', 'skip'] as const).map((stale) => ({
    title: `the driver was updated, stale: ${stale}`,
    prepare: update,
    asks: 'nvidia.com/gpu=0',
    settings: FAILS[stale],
    want: ({ warn: 'runtime', fail: 'shim', skip: 'starts' } as const)[stale],
  })),
  { title: 'a node is gone', edits: node({ type: 'c' }), want: 'shim' },
  { title: 'a node is gone that the runtime makes anyway', edits: node(NUMBERS), want: 'starts' },
  { title: 'a node is gone, and none may be', edits: node(NUMBERS), settings: FAILS.fail, want: 'shim' },
  { title: 'a mount source is gone', edits: bind('/nonexistent'), want: 'shim' },
  { title: 'a mount source is gone, stale: warn', edits: bind('/nonexistent'), settings: FAILS.warn, want: 'runtime' },
  { title: 'a mount source is a file', edits: bind('/etc/passwd', '/new/file'), want: 'starts' },
  { title: 'a mount source is a folder', edits: bind('/etc', '/new/folder'), want: 'starts' },
  { title: 'a mount source is a file, and the image has a folder there', edits: bind('/etc/passwd'), want: 'runtime' },
  {
    title: 'a mount source is a folder, and the image has a file there',
    edits: bind('/etc', '/file'),
    want: 'runtime',
  },
  { title: 'a hook is gone', edits: hook(GONE), want: 'shim' },
  { title: 'a hook is gone, stale: warn', edits: hook(GONE), settings: FAILS.warn, want: 'runtime' },
  { title: 'a hook is gone, stale: skip', edits: hook(GONE), settings: FAILS.skip, want: 'starts' },
  { title: 'a poststart hook is gone', edits: hook(GONE, 'poststart'), want: { runc: 'shim', crun: 'starts' } },
  { title: 'a poststop hook is gone', edits: hook(GONE, 'poststop'), want: 'starts' },
  { title: 'a hook may not be executed', edits: hook(LOCKED), want: 'shim' },
  { title: 'a hook may not be executed, stale: warn', edits: hook(LOCKED), settings: FAILS.warn, want: 'runtime' },
  {
    title: 'a poststart hook may not be executed, stale: warn',
    edits: hook(LOCKED, 'poststart'),
    settings: FAILS.warn,
    want: { runc: 'runtime', crun: 'starts' },
  },
  {
    title: 'the policy denies it',
    settings: 'policy: { rules: [{ devices: [vendor.com/gpu=*], action: deny, reason: not here }] }',
    want: 'shim',
  },
  { title: 'the policy ignores it', settings: 'policy: { default: ignore }', edits: hook(GONE), want: 'starts' },
  {
    title: 'others may write the spec',
    prepare: ({ cdi }) => chmodSync(join(cdi, 'vendor.json'), 0o666),
    want: 'shim',
  },
  {
    title: 'others may write the hook',
    edits: hook('/etc/passwd'),
    settings: 'trust: { hookPaths: [/opt/**] }',
    want: 'shim',
  },
  { title: 'the spec is broken', prepare: write('vendor.json', '{ "kind": "vendor.com/gpu", ]'), want: 'shim' },
  { title: 'two specs are in conflict', prepare: write('other.json', JSON.stringify(OTHER)), want: 'shim' },
  { title: 'the device is unknown, and one is near', asks: 'vendor.com/gpu=O', want: 'shim' },
  { title: 'the vendor is unknown', asks: 'vendro.com/gpu=0,vendro.com/gpu=1', want: 'shim' },
  { title: 'what is unknown may be missing', asks: 'vendor.com/gpu=9', settings: 'unresolved: warn', want: 'starts' },
  { title: 'the request is no name', asks: 'gpu0', want: 'shim' },
];

interface Place {
  readonly bundle: string;
  readonly cdi: string;
  readonly settings: string;
}

function layOut(runtime: string, { edits = { env: ['A=1'] }, settings: more = '', asks, prepare }: Story): Place {
  const bundle = mkdtempSync(join(folder, 'bundle-'));
  chmodSync(bundle, 0o755);
  for (const name of ['bin', 'proc', 'dev', 'in']) mkdirSync(join(bundle, 'rootfs', name), { recursive: true });
  writeFileSync(join(bundle, 'rootfs/file'), '');
  const busybox = ['/bin/busybox', '/usr/bin/busybox'].find((path) => existsSync(path)) ?? '';
  copyFileSync(busybox, join(bundle, 'rootfs/bin/busybox'));
  writeFileSync(join(bundle, 'config.json'), JSON.stringify(documentOf(asks ?? 'vendor.com/gpu=0')));
  const cdi = join(bundle, 'cdi');
  mkdirSync(cdi);
  const spec = { cdiVersion: '0.6.0', kind: 'vendor.com/gpu', devices: [{ name: '0', containerEdits: edits }] };
  writeFileSync(join(cdi, 'vendor.json'), JSON.stringify(spec), { mode: 0o644 });
  prepare?.({ bundle, cdi });
  const settings = join(bundle, 'settings.yaml');
  const lines = [`runtime: ${runtime}`, `specDirs: [${cdi}]`, `audit: { enabled: false, path: ${bundle}/audit }`, more];
  writeFileSync(settings, lines.join('\n'), { mode: 0o644 });
  return { bundle, cdi, settings };
}

function documentOf(asks: string): object {
  return {
    ociVersion: '1.0.2',
    process: { user: { uid: 0, gid: 0 }, args: ['/bin/busybox', 'true'], cwd: '/', env: ['PATH=/bin'] },
    root: { path: 'rootfs' },
    annotations: asks === '' ? {} : { 'cdi.k8s.io/test': asks },
    mounts: [
      { destination: '/proc', type: 'proc', source: 'proc' },
      { destination: '/dev', type: 'tmpfs', source: 'tmpfs', options: ['nosuid', 'mode=755'] },
    ],
    linux: {
      cgroupsPath: '/cdi-explained',
      namespaces: ['pid', 'mount', 'ipc', 'uts'].map((type) => ({ type })),
      resources: { devices: [{ allow: false, access: 'rwm' }] },
    },
  };
}

function start({ bundle, settings }: Place): { readonly status: number | null; readonly stderr: string } {
  const words = [...enter, SHIM, '--root', join(bundle, 'state'), 'run', '--bundle', bundle, 'explained'];
  const [tool = '', ...rest] = words;
  const { status, stderr, error } = spawnSync(tool, rest, {
    env: { PATH: '/usr/sbin:/usr/bin:/sbin:/bin', CDI_RUNTIME_CONFIG: settings },
    cwd: bundle,
    encoding: 'utf8',
    timeout: LONGEST_MS,
  });
  assert.equal(error, undefined);
  return { status, stderr };
}

for (const runtime of ['runc', 'crun'] as const)
  for (const story of stories) {
    const want = typeof story.want === 'string' ? story.want : story.want[runtime];
    test(`${runtime}: ${story.title}: ${want === 'starts' ? 'it starts' : `the ${want} refuses it`}`, {
      skip,
    }, async () => {
      const place = layOut(runtime, story);
      const words = ['explain', '--config', place.settings, '--bundle', place.bundle];
      const { status, stdout, stderr } = await runCdictl([...words, '-o', 'json']);
      assert.equal(stderr, '');
      const { outcome, refusal } = JSON.parse(stdout);
      const verdict: Verdict = outcome === 'refused' ? 'shim' : outcome === 'failed' ? 'runtime' : 'starts';
      const text = await runCdictl(words);
      const started = start(place);
      assert.equal(verdict, want, `${stdout}\n${started.stderr}`);
      // Where the runtime refuses it, the status is that runtime's own: with crun, 255 for a hook.
      const wantStatus = want === 'runtime' && started.status !== 0 ? 1 : started.status;
      assert.deepEqual([status, text.status], [wantStatus, wantStatus], started.stderr);
      if (story.prepare === update && want !== 'starts')
        assert.ok(text.stdout.trimEnd().split('\n').length <= 5, text.stdout);
      if (want === 'shim') assert.equal(started.stderr, `${refusal.message} (cdictl errors ${refusal.code})\n`);
      if (want === 'runtime') assert.doesNotMatch(started.stderr, / of spec "/);
    });
  }
