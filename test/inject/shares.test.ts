// Devices that only so many containers may have: what collides, who is told what, and which is chosen for any of a kind.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { DEFAULT_SETTINGS, type Settings } from '../../src/settings/settings.ts';
import type { MemoryEntry } from '../host/memory-host.ts';
import { planned, request } from './planned.ts';

type Node = string | readonly [path: string, minor: number];
interface Written {
  readonly [device: string]: readonly Node[];
}

/** A spec whose devices have these nodes; with numbers, or those of the host. */
function spec(kind: string, devices: Written, ofAll: readonly Node[] = []): string {
  const edit = (nodes: readonly Node[]): object => ({
    deviceNodes: nodes.map((node) =>
      typeof node === 'string' ? { path: node } : { path: node[0], type: 'c', major: 240, minor: node[1] },
    ),
    env: ['X=y'],
  });
  return JSON.stringify({
    cdiVersion: '0.6.0',
    kind,
    devices: Object.entries(devices).map(([name, nodes]) => ({ name, containerEdits: edit(nodes) })),
    containerEdits: edit(ofAll),
  });
}

const host: Readonly<Record<string, MemoryEntry>> = {
  '/dev/g0': { type: 'c', major: 240, minor: 0, mode: 0o666 },
  '/dev/g1': { type: 'c', major: 240, minor: 1, mode: 0o666 },
  '/dev/g2': { type: 'c', major: 240, minor: 2, mode: 0o666 },
  '/dev/ctl': { type: 'c', major: 240, minor: 255, mode: 0o666 },
};
const GPUS: Written = {
  '0': ['/dev/g0', '/dev/ctl'],
  '1': ['/dev/g1', '/dev/ctl'],
  '10': ['/dev/g2', '/dev/ctl'],
  'GPU-a': ['/dev/g0', '/dev/ctl'],
  all: ['/dev/g0', '/dev/g1', '/dev/g2', '/dev/ctl'],
};
const files = {
  ...host,
  '/etc/cdi/gpu.json': spec('v.com/gpu', GPUS),
  '/etc/cdi/twin.json': spec('w.com/twin', { x: [['/dev/other', 0], '/dev/ctl'], one: [['/dev/g', 1]] }),
  '/etc/cdi/mig.json': spec('m.com/gpu', { '0:0': ['/dev/g0', '/dev/g1'], '0:1': ['/dev/g0', '/dev/g2'] }),
  '/etc/cdi/name.json': spec('n.com/gpu', { a: [], b: [] }),
  '/etc/cdi/fuse.json': spec('f.com/fuse', { fuse: [], all: [] }, [['/dev/fuse', 99]]),
  '/etc/cdi/any.json': spec('a.com/gpu', { '0': [['/dev/a', 50]], any: [['/dev/b', 51]] }),
};

function settings(share: Settings['policy']['share'], rules: Settings['policy']['rules'] = []): Partial<Settings> {
  return {
    policy: { ...DEFAULT_SETTINGS.policy, share, rules },
    requests: { ...DEFAULT_SETTINGS.requests, any: true },
  };
}

/** The files of containers that were given devices, each by a plan of its own, and are at their create. */
function lend(share: Settings['policy']['share'], given: readonly string[]): Record<string, MemoryEntry> {
  return Object.fromEntries(
    given.flatMap((devices, place) => {
      const { claims, refusal } = planned(request(...devices.split(',')), { files, settings: settings(share) });
      assert.equal(refusal, undefined);
      const lease = {
        ...{
          record: `${place}`,
          since: '2026-03-01T08:15:30.042Z',
          id: `c${place}`,
          bundle: `/c${place}`,
          roots: ['/r'],
        },
        ...{ pid: 100 + place, startTicks: 7, devices: [], units: claims.map(({ unit }) => unit) },
      };
      return [
        [`/run/cdi-runtime/leases/${String(place).padStart(16, '0')}`, JSON.stringify(lease)],
        [`/proc/${100 + place}/stat`, `1 (x) S ${'0 '.repeat(18)}7 0\n`],
      ];
    }),
  );
}

const ONE = { 'v.com/gpu=*': 1 };
const collisions: readonly (readonly [
  title: string,
  share: Settings['policy']['share'],
  held: readonly string[],
  asked: string,
  holders: readonly string[],
])[] = [
  ['a device and itself', ONE, ['v.com/gpu=0'], 'v.com/gpu=0', ['c0']],
  ['a device and another', ONE, ['v.com/gpu=0'], 'v.com/gpu=1', []],
  ['a device and its other name', ONE, ['v.com/gpu=0'], 'v.com/gpu=GPU-a', ['c0']],
  ['a device and all', ONE, ['v.com/gpu=all'], 'v.com/gpu=10', ['c0']],
  ['all and a device', ONE, ['v.com/gpu=10'], 'v.com/gpu=all', ['c0']],
  ['a device and the same of another kind, by its numbers', ONE, ['w.com/twin=x'], 'v.com/gpu=0', ['c0']],
  ['the same of another kind that brings all of it', ONE, ['v.com/gpu=0'], 'w.com/twin=x', ['c0']],
  ['what no pattern matches', { 'v.com/gpu=1': 1 }, ['v.com/gpu=0'], 'v.com/gpu=0', []],
  ['all, where one of them is shared', { 'v.com/gpu=1': 1 }, ['v.com/gpu=all'], 'v.com/gpu=1', ['c0']],
  ['two may, one has it', { 'v.com/gpu=*': 2 }, ['v.com/gpu=0'], 'v.com/gpu=0', []],
  ['two may, two have it', { 'v.com/gpu=*': 2 }, ['v.com/gpu=0', 'v.com/gpu=GPU-a'], 'v.com/gpu=all', ['c0', 'c1']],
  ['two may, two have others', { 'v.com/gpu=*': 2 }, ['v.com/gpu=0', 'v.com/gpu=1'], 'v.com/gpu=all', []],
  ['the smallest number holds', { 'v.com/gpu=*': 2, 'v.com/gpu=0': 1 }, ['v.com/gpu=0'], 'v.com/gpu=GPU-a', ['c0']],
  ['instances of one device', { 'm.com/*': 1 }, ['m.com/gpu=0:0'], 'm.com/gpu=0:1', []],
  ['a device without nodes and another', { '*': 1 }, ['n.com/gpu=a'], 'n.com/gpu=b', []],
  ['a device without nodes and itself', { '*': 1 }, ['n.com/gpu=a'], 'n.com/gpu=a', ['c0']],
  ['nodes that a spec has as a whole', { 'f.com/*': 1 }, ['f.com/fuse=fuse'], 'f.com/fuse=all', ['c0']],
  ['one of several that are asked for', ONE, ['v.com/gpu=1'], 'v.com/gpu=0,v.com/gpu=1', ['c0']],
];
for (const [title, share, held, asked, holders] of collisions)
  test(`policy.share: ${title}`, () => {
    const lent = { ...files, ...lend(share, held) };
    const { refusal, claims } = planned(request(...asked.split(',')), { files: lent, settings: settings(share) });
    assert.equal(refusal?.code, holders.length === 0 ? undefined : 'DEVICE_HELD');
    const full = claims.find((claim) => claim.holders.length >= claim.most);
    assert.deepEqual(full?.holders.map(({ id }) => id) ?? [], holders);
  });

test('a lease is told whole to who is refused', () => {
  const lent = { ...files, ...lend(ONE, ['v.com/gpu=0']) };
  const { refusal } = planned(request('v.com/gpu=GPU-a'), { files: lent, settings: settings(ONE) });
  assert.equal(
    refusal?.message,
    'cannot inject device "v.com/gpu=GPU-a" (asked for by annotation cdi.k8s.io/x): it is held by container "c0" ' +
      '(bundle "/c0", state in "/r") since 2026-03-01T08:15:30.042Z; policy.share "v.com/gpu=*" of the settings lets 1 ' +
      'have it; end that container, or ask for another device',
  );
});

test('without policy.share no lease is looked at, not even one that is none', () => {
  const broken = { ...files, '/run/cdi-runtime/leases/0123456789abcdef': '' };
  assert.equal(planned(request('v.com/gpu=0'), { files: broken, settings: settings({}) }).refusal, undefined);
  assert.equal(planned(request('n.com/gpu=a'), { files: broken, settings: settings(ONE) }).refusal, undefined);
  const { refusal } = planned(request('v.com/gpu=0'), { files: broken, settings: settings(ONE) });
  assert.equal(refusal?.message, 'cannot read "/run/cdi-runtime/leases/0123456789abcdef": it is no lease; remove it');
});

for (const [title, memory, want] of [
  [
    'of the user',
    { uid: 1000, environment: { XDG_RUNTIME_DIR: '/run/user/1000' } },
    'cannot read "/run/user/1000/cdi-runtime/leases/0123456789abcdef": it is no lease; remove it',
  ],
  [
    'of a user without a place for it',
    { uid: 1000 },
    'cannot find out which devices are free: XDG_RUNTIME_DIR, below which an ordinary user has the leases, is not set; start the engine from a session of the user',
  ],
] as const)
  test(`the leases ${title}`, () => {
    const broken = { ...files, '/run/user/1000/cdi-runtime/leases/0123456789abcdef': '[]' };
    const { refusal } = planned(request('v.com/gpu=0'), { files: broken, settings: settings(ONE), memory });
    assert.equal(refusal?.message, want);
  });

const choices: readonly (readonly [
  title: string,
  asked: string,
  held: readonly string[],
  rules: Settings['policy']['rules'],
  want: readonly string[] | string,
])[] = [
  ['the first by name', 'v.com/gpu=any', [], [], ['v.com/gpu=0']],
  ['the first that is free', 'v.com/gpu=any', ['v.com/gpu=GPU-a', 'v.com/gpu=1'], [], ['v.com/gpu=10']],
  ['none, where all is held', 'v.com/gpu=any', ['v.com/gpu=all'], [], 'DEVICE_HELD'],
  ['one that the policy allows', 'v.com/gpu=any', [], [{ devices: ['v.com/gpu=0'], action: 'deny' }], ['v.com/gpu=1']],
  [
    'one that the policy allows for what it does',
    'v.com/gpu=any',
    [],
    [{ nodes: ['/dev/g0'], action: 'deny' }],
    ['v.com/gpu=1'],
  ],
  ['none that it forbids', 'v.com/gpu=any', [], [{ devices: ['v.com/*'], action: 'deny' }], 'DENIED'],
  [
    'another than what is asked for besides',
    'v.com/gpu=GPU-a,v.com/gpu=any',
    [],
    [],
    ['v.com/gpu=GPU-a', 'v.com/gpu=1'],
  ],
  ['what is called so', 'a.com/gpu=any', [], [], ['a.com/gpu=any']],
  ['nothing of an unknown kind', 'x.com/gpu=any', [], [], 'UNRESOLVED_DEVICE'],
];
for (const [title, asked, held, rules, want] of choices)
  test(`requests.any chooses ${title}`, () => {
    const lent = { ...files, ...lend(ONE, held) };
    const plan = planned(request(...asked.split(',')), { files: lent, settings: settings(ONE, rules) });
    assert.deepEqual(plan.refusal?.code ?? plan.granted.map(({ device }) => device), want);
  });

test('requests.any is off as long as no one switches it on', () => {
  const { refusal } = planned(request('v.com/gpu=any'), { files });
  assert.equal(refusal?.code, 'UNRESOLVED_DEVICE');
});

test('requests.any waits for the first device of the kind', () => {
  const { '/etc/cdi/gpu.json': late, ...early } = files;
  const { granted } = planned(request('v.com/gpu=any'), {
    files: { ...early, '/etc/cdi/x.txt': '' },
    settings: { ...settings(ONE), wait: 1000 },
    memory: { whileWaiting: (memory) => memory.put('/etc/cdi/gpu.json', late) },
  });
  assert.deepEqual(
    granted.map(({ device, asked }) => [device, asked]),
    [['v.com/gpu=0', 'v.com/gpu=any']],
  );
});

test('what a container has already keeps nobody but others from it', () => {
  const lent = { ...files, ...lend(ONE, ['v.com/gpu=0']) };
  const own = { id: 'c0', bundle: '/c0', roots: ['/r'] };
  for (const [asker, want] of [
    [own, undefined],
    [{ bundle: '/c0' }, undefined],
    [{ ...own, id: 'c1' }, 'DEVICE_HELD'],
    [{ ...own, bundle: '/c1' }, 'DEVICE_HELD'],
    [{ ...own, roots: ['/s'] }, 'DEVICE_HELD'],
  ] as const) {
    const { refusal } = planned(request('v.com/gpu=0'), { files: lent, settings: settings(ONE), asker });
    assert.equal(refusal?.code, want, JSON.stringify(asker));
  }
});
