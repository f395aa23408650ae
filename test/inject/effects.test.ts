// The policy about what a device does, whatever it is called and however the spec spells it.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { DEFAULT_SETTINGS, type PolicyRule } from '../../src/settings/settings.ts';
import type { MemoryEntry } from '../host/memory-host.ts';
import { type Files, planned, request } from './planned.ts';

const node = (type: 'b' | 'c', major: number, minor: number): MemoryEntry => ({ type, major, minor, mode: 0o600 });
const FILES: Files = {
  '/dev/mem': node('c', 1, 1),
  '/dev/null': node('c', 1, 3),
  '/dev/sda': node('b', 8, 0),
  '/dev/gpu0': node('c', 200, 0),
  '/opt/h': '',
  '/run': { directory: true },
  '/sys/dev/char/1:1/uevent': 'MAJOR=1\nMINOR=1\nDEVNAME=mem\n',
  '/sys/dev/char/1:3/uevent': 'MAJOR=1\nMINOR=3\nDEVNAME=null\nDEVMODE=0666\n',
  '/sys/dev/block/8:0/uevent': 'MAJOR=8\nMINOR=0\nDEVNAME=sda\nDEVTYPE=disk\n',
};
const LINKS = { '/dev/disk': '/dev/sda', '/opt/l': 'h', '/run/disks': '/dev' };
const BAD: PolicyRule = { nodes: ['/dev/mem', '/dev/kmem', '/dev/sd*'], action: 'deny' };

/** `x.y/z=c` has these edits, and its spec as a whole those. */
function specOf(edits: object, whole: object = {}): Files {
  const devices = [
    { name: 'c', containerEdits: edits },
    { name: 'other', containerEdits: { env: ['OTHER=1'] } },
  ];
  const text = JSON.stringify({ cdiVersion: '0.6.0', kind: 'x.y/z', devices, containerEdits: whole });
  return { ...FILES, '/etc/cdi/a.json': text };
}

function decide(files: Files, rules: readonly PolicyRule[], asked = request('x.y/z=c'), more = {}): string {
  const settings = { ...more, policy: { preset: 'open', default: null, share: {}, rules } as const };
  const { refusal, granted, decisions } = planned(asked, { files, settings, memory: { links: LINKS } });
  if (refusal !== undefined) return `${refusal.code}: ${refusal.why}`;
  const ignored = decisions
    .filter(({ verdict }) => verdict.action === 'ignore')
    .map(({ request }) => `ignored ${request.device}`);
  return [...granted.map(({ device }) => device), ...ignored].join(', ');
}

const denied = (name: string): string =>
  `DENIED: policy.rules[0] of the settings denies it: the device brings "${name}"`;
const cases: [title: string, edits: object, want: string][] = [
  ['by its path', { deviceNodes: [{ path: '/dev/mem' }] }, denied('/dev/mem')],
  ['by its path on the host', { deviceNodes: [{ path: '/dev/x', hostPath: '/dev/mem' }] }, denied('/dev/mem')],
  ['by its path in the container', { deviceNodes: [{ path: '/dev/mem', hostPath: '/dev/null' }] }, denied('/dev/mem')],
  ['by a longer spelling', { deviceNodes: [{ path: '/dev//./x/../mem' }] }, denied('/dev/mem')],
  ['by a link in its place', { deviceNodes: [{ path: '/dev/disk', type: 'b', major: 8 }] }, denied('/dev/sda')],
  ['by a link on the way', { deviceNodes: [{ path: '/dev/x', hostPath: '/run/disks/sda' }] }, denied('/dev/sda')],
  ['by its numbers alone', { deviceNodes: [{ path: '/dev/x', type: 'c', major: 1, minor: 1 }] }, denied('/dev/mem')],
  ['by the numbers of a block device', { deviceNodes: [{ path: '/dev/x', type: 'b', major: 8 }] }, denied('/dev/sda')],
  [
    'by numbers that the path does not have',
    { deviceNodes: [{ path: '/dev/null', type: 'u', major: 1, minor: 1 }] },
    denied('/dev/mem'),
  ],
  ['among others', { deviceNodes: [{ path: '/dev/null' }, { path: '/dev/sda' }] }, denied('/dev/sda')],
  ['as a mount', { mounts: [{ hostPath: '/run/disks/mem', containerPath: '/in' }] }, denied('/dev/mem')],
  ['of another name', { deviceNodes: [{ path: '/dev/gpu0' }] }, 'x.y/z=c'],
  ['without nodes', { env: ['A=1'] }, 'x.y/z=c'],
];
for (const [title, edits, want] of cases)
  test(`a node is known ${title}`, () => assert.equal(decide(specOf(edits), [BAD]), want));

test('what a spec brings as a whole is what each of its devices does', () => {
  const files = specOf({ env: ['A=1'] }, { deviceNodes: [{ path: '/dev/mem' }] });
  for (const name of ['c', 'other']) assert.equal(decide(files, [BAD], request(`x.y/z=${name}`)), denied('/dev/mem'));
});

test('mounts, hooks and variables are known by their own patterns', () => {
  const files = specOf({
    env: ['LD_PRELOAD=/x'],
    mounts: [{ hostPath: '/run/disks', containerPath: '/in/', options: ['bind'] }],
    hooks: [{ hookName: 'createRuntime', path: '/opt/l' }],
  });
  const rules: [PolicyRule, string | undefined][] = [
    [{ env: ['LD_*'], action: 'deny' }, 'LD_PRELOAD'],
    [{ env: ['LD'], action: 'deny' }, undefined],
    [{ mounts: ['/dev'], action: 'deny' }, '/dev'],
    [{ mounts: ['/run/**'], action: 'deny' }, '/run/disks'],
    [{ mounts: ['/in'], action: 'deny' }, '/in'],
    [{ mounts: ['/dev/**'], action: 'deny' }, '/dev'],
    [{ mounts: ['/dev/mem'], action: 'deny' }, '/dev'],
    [{ mounts: ['/dev/*/x'], action: 'deny' }, '/dev'],
    [{ mounts: ['/opt/**'], action: 'deny' }, undefined],
    [{ mounts: ['/**/x'], action: 'deny' }, undefined],
    [{ hooks: ['/opt/h'], action: 'deny' }, '/opt/h'],
    [{ hooks: ['/opt/l'], action: 'deny' }, '/opt/l'],
    [{ hooks: ['/usr/**'], action: 'deny' }, undefined],
  ];
  for (const [rule, name] of rules)
    assert.equal(decide(files, [rule]), name === undefined ? 'x.y/z=c' : denied(name), JSON.stringify(rule));
});

const GPU = (name: string, ...paths: string[]): object => ({
  name,
  containerEdits: { deviceNodes: paths.map((path) => ({ path })) },
});
const ALIASES: Files = {
  ...FILES,
  '/etc/cdi/gpu.json': JSON.stringify({
    cdiVersion: '0.6.0',
    kind: 'x.y/gpu',
    devices: [
      GPU('0', '/dev/gpu0'),
      GPU('GPU-1234', '/dev/gpu0'),
      GPU('all', '/dev/gpu0', '/dev/null'),
      GPU('1', '/dev/null'),
    ],
  }),
};
test('an index, a UUID and all of one device are one thing', () => {
  const rule: PolicyRule = { nodes: ['/dev/gpu0'], action: 'deny' };
  for (const name of ['0', 'GPU-1234', 'all'])
    assert.equal(decide(ALIASES, [rule], request(`x.y/gpu=${name}`)), denied('/dev/gpu0'));
  assert.equal(decide(ALIASES, [rule], request('x.y/gpu=1')), 'x.y/gpu=1');
});

test('a rule that allows lets through only what brings nothing else', () => {
  const rules: PolicyRule[] = [{ nodes: ['/dev/null'], action: 'allow' }, { action: 'ignore' }];
  assert.equal(decide(ALIASES, rules, request('x.y/gpu=all', 'x.y/gpu=1')), 'x.y/gpu=1, ignored x.y/gpu=all');
});

test('what is ignored for what it does brings nothing, and the rest of its spec stays', () => {
  const files = specOf({ deviceNodes: [{ path: '/dev/mem' }] }, { env: ['WHOLE=1'] });
  const settings = {
    policy: { preset: 'open', default: null, share: {}, rules: [{ ...BAD, action: 'ignore' as const }] } as const,
  };
  const { text, granted } = planned(request('x.y/z=c', 'x.y/z=other'), { files, settings });
  assert.deepEqual(
    granted.map(({ device }) => device),
    ['x.y/z=other'],
  );
  assert.deepEqual(JSON.parse(text ?? '').process.env, ['WHOLE=1', 'OTHER=1']);
  assert.doesNotMatch(text ?? '', /mem/);
});

test('a request that may not have the device leaves it to one that may', () => {
  const asked = { annotations: { 'cdi.k8s.io/x': 'x.y/gpu=0' }, process: { env: ['CDI_DEVICES=x.y/gpu=0'] } };
  const rule: PolicyRule = { source: ['annotation'], nodes: ['/dev/gpu*'], action: 'ignore' };
  assert.equal(decide(ALIASES, [rule], asked), 'x.y/gpu=0, ignored x.y/gpu=0');
  const denying: PolicyRule[] = [
    { nodes: ['/dev/other'], action: 'ignore' },
    { source: ['env'], action: 'deny' },
  ];
  assert.equal(
    decide(ALIASES, denying, asked),
    'x.y/gpu=0',
    'the first mention has it, so that the other does not count',
  );
});

test('a device that does not resolve does nothing', () => {
  const asked = { annotations: { 'optional.cdi.k8s.io/x': 'x.y/gpu=7' } };
  assert.equal(decide(ALIASES, [BAD], asked), '');
  assert.equal(decide(ALIASES, [{ nodes: ['/dev/gpu*'], action: 'allow' }, { action: 'deny' }], asked), '');
  assert.match(decide(ALIASES, [BAD], request('x.y/gpu=7')), /^UNRESOLVED_DEVICE: /);
  const ignoring = [BAD, { action: 'ignore' }] as const;
  assert.equal(decide(ALIASES, ignoring, request('x.y/gpu=7')), 'ignored x.y/gpu=7');
});

test('a device that appears late is judged by what it does then', () => {
  const rules = [BAD];
  const settings = { wait: 10_000, policy: { preset: 'open', default: null, share: {}, rules } as const };
  const late = specOf({ deviceNodes: [{ path: '/dev/mem' }] })['/etc/cdi/a.json'];
  const { refusal } = planned(request('x.y/z=c'), {
    files: { ...FILES, '/etc/cdi': { directory: true } },
    settings,
    memory: { whileWaiting: (host) => host.put('/etc/cdi/a.json', late) },
  });
  assert.equal(refusal?.code, 'DENIED');
  assert.equal(DEFAULT_SETTINGS.wait, 0);
});

test('a policy that asks for nothing of it looks at no device', () => {
  const looked: string[] = [];
  const rules: PolicyRule[] = [{ ...BAD, devices: ['other.com/*=*'] }, { devices: ['x.y/*'], action: 'deny' }, BAD];
  const settings = { policy: { preset: 'open', default: null, share: {}, rules } as const };
  const { refusal } = planned(request('x.y/z=c'), {
    files: specOf({}),
    settings,
    change: (host) => ({
      ...host,
      readFile: (path, most) => {
        looked.push(path);
        return host.readFile(path, most);
      },
    }),
  });
  assert.equal(refusal?.code, 'DENIED');
  assert.deepEqual(looked, []);
});

const overlay = (...options: string[]): object => ({
  mounts: [{ hostPath: 'overlay', containerPath: '/in', type: 'overlay', options }],
});
const NO_DEV: PolicyRule = { mounts: ['/dev/**', '/run/disks'], action: 'deny' };
const overlays: [options: string[], want: RegExp | string][] = [
  [['lowerdir=/dev:/opt'], denied('/dev')],
  [['lowerdir=/opt:/dev'], denied('/dev')],
  [['lowerdir=/opt::/dev'], denied('/dev')],
  [['lowerdir+=/dev'], denied('/dev')],
  [['datadir+=/dev'], denied('/dev')],
  [['lowerdir=/opt', 'upperdir=/dev', 'workdir=/opt'], denied('/dev')],
  [['lowerdir=/opt', 'workdir=/dev'], denied('/dev')],
  [['ro,lowerdir=/opt:/dev'], denied('/dev')],
  [['lowerdir=/run/disks:/opt'], denied('/run/disks')],
  [['lowerdir=/opt/../dev'], denied('/dev')],
  [['device=/dev/sda'], denied('/dev/sda')],
  [['lowerdir=/'], denied('/')],
  [['lowerdir=dev:/opt'], /^UNTRUSTED: line 1, .*option "lowerdir=dev:\/opt" names a path/],
  [['upperdir=dev'], /^UNTRUSTED: /],
  [['lowerdir+=/opt:/dev'], /^UNTRUSTED: /],
  [['upperdir=/opt\\:x'], /^UNTRUSTED: /],
  [['br=/opt=ro:/dev=rw'], /^UNTRUSTED: /],
  [['lowerdir=/opt', 'index=off', 'size=5k'], 'x.y/z=c'],
];
for (const [options, want] of overlays)
  test(`a mount is known by its options: ${options.join()}`, () => {
    const got = decide(specOf(overlay(...options)), [NO_DEV]);
    if (typeof want === 'string') assert.equal(got, want);
    else assert.match(got, want);
  });

test('trust.hostPaths is about the paths in options, too, and about links in them', () => {
  const trust = { ...DEFAULT_SETTINGS.trust, hostPaths: ['/opt/**', '/opt', '/run/*'], mountTypes: ['overlay'] };
  const tell = (...options: string[]): string => decide(specOf(overlay(...options)), [], undefined, { trust });
  assert.equal(tell('lowerdir=/opt'), 'x.y/z=c');
  assert.match(tell('lowerdir=/opt:/dev'), /^UNTRUSTED: .*trust.hostPaths lists only/);
  assert.match(tell('lowerdir=/run/disks:/opt'), /^UNTRUSTED: .*it leads to "\/dev"/);
  assert.match(tell('lowerdir=dev'), /^UNTRUSTED: .*option/);
});
