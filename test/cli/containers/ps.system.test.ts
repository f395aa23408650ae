// cdictl ps over containers of real runtimes: what the shim gave them, what they open, and how they end.
import assert from 'node:assert/strict';
import { type SpawnSyncReturns, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, copyFileSync, mkdirSync, readFileSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { makeNamespaces } from '../../support/own-namespaces.ts';
import { SHIM } from '../../support/run-shim.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';
import { closedSchema } from '../closed-schema.ts';

const MAIN = resolve(import.meta.dirname, '../../../src/cli/main.ts');
const PATH = '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin';
const LONGEST_MS = 60_000;

/** Nodes that anybody may open without anything coming of it, as far as this machine has one that opens. */
const node = ['/dev/fuse', '/dev/net/tun', '/dev/loop-control'].find(
  (path) => spawnSync('sh', ['-c', `exec 3<${path}`]).status === 0,
);
const skip =
  process.geteuid?.() !== 0 ? 'containers need root' : node === undefined ? 'no node of this machine opens' : false;

/** What comes soon: a container goes on by itself. */
function until(look: () => readonly string[], want: readonly string[]): void {
  for (let tries = 0; tries < 50 && look().join() !== want.join(); tries++) spawnSync('sleep', ['0.1']);
  assert.deepEqual(look(), want);
}

interface Holding {
  readonly device: string;
  readonly holder: string;
  readonly by: string;
  readonly pid: number;
  readonly openBy: readonly { readonly name: string }[];
  readonly change?: string;
}

const VALID = closedSchema('cdictl/ps.schema.json');

describe('ps over real containers', { skip }, () => {
  const folder = temporaryFolder();
  chmodSync(folder, 0o755);
  const at = (name: string): string => join(folder, name);
  const env = { PATH, CDI_RUNTIME_CONFIG: at('settings.yaml') };
  let prefix: readonly string[] = [];
  let end = (): unknown => undefined;
  after(() => end());

  const run = (...words: readonly string[]): SpawnSyncReturns<string> => {
    const [tool = '', ...others] = [...prefix, ...words];
    // a container keeps the streams that its create had
    const files = ['ignore', 'pipe', 'pipe'] as const;
    return spawnSync(tool, others, { env, cwd: folder, encoding: 'utf8', timeout: LONGEST_MS, stdio: [...files] });
  };
  const must = (...words: readonly string[]): string => {
    const { status, stdout, stderr } = run(...words);
    assert.equal(status, 0, `${words.join(' ')}: ${stderr}`);
    return stdout;
  };
  const shell = (script: string): string => must('sh', '-c', `${script} </dev/null >/dev/null 2>${at('said')}`);
  const cdictl = (...words: readonly string[]): SpawnSyncReturns<string> => run(process.execPath, MAIN, ...words);
  const ps = (...words: readonly string[]): string[] => {
    const { status, stdout, stderr } = cdictl('ps', '--output', 'json', ...words);
    assert.equal(status, 0, stderr);
    const told: { holdings: readonly Holding[] } = JSON.parse(stdout);
    VALID(told);
    return told.holdings.map(
      ({ device, holder, by, openBy }) => `${device} ${holder} ${by} ${openBy.map(({ name }) => name)}`,
    );
  };
  /** @param asks whether the shim is asked, by an annotation, or the bundle has the node */
  const makeBundle = (name: string, asks: boolean): string => {
    const bundle = at(name);
    for (const path of ['bin', 'proc', 'dev']) mkdirSync(join(bundle, 'rootfs', path), { recursive: true });
    copyFileSync('/usr/bin/busybox', join(bundle, 'rootfs/bin/busybox'));
    symlinkSync('busybox', join(bundle, 'rootfs/bin/sh'));
    const { rdev } = statSync(node ?? '');
    const own = { path: '/dev/gpu', type: 'c', major: rdev >> 8, minor: rdev & 0xff };
    const document = {
      ociVersion: '1.0.2',
      process: {
        user: { uid: 0, gid: 0 },
        args: ['/bin/sh', '-c', 'exec 3</dev/gpu; exec /bin/busybox sleep 1000'],
        env: ['PATH=/bin'],
        cwd: '/',
      },
      root: { path: 'rootfs' },
      mounts: [
        { destination: '/proc', type: 'proc', source: 'proc' },
        { destination: '/dev', type: 'tmpfs', source: 'tmpfs' },
      ],
      annotations: asks ? { 'cdi.k8s.io/test': 'v.com/gpu=0' } : {},
      linux: {
        cgroupsPath: `/${name}-of-cdi`,
        devices: asks ? [] : [own],
        resources: { devices: [{ allow: true, type: 'c', access: 'rwm', major: own.major, minor: own.minor }] },
        namespaces: ['pid', 'mount', 'ipc'].map((type) => ({ type })),
      },
    };
    writeFileSync(join(bundle, 'config.json'), JSON.stringify(document));
    return bundle;
  };

  before(async () => {
    for (const name of ['cdi-runc', 'cdi-crun']) symlinkSync(SHIM, at(name));
    mkdirSync(at('cdi'), { mode: 0o755 });
    const containerEdits = { deviceNodes: [{ path: '/dev/gpu', hostPath: node }] };
    const spec = { cdiVersion: '0.6.0', kind: 'v.com/gpu', devices: [{ name: '0', containerEdits }] };
    writeFileSync(at('cdi/spec.json'), JSON.stringify(spec), { mode: 0o644 });
    const settings = `specDirs: [${at('cdi')}]\naudit: { path: ${at('audit.jsonl')} }\n`;
    writeFileSync(at('settings.yaml'), settings, { mode: 0o644 });
    ({ prefix, end } = await makeNamespaces());
  });

  for (const runtime of ['runc', 'crun']) {
    test(`${runtime}: a container holds its device from create until it ends, whoever ends it`, () => {
      const bundle = makeBundle(runtime, true);
      shell(`${at(`cdi-${runtime}`)} create --bundle ${bundle} --pid-file ${at('pid')} ${runtime}`);
      const holder = `oci:${runtime}`;
      assert.deepEqual(ps(), [`v.com/gpu=0 ${holder} shim `]);
      must(runtime, 'start', runtime);
      until(() => ps(), [`v.com/gpu=0 ${holder} shim busybox`]);
      assert.deepEqual(ps('--stale'), []);
      const { stdout, status } = cdictl('explain', holder);
      assert.match(
        stdout,
        /has all of 1 device already[\s\S]*create of container [\s\S]*config\.json is as it was left/,
      );
      assert.equal(status, 0);
      shell(`${runtime} exec --detach ${runtime} /bin/busybox tail -f /dev/gpu`);
      until(() => ps(), [`v.com/gpu=0 ${holder} shim busybox,busybox`]);
      must('kill', '-9', readFileSync(at('pid'), 'utf8'));
      until(() => ps(), []);
      assert.equal(cdictl('explain', holder).status, 1);
      must(runtime, 'delete', '--force', runtime);
    });

    test(`${runtime}: a node that the bundle brings is held as well`, () => {
      const id = `own-${runtime}`;
      shell(`${runtime} create --bundle ${makeBundle(id, false)} ${id}`);
      assert.deepEqual(ps(), [`v.com/gpu=0 oci:${id} bundle `]);
      must(runtime, 'delete', '--force', id);
      until(() => ps(), []);
    });
  }

  test('a process without a container holds what it has open', () => {
    shell(`{ exec sleep 1000 3<${node}; } </dev/null >/dev/null 2>&1 & echo $! >${at('own')}; :`);
    until(() => ps(), ['v.com/gpu=0 process sleep open sleep']);
    must('kill', '-9', readFileSync(at('own'), 'utf8').trim());
    until(() => ps(), []);
  });

  test('--watch tells what is taken and freed, also by a process that is killed', async (context) => {
    const [tool = '', ...others] = [...prefix, process.execPath, MAIN, 'ps', '--watch', '--output', 'json'];
    const watching = spawn(tool, others, { env, stdio: ['ignore', 'pipe', 'ignore'] });
    context.after(() => watching.kill('SIGKILL'));
    let text = '';
    watching.stdout.on('data', (data) => {
      text += data;
    });
    const next = async (): Promise<string> => {
      while (!text.includes('\n')) await once(watching.stdout, 'data', { signal: AbortSignal.timeout(LONGEST_MS) });
      const line = text.slice(0, text.indexOf('\n'));
      text = text.slice(line.length + 1);
      const told: Holding = JSON.parse(line);
      VALID(told);
      return `${told.change} ${told.device} ${told.holder}`;
    };
    shell(`${at('cdi-crun')} create --bundle ${makeBundle('watched', true)} --pid-file ${at('pid')} watched`);
    // as it was at the start, or since, whichever was first
    assert.match(await next(), /^(?:held|taken) v\.com\/gpu=0 oci:watched$/);
    must('kill', '-9', readFileSync(at('pid'), 'utf8'));
    assert.equal(await next(), 'freed v.com/gpu=0 oci:watched');
    must('crun', 'delete', '--force', 'watched');
  });
});
