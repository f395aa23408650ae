import assert from 'node:assert/strict';
import { test } from 'node:test';
import { assignChanges } from '../../src/edits/assign.ts';
import { fresh } from '../support/edit-document.ts';

test('assignChanges() keeps the very same objects', () => {
  const mount = { destination: '/a' };
  const linux = {};
  const document: Record<string, unknown> = { mounts: [mount], linux };
  assignChanges(document, [
    { path: ['mounts'], to: { list: [fresh({ destination: '/b' }), { kept: mount }] } },
    { path: ['linux', 'intelRdt'], to: fresh({ closID: 'c' }) },
  ]);
  assert.deepEqual(document, {
    mounts: [{ destination: '/b' }, { destination: '/a' }],
    linux: { intelRdt: { closID: 'c' } },
  });
  assert.equal((document['mounts'] as unknown[])[1], mount);
  assert.equal(document['linux'], linux);
});

test('assignChanges() makes sections with what they need, also for null', () => {
  for (const document of [{}, { process: null }, { process: undefined }]) {
    assignChanges(document, [{ path: ['process', 'user', 'additionalGids'], to: { list: [fresh(5)] } }]);
    assert.deepEqual(document, { process: { user: { uid: 0, gid: 0, additionalGids: [5] }, cwd: '' } });
  }
});

test('assignChanges() copies what it puts in', () => {
  const value = Object.freeze({ args: Object.freeze(['a']), gone: undefined, big: 2n ** 63n });
  const document = {};
  assignChanges(document, [{ path: ['x'], to: { list: [fresh(value)] } }]);
  assert.deepEqual(document, { x: [{ args: ['a'], big: 2n ** 63n }] });
  const [put] = (document as { x: { args: string[] }[] }).x;
  put?.args.push('b');
  assert.deepEqual(value.args, ['a']);
});

test('assignChanges() reaches no prototype', () => {
  const document = {};
  assignChanges(document, [
    { path: ['__proto__', 'polluted'], to: fresh(true) },
    { path: ['constructor', 'prototype', 'polluted'], to: fresh(true) },
    { path: ['toString'], to: fresh({ __proto__: null, a: 1 }) },
  ]);
  assert.equal(Object.getOwnPropertyDescriptor(Object.prototype, 'polluted'), undefined);
  assert.deepEqual(Object.keys(document), ['__proto__', 'constructor', 'toString']);
});

const frozen: [title: string, document: () => object, want: string][] = [
  ['the section of a later change', () => ({ a: {}, b: Object.freeze({ c: 1 }) }), '"b.x"'],
  ['a value of it', () => ({ a: {}, b: Object.freeze({ x: 1 }) }), '"b.x"'],
  ['the document', () => Object.freeze({ a: {} }), '"b"'],
];
for (const [title, make, place] of frozen)
  test(`assignChanges() changes nothing where ${title} is frozen`, () => {
    const document = make();
    const before = JSON.stringify(document);
    const changes = [
      { path: ['a', 'x'], to: fresh(1) },
      { path: ['b', 'x'], to: fresh(2) },
    ];
    assert.throws(() => assignChanges(document, changes), {
      code: 'BAD_BUNDLE',
      message: new RegExp(`${place} cannot be`),
    });
    assert.equal(JSON.stringify(document), before);
  });
