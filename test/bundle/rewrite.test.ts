import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { rewrite } from '../../src/bundle/rewrite.ts';
import type { ContainerEdits } from '../../src/cdi/spec.ts';
import { planEdits } from '../../src/edits/apply.ts';
import { assignChanges } from '../../src/edits/assign.ts';
import { type Change, Draft } from '../../src/edits/draft.ts';
import type { Mode } from '../../src/edits/mode.ts';
import { assemble, type JsonTree, valueReader } from '../../src/text/json.ts';
import { parseJson } from '../../src/text/json-syntax.ts';
import { bundleDocument, edits, LOOKUP, looseDocument } from '../support/edited-bundles.ts';
import { deepFrozen, meaningOf, print, RUNS } from '../support/json-documents.ts';

function parsed(text: string): JsonTree {
  const tree = parseJson(text);
  return 'syntax' in tree ? assert.fail(`${tree.syntax} in ${text}`) : tree;
}

interface Edited {
  readonly text: string;
  readonly changes: readonly Change<number>[];
}

function edit(text: string, given: ContainerEdits, mode: Mode): Edited {
  const tree = parsed(text);
  const changes = planEdits(new Draft(tree, 0), given, LOOKUP, mode);
  return { text: assemble(text, rewrite(tree, text.length, changes)), changes };
}

/** The part of a text that a node is. */
function slice(text: string, tree: JsonTree, node: number): string {
  return text.slice(tree.start(node), tree.end(node));
}

/** Holds that a node differs only at the given paths below it, in every byte. */
function assertSameOutside(before: string, after: string, paths: readonly (readonly string[])[]): void {
  const [old, now] = [parsed(before), parsed(after)];
  assert.equal(before.slice(0, old.start(0)), after.slice(0, now.start(0)));
  assert.equal(before.slice(old.end(0)), after.slice(now.end(0)));
  compare(0, 0, paths);

  function compare(left: number, right: number, changed: readonly (readonly string[])[]): void {
    if (changed.length === 0) assert.equal(slice(after, now, right), slice(before, old, left));
    if (changed.length === 0 || changed.some((path) => path.length === 0)) return;
    const was = old.kind(left) === 'object' ? old.members(left) : [];
    const is = now.members(right);
    if (was.length === 0) return;
    let [oldEnd, newEnd] = [old.start(left), now.start(right)];
    for (const [place, [key, member]] of was.entries()) {
      const [newKey, newMember] = is[place] ?? assert.fail(`${key} is gone`);
      assert.equal(newKey, key);
      assert.equal(after.slice(newEnd, now.start(newMember)), before.slice(oldEnd, old.start(member)));
      compare(
        member,
        newMember,
        changed.filter((path) => path[0] === key).map((path) => path.slice(1)),
      );
      [oldEnd, newEnd] = [old.end(member), now.end(newMember)];
    }
    const added = is.slice(was.length);
    for (const [key] of added)
      assert.ok(
        changed.some((path) => path[0] === key),
        `${key} came from nowhere`,
      );
    const last = added.at(-1);
    if (last !== undefined) newEnd = now.end(last[1]);
    assert.equal(after.slice(newEnd, now.end(right)), before.slice(oldEnd, old.end(left)));
  }
}

const mode = fc.constantFrom<Mode>('append', 'once');
const loose = looseDocument.chain((document) => fc.nat().map((seed) => print(document, seed)));
const single = bundleDocument.chain((document) => fc.nat().map((seed) => print(document, seed)));
const options = { numRuns: RUNS };

test('rewrite() changes no byte outside the edited members, nor in a list entry that stays', () => {
  fc.assert(
    fc.property(loose, edits, mode, (before, given, how) => {
      const { text, changes } = edit(before, given, how);
      if (changes.length === 0) assert.equal(text, before);
      const paths = changes.map(({ path }) => path);
      assertSameOutside(before, text, paths);
      const [old, now] = [parsed(before), parsed(text)];
      for (const { path, to } of changes) {
        if (!('list' in to)) continue;
        const entries = now.elements(nodeAt(now, path));
        assert.equal(entries.length, to.list.length);
        for (const [place, entry] of to.list.entries()) {
          if ('kept' in entry) assert.equal(slice(text, now, entries[place] ?? 0), slice(before, old, entry.kept));
        }
      }
    }),
    options,
  );
});

function nodeAt(tree: JsonTree, path: readonly string[]): number {
  let node = 0;
  for (const key of path) node = new Map(tree.members(node)).get(key) ?? assert.fail(`${key} is missing`);
  return node;
}

test('rewrite() of a text means the same as assignChanges() in memory, whose input planEdits() leaves alone', () => {
  fc.assert(
    fc.property(loose, edits, mode, (before, given, how) => {
      const document = meaningOf(parsed(before));
      assert.ok(typeof document === 'object' && document !== null);
      planEdits(new Draft<unknown>(valueReader, deepFrozen(meaningOf(parsed(before)))), deepFrozen(given), LOOKUP, how);
      assignChanges(document, planEdits(new Draft<unknown>(valueReader, document), given, LOOKUP, how));
      assert.deepEqual(meaningOf(parsed(edit(before, given, how).text)), document);
    }),
    options,
  );
});

test("planEdits() in mode 'once' finds everything there the second time", () => {
  fc.assert(
    fc.property(loose, edits, (before, given) => {
      const first = edit(before, given, 'once').text;
      assert.deepEqual(edit(first, given, 'once'), { text: first, changes: [] });
    }),
    options,
  );
});

test("planEdits() in mode 'once' finds everything there after mode 'append', where no path has two nodes", () => {
  fc.assert(
    fc.property(single, edits, (before, given) => {
      const appended = edit(before, given, 'append').text;
      assert.deepEqual(edit(appended, given, 'once'), { text: appended, changes: [] });
    }),
    options,
  );
});

const layouts: [title: string, before: string, given: ContainerEdits, after: string][] = [
  [
    'an empty document',
    ' {} \n',
    { env: ['A=1'] },
    ' {"process":{"user":{"uid":0,"gid":0},"cwd":"","env":["A=1"]}} \n',
  ],
  ['a compact list', '{"process":{"env":["B=1"]}}', { env: ['A=1'] }, '{"process":{"env":["B=1","A=1"]}}'],
  [
    'a list with a line for each entry',
    '{"process":{"env":[\n\t"B=1",\n\t"C=1"\n]}}',
    { env: ['A=1'] },
    '{"process":{"env":[\n\t"B=1",\n\t"C=1",\n\t"A=1"\n]}}',
  ],
  [
    'a list on one line with blanks',
    '{"process":{"env":[ "B=1" ]}}',
    { env: ['A=1'] },
    '{"process":{"env":[ "B=1", "A=1" ]}}',
  ],
  ['an empty list', '{"process":{"env":[ ]}}', { env: ['A=1', 'B=1'] }, '{"process":{"env":["A=1","B=1"]}}'],
  ['a list that is null', '{"process":{"env": null }}', { env: ['A=1'] }, '{"process":{"env": ["A=1"] }}'],
  [
    'a section that is null',
    '{"process" : null}',
    { env: ['A=1'] },
    '{"process" : {"user":{"uid":0,"gid":0},"cwd":"","env":["A=1"]}}',
  ],
  [
    'a section without the list',
    '{"process":{\n  "cwd" : "/"\n}}',
    { env: ['A=1'] },
    '{"process":{\n  "cwd" : "/",\n  "env" : ["A=1"]\n}}',
  ],
  [
    'two sections that are missing',
    '{\n "ociVersion": "1.2.0"\n}',
    { additionalGids: [5], intelRdt: { closID: 'c' } },
    '{\n "ociVersion": "1.2.0",\n "linux": {"intelRdt":{"closID":"c"}},\n "process": {"user":{"uid":0,"gid":0,"additionalGids":[5]},"cwd":""}\n}',
  ],
  [
    'a key with a colon and quotes in it',
    '{"process":{"a\\":\\"b" :  1}}',
    { env: ['A=1'] },
    '{"process":{"a\\":\\"b" :  1,"env" :  ["A=1"]}}',
  ],
  [
    'white space beyond reason, which is not copied',
    `{"process":{"env":["B=1",${' '.repeat(300)}"C=1"]}}`,
    { env: ['A=1'] },
    `{"process":{"env":["B=1",${' '.repeat(300)}"C=1","A=1"]}}`,
  ],
  [
    'a replaced entry between others',
    '{"process":{"env":["B=1",\n"A=0" ,"C=\\u0031"]}}',
    { env: ['A=1'] },
    '{"process":{"env":["B=1",\n"A=1" ,"C=\\u0031"]}}',
  ],
  [
    'fewer mounts at the end than before',
    '{"mounts":[{"destination":"/a"}, {"destination":"/a/b"}, {"destination":"/c"}]}',
    { mounts: [{ hostPath: '/h', containerPath: '/a' }] },
    '{"mounts":[{"destination":"/c"}, {"destination":"/a","source":"/h"}, {"destination":"/a/b"}]}',
  ],
  ['keys with escapes', '{"proc\\u0065ss":{"env":["A=0"]}}', { env: ['A=1'] }, '{"proc\\u0065ss":{"env":["A=1"]}}'],
  [
    'an integer that no double holds, right beside',
    '{"process":{"rlimits":[18446744073709551615],"env":[]}}',
    { env: ['A=1'] },
    '{"process":{"rlimits":[18446744073709551615],"env":["A=1"]}}',
  ],
];
for (const [title, before, given, after] of layouts)
  test(`rewrite() follows the layout of ${title}`, () => assert.equal(edit(before, given, 'append').text, after));

test('rewrite() shortens a list', () => {
  const text = '{"a":[1, 2,\n3]}';
  const tree = parsed(text);
  const [one = 0] = tree.elements(nodeAt(tree, ['a']));
  for (const [list, after] of [
    [[{ kept: one }], '{"a":[1]}'],
    [[{ value: 7 }, { kept: one }], '{"a":[7, 1]}'],
  ] as const) {
    assert.equal(assemble(text, rewrite(tree, text.length, [{ path: ['a'], to: { list } }])), after);
  }
});
