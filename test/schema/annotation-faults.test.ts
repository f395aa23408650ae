import { deepEqual } from 'node:assert/strict';
import { test } from 'node:test';
import { findAnnotationFaults } from '../../src/schema/annotation-faults.ts';
import { Numeral } from '../../src/schema/numeral.ts';

const keys: [title: string, key: string, why: string | undefined][] = [
  ['takes a plain name', 'a', undefined],
  ['takes a prefix and a name, upper case too', 'EXAMPLE.com/My_Name.x-1', undefined],
  ['takes what is lower case in ASCII only after lowering, as Go does it', '\u212a\u0130', undefined],
  ['takes a name of 63 bytes', 'k'.repeat(63), undefined],
  ['refuses one of 64', 'k'.repeat(64), `the key's name has more than 63 bytes`],
  ['takes a prefix of 253 bytes', `${'p'.repeat(253)}/x`, undefined],
  ['refuses one of 254', `${'p'.repeat(254)}/x`, 'the key has more than 253 bytes before its "/"'],
  ['refuses an empty key', '', 'the key is empty'],
  ['refuses an empty prefix', '/x', 'the key has nothing before its "/"'],
  ['refuses an empty name', 'x/', 'the key has nothing after its "/"'],
  ['refuses two slashes', 'a/b/c', 'the key has more than one "/"'],
  ['refuses a prefix that is no domain', 'ex_ample.com/x', `the key's prefix "ex_ample.com" is no domain name`],
  ['refuses a label that ends in a hyphen', 'a-.b/x', `the key's prefix "a-.b" is no domain name`],
  ['refuses a blank', 'bad key', 'the key needs a letter or digit at both ends, and between them also . _ - only'],
  [
    'refuses a line break at the end',
    'a\n',
    'the key needs a letter or digit at both ends, and between them also . _ - only',
  ],
  [
    'refuses letters beyond ASCII',
    'é',
    'the key needs a letter or digit at both ends, and between them also . _ - only',
  ],
];
for (const [title, key, why] of keys) {
  test(`findAnnotationFaults() ${title}`, () => {
    const want = why === undefined ? [] : [{ field: ['annotations', key], why }];
    deepEqual(findAnnotationFaults({ annotations: { [key]: 'x' } }), want);
  });
}

test('findAnnotationFaults() bounds the size of all together', () => {
  deepEqual(findAnnotationFaults({ annotations: { a: 'x'.repeat(256 * 1024 - 1) } }), []);
  deepEqual(findAnnotationFaults({ annotations: { a: `${'x'.repeat(256 * 1024 - 2)}é` } }), [
    { field: ['annotations'], why: 'together they have 262145 bytes', hint: 'use at most 262144' },
  ]);
});

test('findAnnotationFaults() looks at devices, and at the types of values', () => {
  const devices = [null, { annotations: { a: new Numeral('1') } }, new Numeral('5')];
  deepEqual(findAnnotationFaults({ annotations: 'no mapping', devices }), [
    { field: ['devices', 1, 'annotations', 'a'], why: '1 stands where a text is needed' },
    { field: ['devices', 2], why: '5 stands where a mapping is needed' },
  ]);
  deepEqual(findAnnotationFaults(null), []);
});
