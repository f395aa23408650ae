// Which annotations no one may take over from an image: those that ask for devices, as `features` tells them.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { asksForFeatures, type Family } from '../../src/oci/command-line.ts';
import { listUnsafeAnnotations } from '../../src/requests/unsafe-annotations.ts';
import { optionsOf, read, type Said } from './read.ts';

const rows: [said: Said, want: string[]][] = [
  [{}, ['cdi.k8s.io/', 'optional.cdi.k8s.io/', 'cdi.k8s.', 'optional.cdi.k8s.']],
  [{ annotations: { enabled: true, prefixes: ['gpu/'] } }, ['gpu/', 'optional.gpu/', 'optional.']],
  [
    { annotations: { prefixes: ['a.b/', 'a.c/'] } },
    ['a.b/', 'optional.a.b/', 'a.c/', 'optional.a.c/', 'a.', 'optional.a.'],
  ],
  [{ annotations: { prefixes: [] } }, []],
  [{ annotations: { enabled: false } }, []],
];
for (const [said, want] of rows)
  test(`listUnsafeAnnotations() of ${JSON.stringify(said)}`, () =>
    assert.deepEqual(listUnsafeAnnotations(optionsOf(said)), want));

test('every annotation that asks is among them, as the runtime specification reads them', () => {
  const unsafe = listUnsafeAnnotations(optionsOf({}));
  for (const key of ['cdi.k8s.io/', 'cdi.k8s.io/x', 'optional.cdi.k8s.io/x']) {
    assert.equal(read({ annotations: { [key]: 'a.b/c=d' } }).requests.length, 1);
    assert.ok(
      unsafe.some((entry) => entry === key || (entry.endsWith('.') && key.startsWith(entry))),
      key,
    );
  }
});

const lines: [family: Family, words: string, want: boolean][] = [
  ['runc', 'features', true],
  ['runc', '--debug --root /x features', true],
  ['runc', '--root features', false],
  ['runc', 'features --help', false],
  ['runc', 'features x', false],
  ['runc', 'state features', false],
  ['runc', '--unheard-of features', false],
  ['crun', 'features', true],
  ['crun', '--root=/x features', true],
  ['crun', 'features x', false],
  ['youki', 'features', true],
  ['youki', '--root /x features', true],
  ['runsc', '--root /x features', true],
];
for (const [family, words, want] of lines)
  test(`asksForFeatures() of ${family} ${words}`, () => assert.equal(asksForFeatures(family, words.split(' ')), want));
