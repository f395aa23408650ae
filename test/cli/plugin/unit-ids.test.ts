// Ids of devices for a kubelet: they stay with what a device is.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { chooseIds } from '../../../src/cli/plugin/unit-ids.ts';

type Named = readonly [name: string, identity: string];

const choose = (devices: readonly Named[], before: readonly Named[] = []): readonly Named[] => {
  const known = new Map(before.map(([name, identity]) => [identity, name]));
  const named = devices.map(([name, identity]) => ({ name, identity }));
  return [...chooseIds(named, known, 24)].map(([identity, id]) => [id.replace(/[0-9a-f]{16}$/, 'DIGEST'), identity]);
};

const cases: readonly (readonly [
  title: string,
  devices: readonly Named[],
  before: readonly Named[],
  want: readonly Named[],
])[] = [
  ['the name is the id', [['0', 'a']], [], [['0', 'a']]],
  ['a long one is cut', [['x'.repeat(25), 'a']], [], [['xxxxxxx-DIGEST', 'a']]],
  ['another name changes nothing', [['GPU-1', 'a']], [['0', 'a']], [['0', 'a']]],
  [
    'names that are exchanged change nothing',
    [
      ['0', 'b'],
      ['1', 'a'],
    ],
    [
      ['0', 'a'],
      ['1', 'b'],
    ],
    [
      ['1', 'b'],
      ['0', 'a'],
    ],
  ],
  [
    'a new device by a name that is an id gets another id',
    [
      ['x', 'a'],
      ['0', 'b'],
    ],
    [['0', 'a']],
    [
      ['0', 'a'],
      ['0-DIGEST', 'b'],
    ],
  ],
  ['what is gone keeps its id', [], [['0', 'a']], [['0', 'a']]],
  ['unless what has its name now is another thing', [['0', 'b']], [['0', 'a']], [['0', 'b']]],
];

for (const [title, devices, before, want] of cases)
  test(`chooseIds(): ${title}`, () => assert.deepEqual(choose(devices, before), want));
