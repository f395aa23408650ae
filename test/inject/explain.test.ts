// What each edit of a plan does, edit by edit.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { MINIMAL_HOOK_ENV } from '../../src/inject/check-edits.ts';
import { type ExplainedEdit, explainEdits } from '../../src/inject/explain.ts';
import type { Settings } from '../../src/settings/settings.ts';
import { parseJson } from '../../src/text/json-syntax.ts';
import { type Files, planned, request } from './planned.ts';

const NODES: Files = {
  '/dev/a': { type: 'c', major: 10, minor: 1, mode: 0o660 },
  '/dev/b': { type: 'c', major: 10, minor: 2, mode: 0o660 },
  '/h': '',
};

function explained(document: object, files: Files, settings: Partial<Settings> = {}): readonly ExplainedEdit[] {
  const text = JSON.stringify(document);
  const plan = planned(document, { files: { ...NODES, ...files }, settings });
  const tree = parseJson(text);
  if ('syntax' in tree) return assert.fail(tree.syntax);
  return explainEdits(tree, plan);
}

/** A spec of one device for each list of edits, each edit on a line of its own: the first is on line 6. */
function spec(...devices: readonly (readonly string[])[]): string {
  const lines = devices.flatMap((edits, index) => [
    `- name: d${index}`,
    '  containerEdits:',
    ...(edits.length === 0 ? ['    env: []'] : edits.map((edit) => `    ${edit}`)),
  ]);
  return ['cdiVersion: 1.1.0', 'kind: v.com/c', 'devices:', ...lines, ''].join('\n');
}

/** `line kind key effect`, for short. */
function short({ at, kind, key, effect }: ExplainedEdit): string {
  return [at?.line, kind, key, effect].filter((part) => part !== '').join(' ');
}

const BOTH = request('v.com/c=d0', 'v.com/c=d1');
const ONE = request('v.com/c=d0');

const effects: [shows: string, document: object, specText: string, want: readonly string[]][] = [
  [
    'variables: added, replaced where the last one stands, there already, and lost to a later device',
    { ...BOTH, process: { env: ['A=1', 'B=1', 'B=2', 'C=3'] } },
    spec(['env: [N=1, B=3, C=3, L=0]'], ['env: [L=1]']),
    ['6 env N add', '6 env B replace', '6 env C present', '6 env L overridden', '9 env L add'],
  ],
  [
    'a node whose cgroup rule alone is missing',
    {
      ...ONE,
      linux: {
        devices: [{ path: '/dev/a', type: 'c', major: 10, minor: 1, fileMode: 0o660 }],
        resources: { devices: [{ allow: false }] },
      },
    },
    spec(['deviceNodes: [{ path: /dev/a }]']),
    ['6 deviceNodes /dev/a add'],
  ],
  [
    'a node that another one of its path overrides, and whose rule stays',
    BOTH,
    spec(['deviceNodes: [{ path: /dev/a }]'], ['deviceNodes: [{ path: /dev/a, hostPath: /dev/b }]']),
    ['6 deviceNodes /dev/a overridden', '9 deviceNodes /dev/a add'],
  ],
  [
    'two mounts of one place where the document has two: each replaces one',
    {
      ...BOTH,
      mounts: [
        { destination: '/x', source: '/1' },
        { destination: '/x', source: '/2' },
      ],
    },
    spec(['mounts: [{ hostPath: /h, containerPath: /x }]'], ['mounts: [{ hostPath: /dev, containerPath: /x }]']),
    ['6 mounts /x replace', '9 mounts /x replace'],
  ],
  [
    'network interfaces and Intel RDT: the last one wins',
    { ...BOTH, linux: { netDevices: { e0: { name: 'old' }, e1: {} }, intelRdt: { closID: 'old' } } },
    spec(
      [
        'netDevices: [{ hostInterfaceName: e0, name: x }, { hostInterfaceName: e1, name: y }]',
        'intelRdt: { closID: a }',
      ],
      ['netDevices: [{ hostInterfaceName: e1, name: z }]', 'intelRdt: { closID: b }'],
    ),
    [
      '6 netDevices e0 replace',
      '6 netDevices e1 overridden',
      '7 intelRdt overridden',
      '10 netDevices e1 replace',
      '11 intelRdt replace',
    ],
  ],
  [
    'hooks: one that gets its env, one that is new twice, one that is there',
    { ...ONE, hooks: { prestart: [{ path: '/h' }, { path: '/h', args: ['h', 'own'], env: ['A=1'] }] } },
    spec([
      'hooks:',
      '- { hookName: prestart, path: /h }',
      '- { hookName: prestart, path: /h, args: [h, own], env: [A=1] }',
      '- { hookName: prestart, path: /h, args: [h, own], env: [A=2] }',
      '- { hookName: poststop, path: /h, timeout: 9223372036854775807 }',
      '- { hookName: poststop, path: /h, timeout: 9223372036854775807 }',
    ]),
    [
      '7 hooks prestart replace',
      '8 hooks prestart present',
      '9 hooks prestart add',
      '10 hooks poststop add',
      '11 hooks poststop add',
    ],
  ],
  [
    'groups: new ones once, root not at all',
    { ...BOTH, process: { user: { uid: 0, gid: 0, additionalGids: [5] } } },
    spec(['additionalGids: [0, 5, 6]'], ['additionalGids: [6]']),
    ['6 additionalGids 0 none', '6 additionalGids 5 present', '6 additionalGids 6 add', '9 additionalGids 6 present'],
  ],
  [
    'a plan that is refused: nothing comes of any edit',
    { ...ONE, process: { env: [5] } },
    spec(['env: [A=1]', 'additionalGids: [7]']),
    ['6 env A none', '7 additionalGids 7 none'],
  ],
];
for (const [shows, document, text, want] of effects)
  test(`explainEdits() tells ${shows}`, () =>
    assert.deepEqual(explained(document, { '/etc/cdi/v.yaml': text }).map(short), want));

test('explainEdits() tells what is written, what it replaces, and what overrides it', () => {
  const document = { ...BOTH, process: { env: ['B=1'] }, mounts: [{ destination: '/x/', source: '/old' }] };
  const text = spec(
    ['env: [B=2, L=0]', 'deviceNodes: [{ path: /dev/a }]', 'mounts: [{ hostPath: /h, containerPath: /x }]'],
    ['env: [L=1]', 'deviceNodes: [{ path: /dev/a, hostPath: /dev/b }]'],
  );
  const edits = explained(document, { '/etc/cdi/v.yaml': text });
  const found = (kind: string, device: string): ExplainedEdit =>
    edits.findLast((edit) => edit.kind === kind && edit.device === device) ?? assert.fail();
  const rule = (minor: number): object => ({
    path: ['linux', 'resources', 'devices'],
    value: { allow: true, type: 'c', major: 10, minor, access: 'rwm' },
  });
  assert.deepEqual(edits[0]?.writes, [{ path: ['process', 'env'], value: 'B=2' }]);
  assert.deepEqual(edits[0]?.replaces, ['"B=1"']);
  assert.deepEqual(found('env', 'v.com/c=d0').by, {
    spec: '/etc/cdi/v.yaml',
    device: 'v.com/c=d1',
    at: { line: 11, column: 11 },
  });
  assert.deepEqual(found('deviceNodes', 'v.com/c=d0').writes, [rule(1)]);
  const node = { path: '/dev/a', type: 'c', major: 10, minor: 2, fileMode: 0o660, uid: undefined, gid: undefined };
  assert.deepEqual(found('deviceNodes', 'v.com/c=d1').writes, [{ path: ['linux', 'devices'], value: node }, rule(2)]);
  const mount = found('mounts', 'v.com/c=d0');
  assert.deepEqual([mount.effect, mount.replaces], ['add', []]);
  assert.deepEqual(mount.shadows, ['{"destination":"/x/","source":"/old"}']);
});

test('explainEdits() knows edits of a spec from those of a device, and who brought them', () => {
  const files = {
    '/etc/cdi/v.yaml': `${spec(['env: [A=1]'], ['env: [B=1]'])}containerEdits: { env: [S=1] }\n`,
  };
  const edits = explained({ process: { env: ['CDI_DEVICES=v.com/c=d1'] }, ...ONE }, files);
  assert.deepEqual(
    edits.map(({ key, device, spec: path, at, request: asked }) => [
      key,
      device,
      path,
      at?.line,
      asked?.device,
      asked?.key,
    ]),
    [
      ['S', undefined, '/etc/cdi/v.yaml', 10, 'v.com/c=d0', 'cdi.k8s.io/x'],
      ['A', 'v.com/c=d0', '/etc/cdi/v.yaml', 6, 'v.com/c=d0', 'cdi.k8s.io/x'],
      ['B', 'v.com/c=d1', '/etc/cdi/v.yaml', 9, 'v.com/c=d1', 'CDI_DEVICES'],
    ],
  );
});

test('explainEdits() shows a hook with the env that it gets', () => {
  const hooks = 'hooks: [{ hookName: prestart, path: /h }, { hookName: startContainer, path: /h }]';
  const files = { '/etc/cdi/v.yaml': spec([hooks]) };
  assert.deepEqual(
    explained(ONE, files).map(({ value }) => value),
    [
      { hookName: 'prestart', path: '/h', env: MINIMAL_HOOK_ENV },
      { hookName: 'startContainer', path: '/h' },
    ],
  );
  const [kept] = explained(ONE, files, { hooks: { emptyEnv: 'keep' } });
  assert.deepEqual(kept?.value, { hookName: 'prestart', path: '/h' });
});

test('explainEdits() keeps to the lines of the spec behind what was left out as stale', () => {
  const text = spec([
    'deviceNodes:',
    '- { path: /dev/a }',
    '- { path: /dev/gone }',
    '- { path: /dev/b }',
    'mounts:',
    '- { hostPath: /gone, containerPath: /x }',
    '- { hostPath: /h, containerPath: /x }',
    '- { hostPath: /gone, containerPath: /y }',
    '- { hostPath: /h, containerPath: /x }',
  ]);
  const files = { '/etc/cdi/v.yaml': text };
  assert.deepEqual(explained(ONE, files, { stale: 'skip' }).map(short), [
    '7 deviceNodes /dev/a add',
    '9 deviceNodes /dev/b add',
    '12 mounts /x overridden',
    '14 mounts /x add',
  ]);
});

test('explainEdits() has a plan of sixty mounts in the order of the spec', () => {
  const mounts = Array.from({ length: 60 }, (_, i) => `- { hostPath: /h, containerPath: /lib/${i} }`);
  const edits = explained(ONE, { '/etc/cdi/v.yaml': spec(['mounts:', ...mounts]) });
  assert.deepEqual(
    edits.map(short),
    mounts.map((_, i) => `${i + 7} mounts /lib/${i} add`),
  );
});
