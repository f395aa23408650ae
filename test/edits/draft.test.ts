import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Draft } from '../../src/edits/draft.ts';
import { type JsonTree, valueReader } from '../../src/text/json.ts';
import { parseJson } from '../../src/text/json-syntax.ts';
import { fresh, refusal } from '../support/edit-document.ts';

function draftOf(text: string): Draft<number> {
  const tree: JsonTree | { syntax: string } = parseJson(text);
  return 'syntax' in tree ? assert.fail(tree.syntax) : new Draft(tree, 0);
}

const refused: [title: string, text: string, path: string[], why: string][] = [
  [
    'a document that is a list',
    '[]',
    ['process'],
    'the document is not an object; the OCI runtime specification says its form',
  ],
  [
    'a key twice',
    '{"process":{},"process":{}}',
    ['process'],
    'the document has "process" twice, which runtimes read differently; leave one of them',
  ],
  [
    'two spellings of a key',
    '{"linux":{"devices":[],"Devices":[]}}',
    ['linux', 'devices'],
    '"linux" has both "devices" and "Devices", which runtimes read differently; leave one of them',
  ],
  [
    'another spelling alone',
    '{"Process":{}}',
    ['process', 'env'],
    'the document has "Process", which only some runtimes read as "process"; write it as process',
  ],
  [
    'the long s',
    '{"proce\u017fs":{}}',
    ['process', 'env'],
    'the document has "proce\u017fs", which only some runtimes read as "process"; write it as process',
  ],
  [
    'the Kelvin sign',
    '{"hoo\u212as":{}}',
    ['hooks', 'prestart'],
    'the document has "hoo\u212as", which only some runtimes read as "hooks"; write it as hooks',
  ],
  [
    'another spelling below',
    '{"process":{"ENV":[]}}',
    ['process', 'env'],
    '"process" has "ENV", which only some runtimes read as "env"; write it as env',
  ],
];
for (const [title, text, path, why] of refused)
  test(`Draft refuses ${title}`, () => {
    assert.equal(
      refusal(() => draftOf(text).list(path)),
      `BAD_BUNDLE: cannot edit the container configuration: ${why}`,
    );
  });

test('Draft judges only the members that are asked for', () => {
  const draft = draftOf('{"x":{"a":1,"a":2,"A":3},"x":1,"X":2,"process":{"env":["A=1"]},"mounts":[{"b":1,"b":2}]}');
  assert.equal(draft.list(['process', 'env']).length, 1);
  assert.equal(draft.list(['mounts']).length, 1);
});

test('Draft takes null for absent', () => {
  const draft = draftOf('{"process":null,"linux":{"devices":null,"map":{"a":null,"b":1}}}');
  assert.deepEqual(draft.list(['process', 'env']), []);
  assert.deepEqual(draft.list(['linux', 'devices']), []);
  assert.deepEqual([...draft.map(['linux', 'map']).keys()], ['b']);
  assert.equal(draft.integer(['process', 'user', 'uid']), 0);
  assert.equal(draft.find(['linux', 'devices']), undefined);
});

test('Draft gives a list as it was last set, and changes in the order of first touch', () => {
  const document = Object.freeze({ mounts: Object.freeze([]) });
  const draft = new Draft(valueReader, document);
  draft.setList(['mounts'], [fresh(1)]);
  draft.setMember(['linux', 'intelRdt'], fresh({}), undefined);
  const list = draft.list(['mounts']);
  list.push(fresh(2));
  assert.deepEqual(draft.list(['mounts']), [fresh(1)]);
  draft.setList(['mounts'], list);
  assert.deepEqual(draft.changes(), [
    { path: ['mounts'], to: { list: [fresh(1), fresh(2)] } },
    { path: ['linux', 'intelRdt'], to: fresh({}) },
  ]);
});

test('Draft.map() has keys of any spelling, each once', () => {
  assert.deepEqual(
    [...draftOf('{"annotations":{"a":"1","A":"2","__proto__":"3"}}').map(['annotations']).keys()],
    ['a', 'A', '__proto__'],
  );
  assert.match(
    refusal(() => draftOf('{"annotations":{"a":"1","a":null}}').map(['annotations'])),
    /"annotations" has "a" twice/,
  );
});

test('Draft.entryText() refuses a member by another spelling, or twice', () => {
  const say = (text: string): string =>
    refusal(() => {
      const draft = draftOf(`{"mounts":[${text}]}`);
      for (const entry of draft.list(['mounts'])) if ('kept' in entry) draft.entryText(['mounts'], entry.kept, 'type');
    });
  assert.match(
    say('{"Type":"x"}'),
    /: "mounts" has "Type", which only some runtimes read as "type"; write it as type$/,
  );
  assert.match(
    say('{"type":"x","type":"y"}'),
    /: "mounts" has "type" twice, which runtimes read differently; leave one of them$/,
  );
  assert.match(say('{"type":{}}'), /: "mounts.type" is not a text; /);
  assert.match(say('[]'), /: "mounts" is not a list of objects; /);
});
