import assert from 'node:assert/strict';
import { test } from 'node:test';
import { CdiError, type ErrorDetails } from '../../src/text/error.ts';

const messages: [title: string, details: ErrorDetails, want: string][] = [
  ['says what and why', { what: 'load it', why: 'it is empty' }, 'cannot load it: it is empty'],
  [
    'says where',
    { what: 'load it', why: 'it is empty', at: { line: 3, column: 14 } },
    'cannot load it: line 3, column 14: it is empty',
  ],
  [
    'ends with what to do',
    { what: 'load it', why: 'it is empty', hint: 'fill it' },
    'cannot load it: it is empty; fill it',
  ],
  [
    'keeps the path out, which "what" names if it wants to',
    { what: 'load it', why: 'it is empty', path: '/etc/cdi/a.yaml' },
    'cannot load it: it is empty',
  ],
];
for (const [title, details, want] of messages)
  test(`CdiError ${title}`, () => assert.equal(new CdiError('BAD_SPEC', details).message, want));

test('CdiError carries its parts', () => {
  const cause = new Error('inner');
  const at = { line: 3, column: 14 };
  const error = new CdiError('BAD_SPEC', {
    what: 'load it',
    why: 'it is empty',
    path: '/a',
    at,
    hint: 'fill it',
    cause,
  });
  const { name, code, what, why, path, line, column, hint } = error;
  assert.deepEqual(
    { name, code, what, why, path, line, column, hint, cause: error.cause },
    {
      name: 'CdiError',
      code: 'BAD_SPEC',
      what: 'load it',
      why: 'line 3, column 14: it is empty',
      path: '/a',
      line: 3,
      column: 14,
      hint: 'fill it',
      cause,
    },
  );
  assert.ok(error instanceof Error);
});

test('CdiError has no cause where there is none', () => {
  const error = new CdiError('BAD_SPEC', { what: 'load it', why: 'it is empty' });
  assert.equal('cause' in error, false);
  assert.deepEqual([error.path, error.line, error.column, error.hint], [undefined, undefined, undefined, undefined]);
});
