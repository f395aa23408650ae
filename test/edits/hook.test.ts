import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type Hook, hooks } from '../../src/edits/hook.ts';
import { HOOK_NAMES } from '../../src/edits/hook-names.ts';
import { edited, editedText, refusal } from '../support/edit-document.ts';
import { deepFrozen } from '../support/json-documents.ts';

const hook = (more: Partial<Hook> = {}): Hook => ({ hookName: 'prestart', path: '/h', ...more });
const A = { env: ['A=1'] };
const B = { env: ['B=1'] };
const BARE = { path: '/h' };

const forms: [title: string, given: Partial<Hook>, want: object][] = [
  ['a path alone', {}, BARE],
  [
    'all fields',
    { args: ['h', 'x'], env: ['A=1'], timeout: 5 },
    { ...BARE, args: ['h', 'x'], env: ['A=1'], timeout: 5 },
  ],
  ['no empty lists', { args: [], env: [] }, BARE],
  ['a timeout of 0', { timeout: 0 }, { ...BARE, timeout: 0 }],
];
for (const [title, given, want] of forms)
  test(`applyHooks() writes ${title}`, () => {
    for (const hookName of HOOK_NAMES) {
      const after: unknown = edited({}, { hooks: [hook({ ...given, hookName })] }, 'once');
      assert.deepEqual(after, { hooks: { [hookName]: [want] } });
    }
  });

test('applyHooks() writes a timeout of 64 bits', () => {
  const text = '{"hooks":{"prestart":[{"path":"/h","timeout":9223372036854775807}]}}';
  assert.equal(editedText('{}', { hooks: [hook({ timeout: 2n ** 63n - 1n })] }, 'once'), text);
  assert.equal(editedText(text, { hooks: [hook({ timeout: 2n ** 63n - 1n })] }, 'once'), text);
});

test('applyHooks() keeps the order within each list', () => {
  const hooks = [hook({ path: '/1' }), hook({ hookName: 'poststop', path: '/2' }), hook({ path: '/3' })];
  assert.deepEqual(edited({ hooks: { prestart: [{ path: '/0' }] } }, { hooks }, 'once'), {
    hooks: { prestart: [{ path: '/0' }, { path: '/1' }, { path: '/3' }], poststop: [{ path: '/2' }] },
  });
});

const repeated: [title: string, there: object[], given: Partial<Hook>[], append: object[], once: object[]][] = [
  ['one that is there', [BARE], [{}], [BARE, BARE], [BARE]],
  [
    'one that is there with empty and null fields',
    [{ ...BARE, args: [], env: null }],
    [{}],
    [{ ...BARE, args: [], env: null }, BARE],
    [{ ...BARE, args: [], env: null }],
  ],
  ['one twice in the edits', [], [{}, {}], [BARE, BARE], [BARE, BARE]],
  ['one twice in the edits and once there', [BARE], [{}, {}], [BARE, BARE, BARE], [BARE]],
  ['one with an env and a bare one there', [BARE], [A], [BARE, { ...BARE, ...A }], [{ ...BARE, ...A }]],
  [
    'one with an env and two bare ones there',
    [BARE, BARE],
    [A],
    [BARE, BARE, { ...BARE, ...A }],
    [
      { ...BARE, ...A },
      { ...BARE, ...A },
    ],
  ],
  [
    'one with an env twice and a bare one there',
    [BARE],
    [A, A],
    [BARE, { ...BARE, ...A }, { ...BARE, ...A }],
    [{ ...BARE, ...A }],
  ],
  [
    'two with different env and a bare one there',
    [BARE],
    [A, B],
    [BARE, { ...BARE, ...A }, { ...BARE, ...B }],
    [
      { ...BARE, ...A },
      { ...BARE, ...B },
    ],
  ],
  [
    'a bare one and one with an env, and a bare one there',
    [BARE],
    [{}, A],
    [BARE, BARE, { ...BARE, ...A }],
    [BARE, { ...BARE, ...A }],
  ],
  [
    'a bare one, and one with an env there',
    [{ ...BARE, ...A }],
    [{}],
    [{ ...BARE, ...A }, BARE],
    [{ ...BARE, ...A }, BARE],
  ],
  [
    'one with an env, there with it and bare',
    [BARE, { ...BARE, ...A }],
    [A],
    [BARE, { ...BARE, ...A }, { ...BARE, ...A }],
    [BARE, { ...BARE, ...A }],
  ],
  [
    'one whose args differ',
    [{ ...BARE, args: ['x'] }],
    [{ args: ['y'] }],
    [
      { ...BARE, args: ['x'] },
      { ...BARE, args: ['y'] },
    ],
    [
      { ...BARE, args: ['x'] },
      { ...BARE, args: ['y'] },
    ],
  ],
  [
    'one whose timeout is absent there',
    [BARE],
    [{ timeout: 0 }],
    [BARE, { ...BARE, timeout: 0 }],
    [BARE, { ...BARE, timeout: 0 }],
  ],
];
for (const [title, there, given, append, once] of repeated)
  test(`applyHooks() is given ${title}`, () => {
    const document = { hooks: { prestart: there } };
    const hooks = given.map(hook);
    assert.deepEqual(edited(document, { hooks }, 'append'), { hooks: { prestart: append } });
    const after: unknown = edited(document, { hooks }, 'once');
    assert.deepEqual(after, { hooks: { prestart: once } });
    assert.deepEqual(edited(after, { hooks }, 'once'), after);
  });

test('applyHooks() compares timeouts beyond 2^53 (a bare hook is completed once)', () => {
  const timeout = 2n ** 63n - 1n;
  const text = '{"hooks":{"prestart":[{"path":"/h","timeout":9223372036854775807}]}}';
  const hooks = [hook({ ...A, timeout }), hook({ ...A, timeout })];
  const want = '{"hooks":{"prestart":[{"path":"/h","env":["A=1"],"timeout":9223372036854775807}]}}';
  assert.equal(editedText(text, { hooks }, 'once'), want);
});

test('applyHooks() refuses a name that the runtime spec does not have', () => {
  assert.equal(
    refusal(() => edited({}, { hooks: [hook({ hookName: 'preStart' })] }, 'once')),
    'BAD_EDITS: cannot inject hooks: hook name "preStart" is unknown; did you mean "prestart"?',
  );
});

const odd: [title: string, hooks: unknown, why: string][] = [
  ['hooks that are a list', [], '"hooks" is not an object'],
  ['a list that is an object', { prestart: {} }, '"hooks.prestart" is not a list'],
];
for (const [title, hooks, why] of odd)
  test(`applyHooks() refuses ${title}`, () => {
    assert.equal(
      refusal(() => edited({ hooks }, { hooks: [hook()] }, 'once')),
      `BAD_BUNDLE: cannot edit the container configuration: ${why}; the OCI runtime specification says its form`,
    );
  });

test('applyHooks() leaves odd entries of a list as they are', () => {
  const text = '{"hooks":{"prestart":[ 5 ,null]}}';
  assert.equal(editedText(text, { hooks: [hook()] }, 'once'), '{"hooks":{"prestart":[ 5 ,null ,{"path":"/h"}]}}');
});

const completed: [title: string, given: Partial<Hook>, env: string[] | undefined][] = [
  ['a hook without env', { hookName: 'prestart' }, ['PATH=/bin']],
  ['a hook with an empty env', { hookName: 'createContainer', env: [] }, ['PATH=/bin']],
  ['a hook with an env', { hookName: 'poststop', env: ['A=1'] }, ['A=1']],
  ['a hook inside the container', { hookName: 'startContainer' }, undefined],
];
for (const [title, given, env] of completed)
  test(`a hook gets an env where it has none: ${title}`, () => {
    const hook: Hook = { hookName: '', path: '/h', ...given };
    assert.deepEqual(hooks.completed?.(deepFrozen(hook), ['PATH=/bin']), { ...hook, ...(env && { env }) });
  });
