import { deepEqual, equal, throws } from 'node:assert/strict';
import { after, test } from 'node:test';
import { countValidatorChanges, judgeSpec, setSpecValidator } from '../../src/library/spec-validator.ts';
import type { Spec } from '../../src/library/typed-spec.ts';
import { CdiError } from '../../src/text/error.ts';

const SPEC: Spec = { cdiVersion: '0.6.0', kind: 'a/x', devices: [{ name: '0', containerEdits: { env: ['A=1'] } }] };
const ANY = { validateSpec: () => {} };

after(() => setSpecValidator(undefined));

const own = new CdiError('BAD_EDITS', { what: 'like it', why: 'it is odd' });
const thrown: [title: string, error: unknown, code: string, message: string][] = [
  ['a CdiError as it is', own, 'BAD_EDITS', 'cannot like it: it is odd'],
  ['any error by its message', new TypeError('it is odd'), 'BAD_SPEC', 'cannot load it: it is odd'],
  ['anything else by its text', 'it is odd', 'BAD_SPEC', 'cannot load it: it is odd'],
];
for (const [title, error, code, message] of thrown)
  test(`judgeSpec() throws ${title}`, () => {
    setSpecValidator({
      validateSpec: () => {
        throw error;
      },
    });
    throws(
      () => judgeSpec(SPEC, ANY, { what: 'load it', path: '/a' }),
      (found: unknown) => {
        deepEqual(found instanceof CdiError && [found.code, found.message], [code, message]);
        equal(found === error || (found instanceof CdiError && found.cause === error && found.path === '/a'), true);
        return true;
      },
    );
  });

test('judgeSpec() asks the schema first, and then the validator, with the same source', () => {
  const asked: unknown[] = [];
  const asking = (name: string) => ({ validateSpec: (...args: unknown[]) => void asked.push([name, ...args]) });
  const source = { path: '/a' };
  setSpecValidator(asking('own'));
  judgeSpec(SPEC, asking('schema'), source);
  deepEqual(asked, [
    ['schema', SPEC, source],
    ['own', SPEC, source],
  ]);
  setSpecValidator(undefined);
  judgeSpec(SPEC, asking('schema'), source);
  equal(asked.length, 3);
});

test('countValidatorChanges() rises with each change', () => {
  const before = countValidatorChanges();
  setSpecValidator(ANY);
  setSpecValidator(undefined);
  equal(countValidatorChanges(), before + 2);
});
