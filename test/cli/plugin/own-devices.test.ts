// Which devices are devices of their own, told by their edits.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { chooseOwnDevices, listThings } from '../../../src/cli/plugin/own-devices.ts';

type Names = Readonly<Record<string, string>>;

function choose(devices: Names, before: readonly string[] = []): readonly string[] {
  const candidates = Object.entries(devices).map(([name, things]) => ({
    name: `v/c=${name}`,
    rank: 0,
    things: new Set(things.split(' ')),
  }));
  return chooseOwnDevices(
    candidates,
    before.map((name) => `v/c=${name}`),
  )
    .map(({ name }) => name.slice('v/c='.length))
    .sort();
}

const cases: readonly (readonly [title: string, devices: Names, before: readonly string[], own: readonly string[]])[] =
  [
    ['each with a node of its own', { a: '1', b: '2' }, [], ['a', 'b']],
    ['"all" beside two', { 0: '1', 1: '2', all: '1 2' }, [], ['0', '1']],
    ['"all" beside one, which is the same', { fuse: '1', all: '1' }, [], ['fuse']],
    ['"all" alone', { all: '1 2' }, [], ['all']],
    ['two names, the shorter one', { 'GPU-a': '1', 0: '1' }, [], ['0']],
    ['two names, the one that was there', { 'GPU-a': '1', 0: '1' }, ['GPU-a'], ['GPU-a']],
    ['two names that were there, the first', { 'GPU-a': '1', 0: '1' }, ['GPU-a', '0'], ['GPU-a']],
    ['a node that all of them need', { a: '1 ctl', b: '2 ctl', all: '1 2 ctl' }, [], ['a', 'b']],
    ['that node as a device, too', { a: '1 ctl', b: '2 ctl', ctl: 'ctl' }, [], ['a', 'b', 'ctl']],
    ['some of them together', { a: '1', b: '2', c: '3', pair: '1 2', all: '1 2 3' }, [], ['a', 'b', 'c']],
    ['parts of a card', { m0: 'card 1', m1: 'card 2', all: 'card 1 2' }, [], ['m0', 'm1']],
  ];
for (const [title, devices, before, own] of cases) test(title, () => assert.deepEqual(choose(devices, before), own));

test('every thing of every device is offered, and no two that are offered are the same', () => {
  const things = fc.uniqueArray(fc.constantFrom('1', '2', '3', '4'), { minLength: 1 });
  fc.assert(
    fc.property(fc.dictionary(fc.constantFrom('a', 'b', 'c', 'd', 'e', 'all'), things), (devices) => {
      const texts: Names = Object.fromEntries(
        Object.entries(devices).map(([name, list]) => [name, list.sort().join(' ')]),
      );
      const own = choose(texts).map((name) => texts[name] ?? '');
      assert.equal(new Set(own).size, own.length);
      const offered = new Set(own.flatMap((text) => text.split(' ')));
      assert.deepEqual(offered, new Set(Object.values(devices).flat()));
      // What was chosen stays so.
      assert.deepEqual(choose(texts, choose(texts)), choose(texts));
    }),
  );
});

test('what a device hands out: nodes and networks, else mounts, else all of it', () => {
  const identify = (path: string): string => (path.startsWith('/dev/by-id/') ? '/dev/0' : path);
  const list = (edits: Parameters<typeof listThings>[0]): string[] => [...listThings(edits, identify)];
  assert.deepEqual(
    list({ deviceNodes: [{ path: '/dev/x', hostPath: '/dev/by-id/a' }, { path: '/dev/1' }], env: ['A=1'] }),
    ['/dev/0', '/dev/1'],
  );
  assert.deepEqual(list({ netDevices: [{ hostInterfaceName: 'eth0', name: 'net0' }] }), ['net eth0']);
  assert.deepEqual(list({ mounts: [{ hostPath: '/a', containerPath: '/b' }], env: ['A=1'] }), ['mount /a']);
  assert.notDeepEqual(list({ env: ['A=1'] }), list({ env: ['A=2'] }));
});
