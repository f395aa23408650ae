// The whole decision about a document, on a host in memory.
import assert from 'node:assert/strict';
import { test } from 'node:test';

import { MINIMAL_HOOK_ENV } from '../../src/inject/check-edits.ts';

import { DEFAULT_SETTINGS, type PolicyRule, type Settings } from '../../src/settings/settings.ts';
import type { MemoryOptions } from '../host/memory-host.ts';
import { spec } from '../support/specs.ts';
import { type Files, planned, refusalOf, request } from './planned.ts';

const GPU: Files = { '/etc/cdi/gpu.yaml': spec('vendor.com/gpu', '0', '1') };
const HOOKS: Files = {
  '/h': '#!/bin/sh',
  '/etc/cdi/hook.yaml': `cdiVersion: 0.6.0
kind: vendor.com/hook
containerEdits:
  env: [WHOLE=1]
devices:
- name: a
  containerEdits:
    hooks:
    - { hookName: prestart, path: /h }
    - { hookName: startContainer, path: /h }
    - { hookName: poststop, path: /h, env: [A=1] }
`,
};

test('planInjection() plans nothing where nothing is asked for, whatever the specs', () => {
  for (const files of [{}, { '/etc/cdi/x.yaml': '[' }, { '/etc/cdi': { errno: 'EACCES' } as const }]) {
    const plan = planned({ annotations: { x: 'cdi.k8s.io/' } }, { files });
    assert.deepEqual([plan.decisions, plan.edits, plan.warnings], [[], [], []]);
    assert.deepEqual([plan.pieces, plan.refusal], [undefined, undefined]);
  }
});

test('planInjection() tells decisions, edits with their source, and the new text', () => {
  const files = { ...HOOKS, '/var/run/cdi/gpu.json': spec('vendor.com/gpu', '0') };
  const document = { process: { env: ['CDI_DEVICES=vendor.com/hook=a'] }, ...request('vendor.com/gpu=0') };
  const { decisions, granted, edits, text, warnings } = planned(document, { files });
  const requests = [
    { device: 'vendor.com/gpu=0', source: 'annotation', key: 'cdi.k8s.io/x', optional: false },
    { device: 'vendor.com/hook=a', source: 'env', key: 'CDI_DEVICES', optional: false },
  ];
  const verdict = { action: 'allow', by: 'policy.preset open', reason: undefined };
  assert.deepEqual(
    decisions,
    requests.map((asked) => ({ request: asked, verdict })),
  );
  assert.deepEqual(granted, requests);
  assert.deepEqual(
    edits.map(({ path, device }) => [path, device]),
    [
      ['/var/run/cdi/gpu.json', 'vendor.com/gpu=0'],
      ['/etc/cdi/hook.yaml', undefined],
      ['/etc/cdi/hook.yaml', 'vendor.com/hook=a'],
    ],
  );
  assert.deepEqual(JSON.parse(text ?? ''), {
    process: { env: ['CDI_DEVICES=vendor.com/hook=a', 'D=0', 'WHOLE=1'] },
    annotations: { 'cdi.k8s.io/x': 'vendor.com/gpu=0' },
    hooks: {
      prestart: [{ path: '/h', env: MINIMAL_HOOK_ENV }],
      startContainer: [{ path: '/h' }],
      poststop: [{ path: '/h', env: ['A=1'] }],
    },
  });
  assert.deepEqual(warnings, []);
});

test('planInjection() leaves hooks without env if it is told so', () => {
  const { text } = planned(request('vendor.com/hook=a'), { files: HOOKS, settings: { hooks: { emptyEnv: 'keep' } } });
  assert.deepEqual(JSON.parse(text ?? '').hooks.prestart, [{ path: '/h' }]);
});

test('planInjection() plans no text where all is there already', () => {
  const { text } = planned(request('vendor.com/hook=a'), { files: HOOKS });
  const again = planned(text, { files: HOOKS });
  assert.equal(again.pieces, undefined);
  assert.equal(again.edits.length, 2);
});

test('planInjection() keeps offsets right behind characters of several bytes', () => {
  const text = '{"é\u{1f600}":"\u{1f600}","annotations":{"cdi.k8s.io/x":"vendor.com/gpu=0"},"ü":1}\n';
  assert.equal(
    planned(text, { files: GPU }).text,
    text.replace('1}', '1,"process":{"user":{"uid":0,"gid":0},"cwd":"","env":["D=0"]}}'),
  );
});

test('planInjection() asks the host for what a spec does not say of a node', () => {
  const node =
    'cdiVersion: 0.6.0\nkind: a/b\ndevices: [{ name: c, containerEdits: { deviceNodes: [{ path: /dev/fuse }] } }]\n';
  const fuse = { type: 'c', major: 10, minor: 229, mode: 0o666 } as const;
  const { text } = planned(request('a/b=c'), { files: { '/etc/cdi/a.yaml': node, '/dev/fuse': fuse } });
  assert.deepEqual(JSON.parse(text ?? '').linux.devices, [
    { path: '/dev/fuse', type: 'c', major: 10, minor: 229, fileMode: 438 },
  ]);
  assert.equal(
    refusalOf(request('a/b=c'), { files: { '/etc/cdi/a.yaml': node }, settings: { stale: 'warn' } }),
    'BAD_DEVICE_NODE: cannot inject device node "/dev/fuse": host path "/dev/fuse" is missing; ' +
      'load the driver that makes the node, or generate the spec again',
  );
});

test('planInjection() is not harmed by specs that no one asked for', () => {
  const files: Files = { ...GPU, '/etc/cdi/broken.yaml': '[ vendor.com/gpu', '/etc/cdi/z.yaml': { errno: 'EACCES' } };
  const { pieces, warnings } = planned(request('vendor.com/gpu=0'), { files });
  assert.notEqual(pieces, undefined);
  assert.deepEqual(warnings, []);
});

// The policy.

const ruled = (...rules: PolicyRule[]): Partial<Settings> => ({
  policy: { preset: 'open', default: null, share: {}, rules },
});
const BOTH = { process: { env: ['CDI_DEVICES=vendor.com/gpu=1'] }, ...request('vendor.com/gpu=0') };

test('a denied request stops the container, whatever else would resolve, and before any spec is read', () => {
  const settings = ruled({ source: ['env'], action: 'deny', reason: 'images do not choose' });
  const files: Files = { '/etc/cdi': { errno: 'EIO' } };
  assert.equal(
    refusalOf(BOTH, { files, settings }),
    'DENIED: cannot inject device "vendor.com/gpu=1" (asked for by env CDI_DEVICES): ' +
      'policy.rules[0] of the settings denies it: images do not choose; ask for another device, or have the policy changed',
  );
});

test('a denial without a reason of its own names what decided', () => {
  const locked = { policy: { preset: 'locked', default: null, share: {}, rules: [] } } as const;
  assert.match(
    refusalOf(BOTH, { files: GPU, settings: locked }) ?? '',
    /: policy\.preset locked of the settings denies it; /,
  );
  const denying = { policy: { preset: 'open', default: 'deny', share: {}, rules: [] } } as const;
  assert.match(
    refusalOf(BOTH, { files: GPU, settings: denying }) ?? '',
    /: policy\.default of the settings denies it; /,
  );
});

test('a key that is not plain is quoted in a denial', () => {
  const settings = ruled({ action: 'deny' });
  const document = { annotations: { 'cdi.k8s.io/a b\u202e\n': 'vendor.com/gpu=0' } };
  assert.match(
    refusalOf(document, { files: GPU, settings }) ?? '',
    /asked for by annotation "cdi\.k8s\.io\/a b\\u202e\\n"\)/,
  );
});

test('an ignored request is not injected, and stays among the decisions', () => {
  const { decisions, granted, text } = planned(BOTH, {
    files: GPU,
    settings: ruled({ source: ['env'], action: 'ignore' }),
  });
  assert.deepEqual(
    decisions.map(({ request: { device }, verdict }) => [device, verdict.action, verdict.by]),
    [
      ['vendor.com/gpu=0', 'allow', 'policy.preset open'],
      ['vendor.com/gpu=1', 'ignore', 'policy.rules[0]'],
    ],
  );
  assert.deepEqual(
    granted.map(({ device }) => device),
    ['vendor.com/gpu=0'],
  );
  assert.deepEqual(JSON.parse(text ?? '').process.env, ['CDI_DEVICES=vendor.com/gpu=1', 'D=0']);
});

test('where all is ignored nothing is read, and nothing changes', () => {
  const files: Files = { '/etc/cdi': { errno: 'EIO' } };
  const { decisions, pieces, refusal } = planned(BOTH, { files, settings: ruled({ action: 'ignore' }) });
  assert.equal(decisions.length, 2);
  assert.deepEqual([pieces, refusal], [undefined, undefined]);
});

test('an ignored request does not take the device from another that is allowed', () => {
  const document = { process: { env: ['CDI_DEVICES=vendor.com/gpu=0'] }, ...request('vendor.com/gpu=0') };
  const settings = ruled({ source: ['annotation'], action: 'ignore' });
  const { granted } = planned(document, { files: GPU, settings });
  assert.deepEqual(
    granted.map(({ source }) => source),
    ['env'],
  );
});

// Mounts that ask are taken out.

const mounts = (...names: string[]): object => ({
  mounts: names.map((name) => ({ destination: `/var/run/cdi-devices/${name}`, source: '/dev/null' })),
});
const ASKING_MOUNTS = {
  requests: { ...DEFAULT_SETTINGS.requests, mounts: { enabled: true, prefix: '/var/run/cdi-devices' } },
};

const consumed: [title: string, document: object, settings: Partial<Settings>, left: number][] = [
  ['of granted devices', mounts('vendor.com/gpu/0', 'vendor.com/gpu/1'), ASKING_MOUNTS, 0],
  [
    'of a device that an annotation asks for too',
    { ...mounts('vendor.com/gpu/0'), ...request('vendor.com/gpu=0') },
    ASKING_MOUNTS,
    0,
  ],
  [
    'but not one that is ignored',
    { ...mounts('vendor.com/gpu/0'), ...request('vendor.com/gpu=0') },
    { ...ASKING_MOUNTS, ...ruled({ source: ['mount'], action: 'ignore' }) },
    1,
  ],
  [
    'but not one whose device is absent',
    mounts('vendor.com/gpu/0', 'vendor.com/gpu/x'),
    { ...ASKING_MOUNTS, unresolved: 'warn' },
    1,
  ],
  ['but none where mounts do not count', { ...mounts('vendor.com/gpu/0'), ...request('vendor.com/gpu=0') }, {}, 1],
];
for (const [title, document, settings, left] of consumed)
  test(`mounts that ask are taken out ${title}; the next time nothing changes`, () => {
    const { text } = planned(document, { files: GPU, settings });
    assert.equal(JSON.parse(text ?? '').mounts.length, left);
    assert.equal(planned(text, { files: GPU, settings }).pieces, undefined);
  });

// Refusals.

const refused: [title: string, document: object, files: Files, want: string][] = [
  [
    'a malformed request',
    request('gpu'),
    GPU,
    'BAD_REQUEST: cannot read the device request of annotation "cdi.k8s.io/x": device "gpu": it has no "="; ' +
      'write it as vendor.com/class=name',
  ],
  [
    'a document that cannot take the edits',
    { ...request('vendor.com/gpu=0'), process: { env: [5] } },
    GPU,
    'BAD_BUNDLE: cannot edit the container configuration: "process.env" is not a list of texts; ' +
      'the OCI runtime specification says its form',
  ],
];
for (const [title, document, files, want] of refused)
  test(`planInjection() refuses ${title}`, () => assert.equal(refusalOf(document, { files }), want));

test('planInjection() keeps to the limit of spec files', () => {
  const limits = { ...DEFAULT_SETTINGS.limits, spec: 1000, specs: 1 };
  assert.match(
    refusalOf(request('vendor.com/gpu=0'), { files: { ...GPU, '/var/run/cdi/x.yaml': '' }, settings: { limits } }) ??
      '',
    /^CANNOT_READ: cannot scan spec directory "\/var\/run\/cdi": there are more than 1 spec files; /,
  );
});

// The runtime that comes next.

const RUNTIME: Files = { ...GPU, '/usr/sbin/runc': 'ELF' };
const runtimes: [
  title: string,
  owners: NonNullable<MemoryOptions['owners']>,
  want: string | undefined,
  owner?: 'off',
][] = [
  ['of root', {}, undefined],
  [
    'that a group may write',
    { '/usr/sbin/runc': { mode: 0o775, gid: 50 } },
    'UNTRUSTED: cannot trust the real runtime "/usr/sbin/runc": it can be written by group 50 (mode 0775); ' +
      'let only root write there, or set trust.owner: off',
  ],
  [
    'in somebody’s directory',
    { '/usr/sbin': { uid: 1000 } },
    'UNTRUSTED: cannot trust the real runtime "/usr/sbin/runc": directory "/usr/sbin" belongs to user 1000; ' +
      'let only root write there, or set trust.owner: off',
  ],
  ['in somebody’s directory, where owners do not matter', { '/usr/sbin': { uid: 1000 } }, undefined, 'off'],
];
for (const [title, owners, want, owner] of runtimes)
  test(`a real runtime ${title} is ${want === undefined ? 'taken' : 'refused'}`, () => {
    const trust = { ...DEFAULT_SETTINGS.trust, owner: owner ?? 'strict' } as const;
    const all = { files: RUNTIME, memory: { owners }, settings: { trust, runtime: '/usr/sbin/runc' } };
    assert.equal(refusalOf(request('vendor.com/gpu=0'), all), want);
    assert.equal(refusalOf({}, all), undefined, 'a container that asks for nothing is no concern of ours');
  });
