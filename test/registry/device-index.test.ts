import assert from 'node:assert/strict';
import { test } from 'node:test';
import { indexDevices } from '../../src/registry/device-index.ts';
import type { SpecFile } from '../../src/registry/spec-file.ts';

function file(path: string, priority: number, ...names: readonly string[]): SpecFile {
  const devices = names.map((name) => ({ name, containerEdits: {} }));
  return { path, priority, vendor: 'v', class: 'c', spec: { cdiVersion: '1.0.0', kind: 'v/c', devices } };
}

const cases: [
  title: string,
  files: SpecFile[],
  devices: Record<string, string>,
  conflicts: Record<string, string[]>,
][] = [
  ['gives each device its file', [file('/1', 0, 'a', 'b'), file('/2', 0, 'c')], { a: '/1', b: '/1', c: '/2' }, {}],
  ['lets the higher priority win', [file('/1', 0, 'a', 'b'), file('/2', 1, 'a')], { a: '/2', b: '/1' }, {}],
  ['lets the higher priority win in any order', [file('/2', 1, 'a'), file('/1', 0, 'a')], { a: '/2' }, {}],
  ['finds conflicts of one priority', [file('/1', 0, 'a', 'b'), file('/2', 0, 'a')], { b: '/1' }, { a: ['/1', '/2'] }],
  ['names every file of a conflict', [1, 2, 3].map((i) => file(`/${i}`, 0, 'a')), {}, { a: ['/1', '/2', '/3'] }],
  [
    'keeps a conflict that a higher file would fix',
    [file('/1', 0, 'a'), file('/2', 0, 'a'), file('/3', 1, 'a')],
    {},
    { a: ['/1', '/2'] },
  ],
  [
    'brings no lower device back',
    [file('/1', 0, 'a'), file('/2', 1, 'a'), file('/3', 1, 'a')],
    {},
    { a: ['/2', '/3'] },
  ],
  ['takes a directory twice for two priorities', [file('/1', 0, 'a'), file('/1', 1, 'a')], { a: '/1' }, {}],
  ['has no special names', [file('/1', 0, '__proto__', 'constructor')], { ['__proto__']: '/1', constructor: '/1' }, {}],
];
for (const [title, files, devices, conflicts] of cases)
  test(`indexDevices() ${title}`, () => {
    const index = indexDevices(Object.freeze(files));
    const full = ([name, value]: readonly [string, unknown]): [string, unknown] => [`v/c=${name}`, value];
    assert.deepEqual(
      [...index.devices].map(([name, found]) => [name, found.file.path]),
      Object.entries(devices).map(full),
    );
    for (const [name, found] of index.devices) assert.equal(name, found.name);
    assert.deepEqual([...index.conflicts], Object.entries(conflicts).map(full));
  });

test('indexDevices() gives the device of the winning file', () => {
  const [low, high] = [file('/1', 0, 'a'), file('/2', 1, 'a')];
  const found = indexDevices([low, high]).devices.get('v/c=a');
  assert.equal(found?.device, high.spec.devices[0]);
  assert.equal(found?.file, high);
});
