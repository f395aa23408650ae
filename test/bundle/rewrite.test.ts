import assert from 'node:assert/strict';
import { test } from 'node:test';
import { rewrite } from '../../src/bundle/rewrite.ts';
import { gatherAlone, planEdits } from '../../src/edits/apply.ts';
import { type Change, Draft } from '../../src/edits/draft.ts';
import type { ContainerEdits } from '../../src/edits/kinds.ts';
import type { Mode } from '../../src/edits/mode.ts';
import { assemble, type JsonTree } from '../../src/text/json.ts';
import { parseJson } from '../../src/text/json-syntax.ts';
import { fresh } from '../support/edit-document.ts';
import { LOOKUP } from '../support/edited-bundles.ts';

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
  const changes = planEdits(new Draft(tree, 0), gatherAlone(given), LOOKUP, mode);
  return { text: assemble(text, rewrite(tree, text.length, changes)), changes };
}

function nodeAt(tree: JsonTree, path: readonly string[]): number {
  let node = 0;
  for (const key of path) node = new Map(tree.members(node)).get(key) ?? assert.fail(`${key} is missing`);
  return node;
}

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
    [[fresh(7), { kept: one }], '{"a":[7, 1]}'],
  ] as const) {
    assert.equal(assemble(text, rewrite(tree, text.length, [{ path: ['a'], to: { list } }])), after);
  }
});
