// cdictl ps over hosts as trees of files: which containers of which engines hold which device, and what is stale of it.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { chmodSync, lchownSync, symlinkSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { test } from 'node:test';
import { gzipSync } from 'node:zlib';
import { measureText } from '../../../src/cli/terminal/wrap.ts';
import { runAsOrdinaryUser } from '../../support/ordinary-user.ts';
import { closedSchema } from '../closed-schema.ts';
import { audit, CREATED, crun, document, ID, makeTree, processOf, runc, runOn, type Tree } from './host-tree.ts';

const MAIN = resolve(import.meta.dirname, '../../../src/cli/main.ts');
const AUDIT = '/var/log/cdi-runtime/audit.jsonl';
const TASKS = 'io.containerd.runtime.v2.task';
const ONE = document([0]);
const DOCKER = `/run/docker/containerd/daemon/${TASKS}/moby/${ID}`;
const STORE = '/var/lib/containers/storage/overlay-containers';
const CRIO = {
  'io.container.manager': 'cri-o',
  'io.kubernetes.pod.namespace': 'ml',
  'io.kubernetes.pod.name': 'train',
  'io.kubernetes.container.name': 'main',
};
const CRI = {
  'io.kubernetes.cri.sandbox-namespace': 'ml',
  'io.kubernetes.cri.sandbox-name': 'train',
  'io.kubernetes.cri.container-name': 'main',
};
const dockerData = (folder: string, more: object = {}): Tree => ({
  [`${folder}/containers/${ID}/config.v2.json`]: { Name: '/web', State: { Running: true } },
  [`${folder}/containers/${ID}/hostconfig.json`]: { Runtime: 'runc', ...more },
});
const plain = (config: object): Tree => ({ ...runc('/run/runc', 'one', '/b'), '/b/config.json': config });
const recorded = (devices: readonly string[], more: Partial<Parameters<typeof audit>[0]> = {}): Tree => ({
  ...plain(ONE),
  [AUDIT]: audit({ id: 'one', config: ONE, devices, ...more }),
});

/** A device of the node of v.com/gpu=0, with a file. */
const WITH_MOUNT = {
  cdiVersion: '0.6.0',
  kind: 'z.com/zero',
  devices: [
    {
      name: '0',
      containerEdits: {
        deviceNodes: [{ path: '/dev/gpu0' }],
        mounts: [{ hostPath: '/usr/lib/gpu', containerPath: '/x' }],
      },
    },
  ],
};

/** `device holder by`, and below it ` sentence` for what is stale. */
const cases: readonly (readonly [title: string, tree: Tree, want: readonly string[], words?: readonly string[]])[] = [
  ['nothing runs', {}, []],
  // runtimes
  ['runc, by the record', recorded(['v.com/gpu=0']), ['v.com/gpu=0 oci:one shim']],
  ['runc, without a record', plain(ONE), ['v.com/gpu=0 oci:one bundle']],
  ['crun', { ...crun('/run/crun', 'one', '/b'), '/b/config.json': ONE }, ['v.com/gpu=0 oci:one bundle']],
  [
    'youki, which keeps no time of the process',
    {
      ...processOf(77, 0),
      '/run/youki/one/state.json': { id: 'one', pid: 77, bundle: '/b', created: '2099-01-01T00:00:00Z' },
      '/b/config.json': ONE,
    },
    ['v.com/gpu=0 oci:one bundle'],
  ],
  [
    'runsc',
    {
      ...processOf(77, 0),
      '/run/runsc/one_sandbox:one.state': {
        id: 'one',
        bundleDir: '/b',
        createdAt: '2099-01-01T00:00:00Z',
        sandbox: { pid: 77 },
      },
      '/b/config.json': ONE,
    },
    ['v.com/gpu=0 oci:one bundle'],
  ],
  ['a process that is gone', { ...plain(ONE), ...processOf(77, 5000, 'Z') }, []],
  ['a number that is another process by now', { ...plain(ONE), ...processOf(77, 5001) }, []],
  [
    'a number that is another process, where the runtime keeps no time of it',
    {
      ...processOf(77, 0),
      '/run/youki/one/state.json': { id: 'one', pid: 77, bundle: '/b', created: CREATED },
      '/b/config.json': ONE,
    },
    [],
  ],
  ['a state that is no JSON', { ...plain(ONE), '/run/runc/one/state.json': '{' }, []],
  ['a state of numbers', { ...plain(ONE), '/run/runc/one/state.json': 7 }, []],
  ['a bundle that is gone', runc('/run/runc', 'one', '/b'), []],
  [
    'a bundle that is gone, and a record',
    { ...runc('/run/runc', ID, '/b'), [AUDIT]: audit({ id: ID, config: ONE, devices: ['v.com/gpu=0'] }) },
    [`v.com/gpu=0 oci:${ID} shim`],
  ],
  // engines
  [
    'docker, by its name',
    {
      ...runc('/run/docker/runtime-runc/moby', ID, DOCKER),
      ...dockerData('/var/lib/docker'),
      [`${DOCKER}/config.json`]: ONE,
    },
    ['v.com/gpu=0 docker:web engine'],
  ],
  [
    'docker, whose data is elsewhere, and which was told the device',
    {
      ...runc('/run/docker/runtime-runc/moby', ID, DOCKER),
      '/etc/docker/daemon.json': { 'data-root': '/data' },
      ...dockerData('/data', { DeviceRequests: [{ Driver: 'cdi', DeviceIDs: ['v.com/gpu=files'] }] }),
      [`${DOCKER}/config.json`]: document([], { mounts: [{ source: '/usr/lib/gpu', options: ['rbind'] }] }),
    },
    ['v.com/gpu=files docker:web engine'],
  ],
  [
    'docker, which was started with folders of its own',
    {
      ...runc('/x/exec/runtime-runc/moby', ID, `/x/exec/containerd/${TASKS}/moby/${ID}`),
      '/proc/5/cmdline': 'dockerd\0--exec-root\0/x/exec\0--data-root=/x/data\0',
      ...dockerData('/x/data'),
      [`/x/exec/containerd/${TASKS}/moby/${ID}/config.json`]: ONE,
    },
    ['v.com/gpu=0 docker:web engine'],
  ],
  [
    'docker that is rootless',
    {
      ...runc(
        '/run/user/1000/docker/runtime-runc/moby',
        ID,
        `/run/user/1000/docker/containerd/daemon/${TASKS}/moby/${ID}`,
      ),
      '/proc/5/cmdline': 'dockerd\0',
      '/proc/5/environ': 'HOME=/home/me\0ROOTLESSKIT_STATE_DIR=/x\0',
      ...dockerData('/home/me/.local/share/docker'),
      [`/run/user/1000/docker/containerd/daemon/${TASKS}/moby/${ID}/config.json`]: ONE,
    },
    ['v.com/gpu=0 docker:web engine'],
  ],
  [
    'containerd, by the shim that runs in a task',
    {
      ...runc('/y/roots/team', 'job', `/y/${TASKS}/team/job`),
      '/proc/6/cmdline': '/usr/bin/containerd-shim-runc-v2\0-namespace\0team\0',
      '/proc/6/cwd': `-> /y/${TASKS}/team/job`,
      [`/y/${TASKS}/team/job/options.json`]: { root: '/y/roots' },
      [`/y/${TASKS}/team/job/config.json`]: ONE,
    },
    ['v.com/gpu=0 ctr:team/job engine'],
  ],
  [
    'Kubernetes by containerd',
    {
      ...runc('/run/containerd/runc/k8s.io', ID, `/run/containerd/${TASKS}/k8s.io/${ID}`),
      [`/run/containerd/${TASKS}/k8s.io/${ID}/config.json`]: document([0], { annotations: CRI }),
    },
    ['v.com/gpu=0 cri:ml/train/main engine'],
  ],
  [
    'Kubernetes by CRI-O',
    {
      ...crun('/run/crun', ID, `/run/containers/storage/overlay-containers/${ID}/userdata`),
      [`/run/containers/storage/overlay-containers/${ID}/userdata/config.json`]: document([0], { annotations: CRIO }),
    },
    ['v.com/gpu=0 cri:ml/train/main engine'],
  ],
  [
    'podman, by its name',
    {
      ...crun('/run/crun', ID, `${STORE}/${ID}/userdata`),
      [`${STORE}/containers.json`]: [{ id: ID, names: ['web'] }],
      [`${STORE}/${ID}/userdata/config.json`]: document([0], { annotations: { 'io.container.manager': 'libpod' } }),
    },
    ['v.com/gpu=0 podman:web engine'],
  ],
  [
    'podman of a user, whose conmon names the folder, and whose container goes with a reboot',
    {
      ...crun('/run/me/crun', ID, `/home/me/s/overlay-containers/${ID}/userdata`),
      '/proc/6/cmdline': '/usr/bin/conmon\0-c\0x\0',
      '/proc/6/environ': 'A=B\0XDG_RUNTIME_DIR=/run/me\0',
      '/home/me/s/overlay-containers/volatile-containers.json': [{ id: ID, names: ['web'] }],
      [`/home/me/s/overlay-containers/${ID}/userdata/config.json`]: ONE,
    },
    ['v.com/gpu=0 podman:web engine'],
  ],
  [
    'conmon that gives the runtime a folder',
    {
      ...crun('/z/state', 'one', '/b'),
      '/b/config.json': ONE,
      '/proc/6/cmdline': '/usr/bin/conmon\0--runtime-arg\0--root=/z/state\0',
    },
    ['v.com/gpu=0 oci:one bundle'],
  ],
  // which device
  ['two of two are not all', plain(document([0, 1])), ['v.com/gpu=0 oci:one bundle', 'v.com/gpu=1 oci:one bundle']],
  [
    'all on record is not its parts',
    {
      ...plain(document([0, 1])),
      [AUDIT]: audit({ id: 'one', config: document([0, 1]), devices: ['v.com/gpu=all'] }),
    },
    ['v.com/gpu=all oci:one shim'],
  ],
  [
    'what else is in the document counts besides the record',
    { ...plain(document([0, 1])), [AUDIT]: audit({ id: 'one', config: document([0, 1]), devices: ['v.com/gpu=1'] }) },
    ['v.com/gpu=0 oci:one bundle', 'v.com/gpu=1 oci:one shim'],
  ],
  [
    'files alone',
    plain(document([], { mounts: [{ source: '/usr/lib/gpu', options: ['bind'] }] })),
    ['v.com/gpu=files oci:one bundle'],
  ],
  [
    'a node that is mounted',
    plain(document([], { mounts: [{ source: '/dev/gpu1', options: ['bind'] }] })),
    ['v.com/gpu=1 oci:one bundle', ' /dev/gpu1 is gone from the host'],
  ],
  [
    'who may use every device was given none',
    plain({
      process: { capabilities: { bounding: ['CAP_SYS_ADMIN'] } },
      linux: {
        devices: [{ type: 'c', major: 511, minor: 0 }],
        resources: { devices: [{ allow: true, access: 'rwm' }] },
      },
    }),
    [],
  ],
  ['a document of other forms', plain({ linux: { devices: [7, null], resources: 4 }, mounts: { a: 1 } }), []],
  // the audit
  [
    'a record of another document',
    { ...plain(ONE), [AUDIT]: audit({ id: 'one', config: {}, devices: ['v.com/gpu=1'] }) },
    ['v.com/gpu=0 oci:one bundle'],
  ],
  ['a create that failed', recorded(['v.com/gpu=0'], { outcome: 'failed' }), ['v.com/gpu=0 oci:one bundle']],
  [
    'the last of two records',
    {
      ...plain(ONE),
      [AUDIT]:
        audit({ id: 'one', config: ONE, devices: ['v.com/gpu=1'] }) +
        audit({ id: 'two', config: {}, devices: [] }) +
        audit({ id: 'one', config: ONE, devices: ['v.com/gpu=0'] }).replaceAll('one0', 'one1'),
    },
    ['v.com/gpu=0 oci:one shim'],
  ],
  [
    'a record that was put aside and packed',
    {
      ...plain(ONE),
      [AUDIT]: '',
      [`${AUDIT}.1.gz`]: gzipSync(audit({ id: 'one', config: ONE, devices: ['v.com/gpu=0'] })),
    },
    ['v.com/gpu=0 oci:one shim'],
  ],
  ['a bundle that cdictl inject wrote', recorded(['v.com/gpu=0'], { id: '' }), ['v.com/gpu=0 oci:one shim']],
  // stale
  ['what is as it was', recorded(['v.com/gpu=0']), [], ['--stale']],
  [
    'a device that no spec has',
    recorded(['v.com/gpu=9']),
    ['v.com/gpu=9 oci:one shim', ' no spec has v.com/gpu=9 today'],
    ['--stale'],
  ],
  ['a spec that was changed for others', recorded(['v.com/gpu=0'], { digest: '00' }), [], ['--stale']],
  [
    'a spec that was changed',
    { ...recorded(['v.com/gpu=all'], { digest: '00' }) },
    [
      ...['v.com/gpu=all oci:one shim', ' it lacks 1 of 2 nodes and mounts that /etc/cdi/gpu.json gives it today'],
      ' /dev/gpu1 is another node today',
    ],
    ['--stale'],
  ],
  [
    'a spec that is another file',
    recorded(['v.com/gpu=0'], { spec: '/run/cdi/old.yaml' }),
    ['v.com/gpu=0 oci:one shim', ' /etc/cdi/gpu.json has it today, /run/cdi/old.yaml had it then'],
    ['--stale'],
  ],
  [
    'a node that the user of docker gave without its spec',
    {
      ...runc('/run/docker/runtime-runc/moby', ID, DOCKER),
      ...dockerData('/var/lib/docker'),
      '/etc/cdi/zero.json': WITH_MOUNT,
      [`${DOCKER}/config.json`]: ONE,
    },
    [],
    ['--stale'],
  ],
  [
    'a device of docker whose spec gives more today',
    {
      ...runc('/run/docker/runtime-runc/moby', ID, DOCKER),
      ...dockerData('/var/lib/docker', { DeviceRequests: [{ Driver: 'cdi', DeviceIDs: ['z.com/zero=0'] }] }),
      '/etc/cdi/zero.json': WITH_MOUNT,
      [`${DOCKER}/config.json`]: ONE,
    },
    [...['z.com/zero=0 docker:web engine', ' it lacks 1 of 2 nodes and mounts that /etc/cdi/zero.json gives it today']],
    ['--stale'],
  ],
  [
    'libraries of a driver that was updated',
    plain(
      document([0], {
        mounts: ['/usr/lib/gpu', '/usr/lib/gpu.1', '/usr/lib/gpu.2'].map((source) => ({
          source,
          options: ['ro', 'rbind'],
        })),
      }),
    ),
    [
      ...['v.com/gpu=0 oci:one bundle', ' 2 files that it mounts are gone from the host, one is /usr/lib/gpu.1'],
      ...['v.com/gpu=files oci:one bundle', ' 2 files that it mounts are gone from the host, one is /usr/lib/gpu.1'],
    ],
    ['--stale'],
  ],
  // which are asked for
  ['by a pattern', plain(document([0, 1])), ['v.com/gpu=1 oci:one bundle'], ['--device', 'v.com/gpu=1*']],
  ['by another name', plain(ONE), ['v.com/gpu=0 oci:one bundle'], ['--device', 'v.com/gpu=GPU-a-long-name-of-zero']],
  [
    'as a part of all',
    { ...plain(document([0, 1])), [AUDIT]: audit({ id: 'one', config: document([0, 1]), devices: ['v.com/gpu=all'] }) },
    ['v.com/gpu=all oci:one shim'],
    ['--device', 'v.com/gpu=1'],
  ],
  ['not as the whole of a part', plain(ONE), [], ['--device', 'v.com/gpu=all']],
];

const VALID = closedSchema('cdictl/ps.schema.json');

for (const [title, tree, want, words = []] of cases)
  test(`ps: ${title}`, async () => {
    const { status, stdout, stderr } = await runOn(makeTree(tree), ['ps', '--output', 'json', ...words]);
    assert.deepEqual([status, stderr], [0, '']);
    const told = JSON.parse(stdout);
    VALID(told);
    const lines = told.holdings.flatMap((one: { device: string; holder: string; by: string; stale: string[] }) => [
      `${one.device} ${one.holder} ${one.by}`,
      ...one.stale.map((sentence) => ` ${sentence}`),
    ]);
    assert.deepEqual(lines, want);
    assert.deepEqual(told.unsure, []);
  });

test('ps: a device that is nowhere is a mistake, with those that there are', async () => {
  const { status, stdout, stderr } = await runOn(makeTree(plain(ONE)), ['ps', '--device', 'v.com/gpu=7']);
  assert.deepEqual([status, stdout], [1, '']);
  assert.match(stderr, /^cdictl: cannot resolve device "v\.com\/gpu=7": "v\.com\/gpu" has "0", "1", /);
});

test('ps: a table of what is held, and a sentence where nothing is', async () => {
  const tree = makeTree({ ...recorded(['v.com/gpu=0']), '/usr/lib/gpu': '' });
  assert.equal(
    (await runOn(tree, ['ps'], 80)).stdout,
    'DEVICE       HOLDER   BY    PID  SINCE  OPEN\nv.com/gpu=0  oci:one  shim  77   1d     -\n',
  );
  assert.equal(
    (await runOn(tree, ['ps', '--stale'])).stderr,
    'cdictl: no running container holds a device that is not as it was\n',
  );
  assert.equal((await runOn(tree, ['ps', '--stale', '--quiet'])).stderr, '');
});

test('ps: what befell a container is said once', async () => {
  const gone = { mounts: [{ source: '/usr/lib/gpu.1', options: ['bind'] }] };
  const { stdout } = await runOn(makeTree(plain(document([0, 1], gone))), ['ps'], 80);
  assert.equal(
    stdout,
    [
      'DEVICE       HOLDER   BY      PID  SINCE  OPEN',
      'v.com/gpu=0  oci:one  bundle  77   1d     -',
      '    /usr/lib/gpu.1 is gone from the host',
      'v.com/gpu=1  oci:one  bundle  77   1d     -',
      '    as v.com/gpu=0',
      '',
    ].join('\n'),
  );
});

test('ps: an audit that cannot be read hides no holder, and is told of', async () => {
  const tree = makeTree({ ...plain(ONE), [`${AUDIT}/x`]: '' });
  const { status, stdout, stderr } = await runOn(tree, ['ps']);
  assert.equal(status, 0);
  assert.match(stdout, /^v\.com\/gpu=0 +oci:one +bundle/m);
  assert.match(
    stderr,
    /^cdictl: this may not be all: cannot read the audit "ROOT\/var\/log\/cdi-runtime\/audit\.jsonl"/,
  );
  assert.equal((await runOn(tree, ['ps', '--quiet'])).stderr, '');
});

test('ps: an ordinary user is told which state is closed', () => {
  const root = makeTree(plain(ONE));
  chmodSync(join(root, 'run/runc'), 0);
  chmodSync(join(root, 'b'), 0o755);
  const [program, ...words] = runAsOrdinaryUser(MAIN, ['ps', '--output', 'json', '--host-root', root]);
  const { status, stdout, stderr } = spawnSync(program, words, { cwd: '/', encoding: 'utf8', timeout: 60_000 });
  assert.equal(status, 0, stderr);
  const { holdings, unsure } = JSON.parse(stdout);
  assert.deepEqual([holdings, unsure], [[], ['/run/runc cannot be read (EACCES)']]);
  assert.equal(stderr, 'cdictl: this may not be all: /run/runc cannot be read (EACCES)\n');
});

test('ps: what is closed above several folders is told once', () => {
  const root = makeTree({ '/run/user/4321/x': '' });
  chmodSync(join(root, 'run/user/4321'), 0);
  const [program, ...words] = runAsOrdinaryUser(MAIN, ['ps', '--host-root', root]);
  const { stderr } = spawnSync(program, words, { cwd: '/', encoding: 'utf8', timeout: 60_000 });
  assert.equal(
    stderr,
    'cdictl: this may not be all: /run/user/4321 cannot be read (EACCES)\ncdictl: no running container holds a device\n',
  );
});

test('ps: names are whole however narrow the terminal is, and what can be broken fits', async () => {
  const device = 'v.com/gpu=GPU-a-long-name-of-zero';
  const annotations = { ...CRI, 'io.kubernetes.cri.sandbox-name': 'a-pod-of-a-deployment-7f9c6b5d4-x2x4z' };
  const bundle = `/run/containerd/${TASKS}/k8s.io/${ID}`;
  const config = document([0], { annotations });
  const tree = makeTree({
    ...runc('/run/containerd/runc/k8s.io', ID, bundle),
    [`${bundle}/config.json`]: config,
    [AUDIT]: audit({ id: ID, config, devices: [device], spec: '/run/cdi/of-another-day.yaml' }),
  });
  const holder = 'cri:ml/a-pod-of-a-deployment-7f9c6b5d4-x2x4z/main';
  const NOTE = '/etc/cdi/gpu.json has it today, /run/cdi/of-another-day.yaml had it then';
  assert.equal(
    (await runOn(tree, ['ps'], 80)).stdout,
    [
      'DEVICE  HOLDER                                             BY    PID  SINCE  OPEN',
      device,
      `  ${holder}  shim  77   1d     -`,
      `    /etc/cdi/gpu.json has it today, /run/cdi/of-another-day.yaml had it then`,
      '',
    ].join('\n'),
  );
  for (const width of [40, 60, 80, 120]) {
    const { stdout } = await runOn(tree, ['ps'], width);
    assert.ok(stdout.includes(device) && stdout.includes(holder), stdout);
    const others = stdout
      .split('\n')
      .slice(1)
      .filter((line) => !line.includes(holder));
    assert.ok(
      others.every((line) => measureText(line) <= width),
      stdout,
    );
    assert.ok(stdout.replaceAll(/\s+/g, ' ').includes(NOTE), stdout);
  }
});

const LEASES = '/run/cdi-runtime/leases';
const lease = (
  record: string,
  id: string,
  bundle: string,
  roots: readonly string[],
  minors: readonly number[],
): Tree => ({
  [`${LEASES}/${record.padEnd(16, '0')}`]: {
    ...{ record, since: CREATED, id, bundle, roots, pid: 9, startTicks: 5000 },
    devices: minors.map((minor) => `v.com/gpu=${minor}`),
    units: minors.map((minor) => [`c 511:${minor}`]),
  },
});
const LIMITED: Tree = { '/etc/cdi-runtime/config.yaml': 'policy: { share: { "v.com/gpu=*": 2 } }\n' };

test('ps: of a device that is limited, how many containers have a lease of it, and who holds it without one', async () => {
  const tree = makeTree({
    ...LIMITED,
    ...recorded(['v.com/gpu=0']),
    ...lease('a', 'one', '/b', ['/run/runc'], [0]),
    // with a state where no engine has it, as --root names it
    ...runc('/custom/root', 'two', '/c', 78),
    '/c/config.json': document([0, 1]),
    ...lease('b', 'two', '/c', ['/custom/root'], [0, 1]),
    ...runc('/run/runc', 'three', '/d', 79),
    '/d/config.json': document([1]),
    // of one that is gone
    ...lease('c', 'gone', '/e', ['/run/runc'], [1]),
  });
  const { stdout, stderr } = await runOn(tree, ['ps'], 80);
  assert.equal(
    stdout,
    [
      'DEVICE       HOLDER     BY      PID  SINCE  OPEN  SHARE',
      'v.com/gpu=0  oci:one    shim    77   1d     -     2 of 2',
      'v.com/gpu=0  oci:two    bundle  78   1d     -     2 of 2',
      'v.com/gpu=1  oci:three  bundle  79   1d     -     no lease',
      'v.com/gpu=1  oci:two    bundle  78   1d     -     1 of 2',
      '',
    ].join('\n'),
  );
  assert.equal(stderr, '');
  const json = JSON.parse((await runOn(tree, ['ps', '-ojson'])).stdout);
  const shares = json.holdings.map((one: { share: unknown }) => one.share);
  const of = (held: number, leased: boolean): object => ({ pattern: 'v.com/gpu=*', most: 2, held, leased });
  assert.deepEqual(shares, [of(2, true), of(2, true), of(1, false), of(1, true)]);
});

test('ps: leases that cannot be read hide no holder, and are told of', async () => {
  const tree = makeTree({ ...LIMITED, ...plain(ONE), [`${LEASES}/${'d'.repeat(16)}`]: 'no lease' });
  const { status, stdout, stderr } = await runOn(tree, ['ps']);
  assert.equal(status, 0);
  assert.match(stdout, /^v\.com\/gpu=0 +oci:one +bundle +77 +1d +- +no lease$/m);
  assert.match(stderr, /^cdictl: this may not be all: cannot read "\/run\/cdi-runtime\/leases\/d+": it is no lease; /m);
});

const FORGED = `/run/user/1000/docker/containerd/daemon/${TASKS}/moby/${ID}`;
const HOLDER = /^v\.com\/gpu=0 +(\S+) +(\S+) /gm;

/** What a user writes to look like docker's container `web`, with a process of the user. */
function forge(more: Tree = {}, owners: readonly string[] = ['/proc/77']): string {
  const states = '/run/user/1000/docker/runtime-runc/moby';
  const root = makeTree({
    ...runc(states, ID, FORGED),
    ...dockerData('/var/lib/docker'),
    [`${FORGED}/config.json`]: ONE,
    [AUDIT]: audit({ id: ID, config: ONE, devices: ['v.com/gpu=0'] }),
    ...more,
  });
  for (const path of [states, `${states}/${ID}`, `${states}/${ID}/state.json`, ...owners])
    lchownSync(join(root, path), 1000, 1000);
  return root;
}

async function listHolders(root: string): Promise<readonly string[]> {
  const { stdout } = await runOn(root, ['ps']);
  return [...stdout.matchAll(HOLDER)].map(([, holder, by]) => `${holder} ${by}`);
}

const isRoot = process.getuid?.() === 0;
const asRoot = { skip: isRoot ? false : 'only root may give files to others' };

test("ps: what a user wrote is the user's, never a container of an engine or of the audit", asRoot, async () => {
  assert.deepEqual(await listHolders(forge()), [`user:1000/${ID} bundle`]);
});

test('ps: a state of a user neither hides nor joins that of root with the same id and process', asRoot, async () => {
  const real: Tree = { ...runc('/run/docker/runtime-runc/moby', ID, DOCKER), [`${DOCKER}/config.json`]: ONE };
  assert.deepEqual(await listHolders(forge(real)), ['docker:web shim', `user:1000/${ID} bundle`]);
});

test('ps: a user cannot claim a process of root', asRoot, async () => {
  assert.deepEqual(await listHolders(forge({}, [])), []);
});

test('ps: a state that is not of the owner of its folder is none', asRoot, async () => {
  const root = makeTree(plain(ONE));
  lchownSync(join(root, '/run/runc/one/state.json'), 1000, 1000);
  assert.deepEqual(await listHolders(root), []);
  const linked = forge(plain(ONE));
  symlinkSync('/run/runc/one', join(linked, '/run/user/1000/docker/runtime-runc/moby/x'));
  assert.deepEqual(await listHolders(linked), ['oci:one bundle', `user:1000/${ID} bundle`]);
});
