// Field by field, what a spec's YAML becomes. What Go makes of 800 of them is in the corpus.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { readEditsTree, readSpecTree, type SpecDocument } from '../../src/cdi/read-spec.ts';
import type { Spec } from '../../src/cdi/spec.ts';
import type { ContainerEdits } from '../../src/edits/kinds.ts';
import { parseYaml } from '../../src/host/yaml.ts';
import { CdiError } from '../../src/text/error.ts';
import type { YamlTree } from '../../src/text/yaml-tree.ts';

function tree(source: string): YamlTree {
  const parsed = parseYaml(source);
  assert.ok(!('syntax' in parsed), JSON.stringify(parsed));
  return parsed;
}

function document(source: string): SpecDocument | undefined {
  return readSpecTree(tree(source), 'load spec "/etc/cdi/a.yaml"', '/etc/cdi/a.yaml');
}

function read(source: string): Spec {
  const spec = document(source)?.spec;
  assert.ok(spec !== undefined);
  return defined(spec);
}

function edits(source: string): ContainerEdits {
  return read(`containerEdits:\n  ${source.replaceAll('\n', '\n  ')}`).containerEdits ?? {};
}

/** Whether a field is undefined or absent makes no difference; bigints stay. */
function defined<T>(value: T): T {
  if (Array.isArray(value)) return value.map(defined) as T;
  if (typeof value !== 'object' || value === null) return value;
  const members = Object.entries(value).filter(([, member]) => member !== undefined);
  return Object.fromEntries(members.map(([key, member]) => [key, defined(member)])) as T;
}

test('readSpecTree() reads every field', () => {
  const spec = read(`cdiVersion: 1.1.0
kind: vendor.com/gpu
annotations: {a: b, 1: yes}
devices:
- name: gpu0
  annotations: {c: d}
  containerEdits: &edits
    env: [A=B]
    deviceNodes:
    - {path: /dev/a, hostPath: /dev/b, type: c, major: 1, minor: 2, fileMode: 0666, permissions: rw, uid: 3, gid: 4}
    netDevices: [{hostInterfaceName: eth0, name: eth1}]
    hooks: [{hookName: prestart, path: /bin/x, args: [x, 1], env: [C=D], timeout: 5}]
    mounts: [{hostPath: /a, containerPath: /b, options: [ro], type: bind}]
    intelRdt: {closID: c, l3CacheSchema: l3, memBwSchema: mb, schemata: [s], enableMonitoring: on}
    additionalGids: [5, 0]
containerEdits: *edits
`);
  const all = {
    env: ['A=B'],
    deviceNodes: [
      {
        path: '/dev/a',
        hostPath: '/dev/b',
        type: 'c',
        major: 1,
        minor: 2,
        fileMode: 0o666,
        permissions: 'rw',
        uid: 3,
        gid: 4,
      },
    ],
    netDevices: [{ hostInterfaceName: 'eth0', name: 'eth1' }],
    hooks: [{ hookName: 'prestart', path: '/bin/x', args: ['x', '1'], env: ['C=D'], timeout: 5 }],
    mounts: [{ hostPath: '/a', containerPath: '/b', options: ['ro'], type: 'bind' }],
    intelRdt: { closID: 'c', l3CacheSchema: 'l3', memBwSchema: 'mb', schemata: ['s'], enableMonitoring: true },
    additionalGids: [5, 0],
  };
  assert.deepEqual(spec, {
    cdiVersion: '1.1.0',
    kind: 'vendor.com/gpu',
    annotations: { a: 'b', 1: 'true' },
    devices: [{ name: 'gpu0', annotations: { c: 'd' }, containerEdits: all }],
    containerEdits: all,
  });
});

test('readSpecTree() adds what a spec must have', () => {
  assert.deepEqual(read('{}'), { cdiVersion: '', kind: '', devices: [] });
  assert.deepEqual(read('devices: [{}, ~]').devices, [
    { name: '', containerEdits: {} },
    { name: '', containerEdits: {} },
  ]);
  assert.deepEqual(read('devices: ~').devices, []);
  assert.deepEqual(edits('deviceNodes: [{}]'), { deviceNodes: [{ path: '' }] });
  assert.deepEqual(edits('hooks: [{}]'), { hooks: [{ hookName: '', path: '' }] });
  assert.deepEqual(edits('mounts: [{}]'), { mounts: [{ hostPath: '', containerPath: '' }] });
  assert.deepEqual(edits('netDevices: [{}]'), { netDevices: [{ hostInterfaceName: '', name: '' }] });
});

for (const source of ['', '# nothing', '---', '~', 'null', '--- !!null\n...'])
  test(`readSpecTree() finds no spec in ${JSON.stringify(source)}`, () => assert.equal(document(source), undefined));

const lenient: [title: string, got: () => unknown, want: unknown][] = [
  [
    'takes numbers and booleans for text',
    () => edits('env: [yes, 0644, 1.50, ~]'),
    { env: ['true', '420', '1.5', ''] },
  ],
  ['takes a device name 010 for 8', () => read('devices: [{name: 010}]').devices[0]?.name, '8'],
  ['takes 1.0 for the version "1"', () => read('cdiVersion: 1.0').cdiVersion, '1'],
  ['takes quotes for what they hold', () => read('cdiVersion: "1.0"').cdiVersion, '1.0'],
  [
    'leaves what is null',
    () => edits('{hooks: [{timeout: ~}], intelRdt: ~, additionalGids: ~}'),
    { hooks: [{ hookName: '', path: '' }] },
  ],
  ['keeps what is zero', () => edits('hooks: [{timeout: 0}]'), { hooks: [{ hookName: '', path: '', timeout: 0 }] }],
  [
    'keeps empty lists and records',
    () => edits('{env: [], intelRdt: {schemata: []}}'),
    { env: [], intelRdt: { schemata: [] } },
  ],
  ['takes null annotations for none', () => read('annotations: ~').annotations, undefined],
  [
    'keeps annotations of any name',
    () => Object.entries(read('annotations: {__proto__: a, constructor: b}').annotations ?? {}),
    [
      ['__proto__', 'a'],
      ['constructor', 'b'],
    ],
  ],
  [
    'keeps 64 bits',
    () => edits('deviceNodes: [{path: a, major: 9223372036854775807}]').deviceNodes?.[0]?.major,
    2n ** 63n - 1n,
  ],
  [
    'keeps 64 bits below zero',
    () => edits('hooks: [{timeout: -9223372036854775808}]').hooks?.[0]?.timeout,
    -(2n ** 63n),
  ],
  ['has text of a float for what is below 64 bits', () => edits('env: [-9223372036854775809]').env, ['-9.223372e+18']],
  [
    'disregards the case of names',
    () => edits('{ENV: [A=B], additionalGIDs: [1]}'),
    { env: ['A=B'], additionalGids: [1] },
  ],
  ['reads the later of two spellings into the earlier', () => edits('{Env: [a, b], env: [~]}'), { env: ['a'] }],
  [
    'reads the last of three spellings over what the first has beyond the second',
    () => edits('{ENV: [a, b, c], Env: [d], env: [~, ~, e, ~]}'),
    { env: ['d', 'b', 'e', ''] },
  ],
  ['forgets it behind an empty list', () => edits('{ENV: [a, b], Env: [], env: [~, ~]}'), { env: ['', ''] }],
  [
    'does so with devices',
    () =>
      read('{DEVICES: [{}, {name: b, containerEdits: {env: [c]}}], Devices: [{}], devices: [{name: d}, {name: e}]}')
        .devices,
    [
      { name: 'd', containerEdits: {} },
      { name: 'e', containerEdits: { env: ['c'] } },
    ],
  ],
];
for (const [title, got, want] of lenient) test(`readSpecTree() ${title}`, () => assert.deepEqual(got(), want));

const EDITS_FIELDS = 'known are "env", "deviceNodes", "netDevices", "hooks", "mounts" and 2 more';
const refused: [title: string, source: string, why: string, line: number, column: number][] = [
  [
    'an unknown field',
    'cdiVersion: 1.1.0\ncontainerEdit: {}',
    'field "containerEdit" is unknown; did you mean "containerEdits"?',
    2,
    1,
  ],
  [
    'an anchor’s own field',
    'x: &a {}\ncontainerEdits: *a',
    'field "x" is unknown; known are "cdiVersion", "kind", "annotations", "devices" and "containerEdits"',
    1,
    1,
  ],
  ['an unknown field in edits', 'containerEdits:\n  zzz: 1', `field "zzz" is unknown; ${EDITS_FIELDS}`, 2, 3],
  [
    'an unknown field of a device node',
    'containerEdits: {deviceNodes: [{paths: a}]}',
    'field "paths" is unknown; did you mean "path"?',
    1,
    33,
  ],
  ['a field twice', 'kind: a/b\nkind: a/b', 'key "kind" is there twice', 2, 1],
  ['a list for a spec', '[]', 'a list stands where a mapping is needed', 1, 1],
  ['a text for a spec', 'abc', 'the text "abc" stands where a mapping is needed', 1, 1],
  ['a mapping for devices', 'devices: {}', 'a mapping stands where a list is needed', 1, 10],
  ['a list for annotations', 'annotations: []', 'a list stands where a mapping is needed', 1, 14],
  ['a list for an annotation', 'annotations: {a: []}', 'a list stands where a text is needed', 1, 18],
  ['a text for env', 'containerEdits: {env: A=B}', 'the text "A=B" stands where a list is needed', 1, 23],
  ['a mapping in env', 'containerEdits:\n  env:\n  - A: B', 'a mapping stands where a text is needed', 3, 5],
  [
    'a text for a number',
    'containerEdits: {deviceNodes: [{major: "1"}]}',
    'the text "1" stands where a whole number is needed',
    1,
    40,
  ],
  [
    'a negative file mode',
    'containerEdits: {deviceNodes: [{fileMode: -1}]}',
    '-1 is not within 0 to 4294967295',
    1,
    43,
  ],
  [
    'a group beyond 32 bits',
    'containerEdits: {additionalGids: [4294967296]}',
    '4294967296 is not within 0 to 4294967295',
    1,
    35,
  ],
  [
    'a major beyond 64 bits',
    'containerEdits: {deviceNodes: [{major: 9223372036854775808}]}',
    '9223372036854775808 is not within -9223372036854775808 to 9223372036854775807',
    1,
    40,
  ],
  [
    'a minor below 64 bits',
    '{"containerEdits": {"deviceNodes": [{"minor": -9223372036854775809}]}}',
    '-9223372036854776000 is not within -9223372036854775808 to 9223372036854775807',
    1,
    47,
  ],
  [
    'a timeout below 64 bits',
    'containerEdits: {hooks: [{timeout: -9223372036854776832}]}',
    '-9223372036854776000 is not within -9223372036854775808 to 9223372036854775807',
    1,
    36,
  ],
  [
    'a user that is a signed zero',
    'containerEdits: {deviceNodes: [{uid: -0.0}]}',
    '-0 is not within 0 to 4294967295',
    1,
    38,
  ],
  [
    'a timeout with a fraction',
    'containerEdits: {hooks: [{timeout: 1.5}]}',
    '"1.5" stands where a whole number is needed',
    1,
    36,
  ],
  [
    'a text for a boolean',
    'containerEdits: {intelRdt: {enableMonitoring: "on"}}',
    'the text "on" stands where true or false is needed',
    1,
    47,
  ],
  [
    'a device for its own edits',
    'devices: [&a {containerEdits: *a}]',
    `field "containerEdits" is unknown; ${EDITS_FIELDS}`,
    1,
    15,
  ],
];
for (const [title, source, why, line, column] of refused)
  test(`readSpecTree() refuses ${title}`, () => {
    assert.throws(
      () => document(source),
      (error) => {
        assert.ok(error instanceof CdiError);
        assert.equal(error.message, `cannot load spec "/etc/cdi/a.yaml": line ${line}, column ${column}: ${why}`);
        const { code, path } = error;
        assert.deepEqual([code, path, error.line, error.column], ['BAD_SPEC', '/etc/cdi/a.yaml', line, column]);
        return true;
      },
    );
  });

test('readSpecTree() refuses a bomb of aliases', () => {
  const many = (alias: string): string => Array.from({ length: 3000 }, () => alias).join(', ');
  const bomb = `devices: [&d {name: a, containerEdits: {hooks: [&h {args: &r [&t x, ${many('*t')}]}, ${many('*h')}]}}, ${many('*d')}]`;
  assert.throws(() => document(bomb), /: too much of the document comes through aliases; write the values out$/);
});

test('readSpecTree() gives each spec its own parts', () => {
  const [first, second] = [document('devices: [{name: a}]')?.spec, document('devices: [{name: b}]')?.spec];
  assert.notEqual(first, second);
  assert.deepEqual(second?.devices[0], { name: 'b', containerEdits: {} });
});

test('readSpecTree() gives positions of what it read', () => {
  const found = document('kind: a/b\ndevices:\n- name: x\n  containerEdits:\n    env: [A]');
  assert.deepEqual(found?.reader.locate(['devices', 0, 'containerEdits', 'env', 0]), { line: 5, column: 11 });
});

test('readEditsTree() reads edits alone', () => {
  assert.deepEqual(defined(readEditsTree(tree('env: [A=B]'), 'read the edits')), { env: ['A=B'] });
  assert.equal(readEditsTree(tree('~'), 'read the edits'), undefined);
  assert.throws(
    () => readEditsTree(tree('envs: []'), 'read the edits'),
    (error) => {
      assert.ok(error instanceof CdiError);
      assert.equal(
        error.message,
        'cannot read the edits: line 1, column 1: field "envs" is unknown; did you mean "env"?',
      );
      assert.deepEqual([error.code, error.path], ['BAD_EDITS', undefined]);
      return true;
    },
  );
});
