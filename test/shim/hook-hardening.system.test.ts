// A hostile image against the hooks of specs, with the real runtimes (the class of CVE-2025-23266): a container whose
// environment has LD_PRELOAD, and hooks without an env of their own, which run on the host.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { copyFileSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { demandPrivateMounts, hasHybridCgroups } from '../../scripts/demo/host.ts';
import { SHIM } from '../support/run-shim.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

const FIXTURES = join(import.meta.dirname, 'fixtures');
const LONGEST_MS = 60_000;
const isRoot = process.geteuid?.() === 0;
const skip = isRoot ? false : 'containers need root';
const folder = temporaryFolder();
const mark = join(folder, 'mark');
/** crun refuses a hybrid cgroup tree. */
const enter = isRoot && hasHybridCgroups() ? demandPrivateMounts() : [];

const hook = compiled('hook-writes-environ', []);
const library = compiled('hook-is-hijacked', ['-shared', '-fPIC', `-DMARK="${mark}"`]);

/** By the compiler of the system, so that the dynamic linker starts it. */
function compiled(name: string, flags: readonly string[]): string {
  const file = join(folder, name);
  const args = ['-Wall', '-Wextra', '-Werror', ...flags, '-o', file, join(FIXTURES, `${name}.c`)];
  const { status, stderr, error } = spawnSync('gcc', args, { encoding: 'utf8' });
  assert.equal(status, 0, `gcc: ${stderr ?? error}`);
  return file;
}

/** Hooks of all kinds that run outside the container. */
const OUTSIDE = ['prestart', 'createRuntime', 'createContainer', 'poststart', 'poststop'];
const RUNTIMES = ['runc', 'crun'];

interface Hooked {
  /** by the kind of the hook: `cwd …` and `env …` */
  readonly seen: ReadonlyMap<string, readonly string[]>;
  /** whether the image's library was loaded into a process of the host */
  readonly hijacked: boolean;
}

/** Runs a hostile image with the hooks, which a spec adds, or which are in its document already. */
function run(runtime: string, by: 'minimal' | 'keep' | 'the runtime alone'): Hooked {
  const bundle = mkdtempSync(join(folder, 'bundle-'));
  const output = join(bundle, 'output');
  const hooks = OUTSIDE.map((hookName) => ({ hookName, path: hook, args: ['hook', output, hookName] }));
  layOutRootfs(join(bundle, 'rootfs'));
  writeFileSync(output, '');
  const own = Object.fromEntries(hooks.map(({ hookName, ...rest }) => [hookName, [rest]]));
  const isAlone = by === 'the runtime alone';
  writeFileSync(join(bundle, 'config.json'), JSON.stringify({ ...DOCUMENT, ...(isAlone && { hooks: own }) }));
  const settings = join(bundle, 'settings.yaml');
  const emptyEnv = by === 'keep' ? 'hooks: { emptyEnv: keep }\n' : '';
  writeFileSync(settings, `runtime: ${runtime}\nspecDirs: [${bundle}/cdi]\naudit: { enabled: false }\n${emptyEnv}`, {
    mode: 0o644,
  });
  mkdirSync(join(bundle, 'cdi'));
  const spec = { cdiVersion: '0.6.0', kind: 'vendor.com/gpu', devices: [{ name: '0', containerEdits: { hooks } }] };
  writeFileSync(join(bundle, 'cdi/vendor.json'), JSON.stringify(spec), { mode: 0o644 });
  rmSync(mark, { force: true });
  const [tool = '', ...args] = [
    ...enter,
    isAlone ? runtime : SHIM,
    '--root',
    join(bundle, 'state'),
    'run',
    '--bundle',
    bundle,
    'hooked',
  ];
  const { status, stdout, stderr, error } = spawnSync(tool, args, {
    env: { PATH: '/usr/sbin:/usr/bin:/sbin:/bin', CDI_RUNTIME_CONFIG: settings, ENGINE: 'secret' },
    cwd: bundle,
    encoding: 'utf8',
    timeout: LONGEST_MS,
  });
  assert.deepEqual([error, status, stdout], [undefined, 0, ''], stderr);
  return { seen: seenBy(output, bundle), hijacked: existsSync(mark) };
}

/** The library lies where each of the two values of LD_PRELOAD finds it, in the image and beside it. */
const DOCUMENT = {
  ociVersion: '1.0.2',
  process: {
    user: { uid: 0, gid: 0 },
    args: ['/bin/busybox', 'true'],
    cwd: '/',
    env: ['PATH=/bin', `LD_PRELOAD=${library}:/proc/self/cwd/library.so`, 'IMAGE=hostile'],
  },
  root: { path: 'rootfs' },
  annotations: { 'cdi.k8s.io/test': 'vendor.com/gpu=0' },
  mounts: [
    { destination: '/proc', type: 'proc', source: 'proc' },
    { destination: '/dev', type: 'tmpfs', source: 'tmpfs', options: ['nosuid', 'mode=755'] },
  ],
  linux: {
    cgroupsPath: '/cdi-hook-hardening',
    namespaces: ['pid', 'mount', 'ipc', 'uts'].map((type) => ({ type })),
    resources: { devices: [{ allow: false, access: 'rwm' }] },
  },
};

function layOutRootfs(rootfs: string): void {
  for (const name of ['bin', 'proc', 'dev']) mkdirSync(join(rootfs, name), { recursive: true });
  const busybox = ['/bin/busybox', '/usr/bin/busybox'].find((path) => existsSync(path)) ?? '';
  copyFileSync(busybox, join(rootfs, 'bin/busybox'));
  copyFileSync(library, join(rootfs, 'library.so'));
}

function seenBy(output: string, bundle: string): Map<string, readonly string[]> {
  const seen = new Map<string, string[]>();
  for (const line of readFileSync(output, 'utf8').replaceAll(bundle, '$BUNDLE').split('\n').slice(0, -1)) {
    const [kind = '', ...rest] = line.split(' ');
    seen.set(kind, [...(seen.get(kind) ?? []), rest.join(' ')]);
  }
  return seen;
}

const envOf = (seen: Hooked['seen'], kind: string): string[] =>
  (seen.get(kind) ?? []).filter((line) => line.startsWith('env '));

test('the attack works on a process that gets the environment of the image', () => {
  rmSync(mark, { force: true });
  const env = { LD_PRELOAD: library };
  assert.equal(spawnSync(hook, ['/dev/null', 'x'], { env }).status, 0);
  assert.ok(existsSync(mark));
});

for (const runtime of RUNTIMES) {
  test(`${runtime}: no hook of a spec sees the environment of the image or of the engine`, { skip }, () => {
    const { seen, hijacked } = run(runtime, 'minimal');
    assert.deepEqual([...seen.keys()].sort(), [...OUTSIDE].sort());
    for (const kind of OUTSIDE) {
      const want = ['env PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin'];
      assert.deepEqual(envOf(seen, kind), want, kind);
    }
    assert.equal(hijacked, false);
  });

  test(`${runtime}: with hooks.emptyEnv: keep a hook gets what it gets without the shim`, { skip }, () => {
    const alone = run(runtime, 'the runtime alone');
    const kept = run(runtime, 'keep');
    const withoutPlaces = ({ seen }: Hooked): unknown =>
      OUTSIDE.map((kind) => [kind, envOf(seen, kind).filter((entry) => !entry.startsWith('env CDI_RUNTIME_CONFIG='))]);
    assert.deepEqual(withoutPlaces(kept), withoutPlaces(alone));
    assert.equal(kept.hijacked, alone.hijacked);
  });
}
