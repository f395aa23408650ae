// Which devices a container had best get: of one NUMA node, and no second share of a device before one of each.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { choosePreferred } from '../../../src/cli/plugin/preference.ts';

/** `a@0` is a device on node 0, `a@0/3` a share of it. */
function find(id: string): { device: string; numaNode: number | undefined } {
  const [device = '', node] = id.replace(/\/.*/, '').split('@');
  return { device, numaNode: node === undefined ? undefined : Number(node) };
}

type Case = readonly [title: string, available: string, must: string, size: number, chosen: string];
const cases: readonly Case[] = [
  ['the node that has just enough', 'a@0 b@0 c@0 d@1 e@1', '', 2, 'd@1 e@1'],
  ['the node where it has one already', 'a@0 b@0 d@1 e@1 f@1', 'a@0', 2, 'a@0 b@0'],
  ['the largest first where none is enough', 'a@0 b@1 c@1', '', 3, 'b@1 c@1 a@0'],
  ['devices without a node count as one', 'a b c@1', '', 2, 'a b'],
  ['what it must have is enough', 'a@0 b@0', 'b@0', 1, 'b@0'],
  ['no more than there are', 'a@0', '', 3, 'a@0'],
  ['a share of each device', 'a/0 a/1 b/0', '', 2, 'a/0 b/0'],
  ['the device with most shares left', 'a/1 b/0 b/1', '', 1, 'b/0'],
  ['another device than the one it has', 'a/0 a/1 b/1', 'a/0', 2, 'a/0 b/1'],
];
const words = (text: string): string[] => text.split(' ').filter((word) => word !== '');
for (const [title, available, must, size, chosen] of cases)
  test(title, () => {
    const wish = { available: words(available), mustInclude: words(must), size };
    assert.deepEqual(choosePreferred(wish, find), words(chosen));
  });

test('always as many as are wanted, each once, with those that it must have', () => {
  const id = fc
    .tuple(fc.constantFrom('a', 'b', 'c'), fc.nat(2), fc.nat(3))
    .map(([d, node, share]) => `${d}@${node}/${share}`);
  fc.assert(
    fc.property(fc.uniqueArray(id, { maxLength: 20 }), fc.nat(5), fc.nat(20), (available, must, more) => {
      const mustInclude = available.slice(0, must);
      const size = mustInclude.length + more;
      const chosen = choosePreferred({ available, mustInclude, size }, find);
      assert.equal(new Set(chosen).size, Math.min(size, available.length));
      assert.equal(chosen.length, Math.min(size, available.length));
      assert.deepEqual(chosen.slice(0, mustInclude.length), mustInclude);
      assert.ok(chosen.every((one) => available.includes(one)));
    }),
  );
});
