import { deepEqual, equal } from 'node:assert/strict';
import { test } from 'node:test';
import { Numeral } from '../../src/schema/numeral.ts';
import type { Value } from '../../src/schema/value.ts';
import {
  describe,
  describeViolation,
  type ValidatorError,
  type Violation,
  writeFieldName,
} from '../../src/schema/violation.ts';

const DOCUMENT: Value = { list: [{ 'a/b~c': new Numeral('5') }], flag: true, 0: 'zero' };

const cases: [title: string, finding: ValidatorError, want: Violation][] = [
  [
    'names a missing field itself, not its parent',
    { instancePath: '/list/0', keyword: 'required', params: { missingProperty: 'name' } },
    { field: ['list', 0, 'name'], why: 'the field is missing', hint: 'add it' },
  ],
  [
    'reads the escapes of a pointer, and advises quotes for a bare number',
    { instancePath: '/list/0/a~1b~0c', keyword: 'type', params: { type: 'string' } },
    { field: ['list', 0, 'a/b~c'], why: '5 stands where a text is needed', hint: 'put it in quotes' },
  ],
  [
    'takes a key of digits for a key',
    { instancePath: '/0', keyword: 'type', params: { type: ['array', 'null'] } },
    { field: ['0'], why: 'the text "zero" stands where a list or nothing is needed', hint: undefined },
  ],
  [
    'spells the bounds of 64-bit numbers out',
    { instancePath: '/list/0/a~1b~0c', keyword: 'maximum', params: { limit: 2 ** 63 } },
    { field: ['list', 0, 'a/b~c'], why: '5 is too large', hint: 'use at most 9223372036854775807' },
  ],
  [
    'names an unknown field',
    { instancePath: '', keyword: 'additionalProperties', params: { additionalProperty: 'flag' } },
    { field: ['flag'], why: 'the field is unknown', hint: 'remove it' },
  ],
  [
    'passes on what ajv says of other rules',
    { instancePath: '/0', keyword: 'pattern', params: { pattern: '^x' }, message: 'must match pattern "^x"' },
    { field: ['0'], why: 'the text "zero" must match pattern "^x"' },
  ],
  [
    'has words where ajv has none, for names of Object.prototype too',
    { instancePath: '/flag', keyword: 'toString', params: {} },
    { field: ['flag'], why: 'true breaks the rule toString' },
  ],
];
for (const [title, finding, want] of cases) {
  test(`describeViolation() ${title}`, () => deepEqual(describeViolation(finding, DOCUMENT), want));
}

test('writeFieldName() quotes keys that are no plain words', () => {
  equal(writeFieldName(['devices', 0, 'annotations', 'bad key']), 'devices[0].annotations["bad key"]');
  equal(writeFieldName([]), '');
});

test('describe() cuts endless numbers', () => equal(describe(new Numeral('1'.repeat(99))), `${'1'.repeat(40)}…`));
