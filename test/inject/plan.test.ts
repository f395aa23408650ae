import assert from 'node:assert/strict';
import { test } from 'node:test';
import { failed, malformed } from '../../src/host/host.ts';
import { type MemoryEntry, memoryHost } from '../../src/host/memory.ts';
import {
  DEFAULT_LIMITS,
  deviceLookup,
  type InjectionOptions,
  type InjectionPlan,
  MINIMAL_HOOK_ENV,
  planInjection,
} from '../../src/inject/plan.ts';
import { assemble } from '../../src/text/json.ts';
import { refusal } from '../support/edit-document.ts';
import { spec } from '../support/specs.ts';

const OPTIONS: InjectionOptions = {
  specDirs: ['/etc/cdi', '/var/run/cdi'],
  requests: { annotations: 'auto', env: 'auto' },
  emptyHookEnv: 'minimal',
  limits: DEFAULT_LIMITS,
};

type Files = Readonly<Record<string, MemoryEntry>>;

interface Planned extends InjectionPlan {
  readonly text: string | undefined;
}

function plan(document: unknown, files: Files, options: Partial<InjectionOptions> = {}): Planned {
  const before = typeof document === 'string' ? document : JSON.stringify(document);
  const host = memoryHost({ ...files, '/b/config.json': before });
  const file = host.holdFile('/b/config.json', 1_000_000);
  if (failed(file)) return assert.fail(file.errno);
  const tree = host.parseJson(file);
  if (malformed(tree)) return assert.fail(tree.syntax);
  const planned = planInjection(host, file, tree, { ...OPTIONS, ...options });
  assert.equal(host.entry('/b/config.json'), before, 'planning writes nothing');
  return { ...planned, text: planned.pieces && assemble(before, planned.pieces) };
}

const request = (...devices: string[]): object => ({ annotations: { 'cdi.k8s.io/x': devices.join(',') } });
const HOOKS = `cdiVersion: 0.6.0
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
`;

test('planInjection() plans nothing where nothing is asked for, whatever the specs', () => {
  for (const files of [{}, { '/etc/cdi/x.yaml': '[' }, { '/etc/cdi': { errno: 'EACCES' } as const }]) {
    assert.deepEqual(plan({ annotations: { x: 'cdi.k8s.io/' } }, files), {
      requests: [],
      edits: [],
      pieces: undefined,
      text: undefined,
    });
  }
});

test('planInjection() tells requests, edits with their source, and the new text', () => {
  const files = { '/etc/cdi/hook.yaml': HOOKS, '/var/run/cdi/gpu.json': spec('vendor.com/gpu', '0') };
  const document = { process: { env: ['CDI_DEVICES=vendor.com/hook=a'] }, ...request('vendor.com/gpu=0') };
  const { requests, edits, text } = plan(document, files);
  assert.deepEqual(requests, [
    { device: 'vendor.com/gpu=0', source: 'annotation', key: 'cdi.k8s.io/x' },
    { device: 'vendor.com/hook=a', source: 'env', key: 'CDI_DEVICES' },
  ]);
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
});

test('planInjection() leaves hooks without env if it is told so', () => {
  const { text } = plan(request('vendor.com/hook=a'), { '/etc/cdi/hook.yaml': HOOKS }, { emptyHookEnv: 'keep' });
  assert.deepEqual(JSON.parse(text ?? '').hooks.prestart, [{ path: '/h' }]);
});

test('planInjection() plans no text where all is there already', () => {
  const files = { '/etc/cdi/hook.yaml': HOOKS };
  const { text } = plan(request('vendor.com/hook=a'), files);
  const again = plan(text, files);
  assert.equal(again.pieces, undefined);
  assert.equal(again.edits.length, 2);
});

test('planInjection() keeps offsets right behind characters of several bytes', () => {
  const text = '{"é\u{1f600}":"\u{1f600}","annotations":{"cdi.k8s.io/x":"vendor.com/gpu=0"},"ü":1}\n';
  assert.equal(
    plan(text, { '/etc/cdi/gpu.yaml': spec('vendor.com/gpu', '0') }).text,
    text.replace('1}', '1,"process":{"user":{"uid":0,"gid":0},"cwd":"","env":["D=0"]}}'),
  );
});

test('planInjection() asks the host for what a spec does not say of a node', () => {
  const node =
    'cdiVersion: 0.6.0\nkind: a/b\ndevices: [{ name: c, containerEdits: { deviceNodes: [{ path: /dev/fuse }] } }]\n';
  const fuse = { type: 'c', major: 10, minor: 229, mode: 0o666 } as const;
  const { text } = plan(request('a/b=c'), { '/etc/cdi/a.yaml': node, '/dev/fuse': fuse });
  assert.deepEqual(JSON.parse(text ?? '').linux.devices, [
    { path: '/dev/fuse', type: 'c', major: 10, minor: 229, fileMode: 438 },
  ]);
  assert.equal(
    refusal(() => plan(request('a/b=c'), { '/etc/cdi/a.yaml': node })),
    'BAD_DEVICE_NODE: cannot inject device node "/dev/fuse": host path "/dev/fuse" is missing; ' +
      'load the driver that makes the node, or generate the spec anew',
  );
});

test('planInjection() is not harmed by specs that nobody asked for', () => {
  const files = {
    '/etc/cdi/gpu.yaml': spec('vendor.com/gpu', '0'),
    '/etc/cdi/broken.yaml': '[ vendor.com/gpu',
    '/etc/cdi/z.yaml': { errno: 'EACCES' } as const,
  };
  assert.notEqual(plan(request('vendor.com/gpu=0'), files).pieces, undefined);
});

const GPU = { '/etc/cdi/gpu.yaml': spec('vendor.com/gpu', '0', '1') };
const refused: [title: string, document: object, files: Files, want: string][] = [
  [
    'an unknown device, by who asked',
    request('vendor.com/gpu=0', 'vendor.com/gpu=x'),
    GPU,
    'UNRESOLVED_DEVICE: cannot resolve device "vendor.com/gpu=x" (asked for by annotation cdi.k8s.io/x): ' +
      '"vendor.com/gpu" has "0" and "1"; request one of these',
  ],
  [
    'several unknown devices, by the first',
    { process: { env: ['CDI_DEVICES=vendor.com/gpu=x,a/b=c,vendor.com/gpu=y'] } },
    GPU,
    'UNRESOLVED_DEVICE: cannot resolve device "vendor.com/gpu=x" (asked for by env CDI_DEVICES): ' +
      '"vendor.com/gpu" has "0" and "1"; 2 more of the request do not resolve either; request one of these',
  ],
  [
    'a device whose spec is in error without naming its kind',
    request('vendor.com/net=0'),
    { '/etc/cdi/vendor.yaml': '' },
    'UNRESOLVED_DEVICE: cannot resolve device "vendor.com/net=0" (asked for by annotation cdi.k8s.io/x): ' +
      'no spec in "/etc/cdi" and "/var/run/cdi" is of vendor "vendor.com"; ' +
      'spec "/etc/cdi/vendor.yaml" is in error: there is no document in it',
  ],
  [
    'a device in conflict',
    request('vendor.com/gpu=1'),
    { ...GPU, '/etc/cdi/other.yaml': spec('vendor.com/gpu', '1') },
    'DEVICE_CONFLICT: cannot resolve device "vendor.com/gpu=1" (asked for by annotation cdi.k8s.io/x): ' +
      '"/etc/cdi/gpu.yaml" and "/etc/cdi/other.yaml" define it with the same priority; let only one of them define it',
  ],
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
  test(`planInjection() refuses ${title}`, () =>
    assert.equal(
      refusal(() => plan(document, files)),
      want,
    ));

test('planInjection() keeps to the limit of spec files', () => {
  const limits = { spec: 1000, specs: 1 };
  assert.match(
    refusal(() => plan(request('vendor.com/gpu=0'), { ...GPU, '/var/run/cdi/x.yaml': '' }, { limits })),
    /^CANNOT_READ: cannot scan spec directory "\/var\/run\/cdi": there are more than 1 spec files; /,
  );
});

test('deviceLookup() asks the host', () => {
  const fuse = { type: 'c', major: 10, minor: 229, mode: 0o666 } as const;
  const lookup = deviceLookup(memoryHost({ '/dev/fuse': fuse, '/locked': { errno: 'EACCES' } }));
  assert.deepEqual(['/dev/fuse', '/none', '/locked/x'].map(lookup.node), [
    fuse,
    { errno: 'ENOENT' },
    { errno: 'EACCES' },
  ]);
});
