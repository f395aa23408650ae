// Names of devices: valid whatever the host says, and each once.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { validateDeviceName } from '../../src/cdi/device-name.ts';
import { makeDeviceName, makeDistinctNames } from '../../src/generate/device-names.ts';

const spelled: [title: string, text: string, want: string][] = [
  ['leaves a valid name alone', 'pci-0000:00:02.0', 'pci-0000:00:02.0'],
  ['spells what may not stand in a name', 'usb-A+B (1)x', 'usb-A_2bB_20_281_29x'],
  ['spells letters beyond ASCII, those of two units too', 'ü😀', 'x_fc_1f600'],
  ['spells a mark at the end', 'if00-', 'if00_2d'],
  ['puts a letter before a mark at the start', '-port0', 'x-port0'],
  ['makes a name of a mark', '.', 'x_2e'],
  ['makes a name of nothing', '', 'x_0'],
];
for (const [title, text, want] of spelled) {
  test(`makeDeviceName() ${title}`, () => {
    assert.equal(makeDeviceName(text), want);
    validateDeviceName(want);
  });
}

const chosen: [title: string, lists: string[][], want: string[]][] = [
  [
    'takes the first of each where they differ',
    [
      ['a', 'x'],
      ['b', 'x'],
    ],
    ['a', 'b'],
  ],
  [
    'sends both of two that collide to their next',
    [
      ['a', 'x'],
      ['a', 'y'],
      ['b', 'z'],
    ],
    ['x', 'y', 'b'],
  ],
  [
    'goes on as long as anything collides',
    [
      ['a', 'x', '1'],
      ['a', 'x', '2'],
      ['x', 'y'],
    ],
    ['1', '2', 'y'],
  ],
  ['gives none a name that is taken', [['all', 'x']], ['x']],
  [
    'sees that two names are spelled alike',
    [
      ['a+', 'x'],
      ['a_2b', 'y'],
    ],
    ['x', 'y'],
  ],
  ['lets a last name be, whatever collides with it', [['a'], ['a', 'x']], ['a', 'x']],
  ['has nothing to do with nothing', [], []],
];
for (const [title, lists, want] of chosen) {
  test(`makeDistinctNames() ${title}, in either order`, () => {
    assert.deepEqual(makeDistinctNames(lists, ['all']), want);
    assert.deepEqual(makeDistinctNames(lists.toReversed(), ['all']), want.toReversed());
  });
}
