import assert from 'node:assert/strict';
import { test } from 'node:test';
import { refusal } from '../support/edit-document.ts';
import { asking, requestsOf, type Said } from './read.ts';

const A = 'vendor.com/gpu=a';
const B = 'vendor.com/gpu=b';

const taken: [title: string, annotations: object, want: string[], said?: Said][] = [
  ['a name', { 'cdi.k8s.io/x': A }, [`${A} by annotation cdi.k8s.io/x`]],
  [
    'several names in order',
    { 'cdi.k8s.io/x': `${B},${A}` },
    [`${B} by annotation cdi.k8s.io/x`, `${A} by annotation cdi.k8s.io/x`],
  ],
  ['a key with nothing after its prefix', { 'cdi.k8s.io/': A }, [`${A} by annotation cdi.k8s.io/`]],
  ['a name with a colon', { 'cdi.k8s.io/x': 'a/b=0:1' }, ['a/b=0:1 by annotation cdi.k8s.io/x']],
  ['an optional one', { 'optional.cdi.k8s.io/x': A }, [`${A} by annotation optional.cdi.k8s.io/x, optional`]],
  [
    'a device as optional and as needed',
    { 'cdi.k8s.io/x': A, 'optional.cdi.k8s.io/x': A },
    [`${A} by annotation cdi.k8s.io/x`, `${A} by annotation optional.cdi.k8s.io/x, optional`],
  ],
  [
    'keys of other prefixes',
    { 'a.example/x': A, 'b.example/y/z': B, 'cdi.k8s.io/x': 'a/b=c' },
    [`${A} by annotation a.example/x`, `${B} by annotation b.example/y/z`],
    { annotations: { prefixes: ['a.example/', 'b.example/'] } },
  ],
  [
    'a prefix that is optional by its own name as optional',
    { 'optional.cdi.k8s.io/x': A },
    [`${A} by annotation optional.cdi.k8s.io/x, optional`],
    { annotations: { prefixes: ['optional.cdi.k8s.io/'] } },
  ],
  [
    'a bare name, where there is a kind for it',
    { 'cdi.k8s.io/x': `0,${A},GPU-1f:2` },
    [
      'a.b/c=0 by annotation cdi.k8s.io/x',
      `${A} by annotation cdi.k8s.io/x`,
      'a.b/c=GPU-1f:2 by annotation cdi.k8s.io/x',
    ],
    { defaultKind: 'a.b/c' },
  ],
  [
    'one beside null and odd ones',
    { 'cdi.k8s.io/n': null, y: 5, 'cdi.k8s.io/x': A },
    [`${A} by annotation cdi.k8s.io/x`],
  ],
  [
    'one beside keys that differ by case only',
    { y: '1', Y: '2', 'cdi.k8s.io/x': A },
    [`${A} by annotation cdi.k8s.io/x`],
  ],
];
for (const [title, annotations, want, said] of taken)
  test(`annotations: ${title} is taken`, () => assert.deepEqual(requestsOf(asking(annotations), said), want));

const ignored: [title: string, annotations: object, said?: Said][] = [
  [
    'other prefixes',
    { 'xcdi.k8s.io/x': A, 'cdi.k8s.io': A, 'CDI.k8s.io/x': A, 'optional.optional.cdi.k8s.io/x': A, 'optional./x': A },
  ],
  ['all of them without a prefix', { 'cdi.k8s.io/x': A, '/x': A }, { annotations: { prefixes: [] } }],
];
for (const [title, annotations, said] of ignored)
  test(`annotations: ${title} are ignored`, () => assert.deepEqual(requestsOf(asking(annotations), said), []));

const HINT = 'write it as vendor.com/class=name';
const refused: [value: unknown, why: string, said?: Said][] = [
  ['', 'it names no device; name devices as vendor.com/class=name'],
  [5, 'its value is not a text'],
  [`${A},`, 'device "": a name between commas is missing'],
  [`,${A}`, 'device "": a name between commas is missing'],
  [`${A},,${B}`, 'device "": a name between commas is missing'],
  ['gpu0', `device "gpu0": it has no "="; ${HINT}`],
  ['vendor.com/gpu', `device "vendor.com/gpu": it has no "="; ${HINT}`],
  [
    `${A}, ${B}`,
    'device " vendor.com/gpu=b": vendor " vendor.com" starts with a space; use ASCII letters, digits and . _ - with a letter first and a letter or digit last',
  ],
  [
    'a/b=c\n',
    'device "a/b=c\\n": device name "c\\n" ends with "\\n"; use ASCII letters, digits and . _ - : with a letter or digit first and last',
  ],
  ['vendor.com/0', `device "vendor.com/0": it has no "="; ${HINT}`, { defaultKind: 'a.b/c' }],
  ['', 'it names no device; name devices as vendor.com/class=name', { defaultKind: 'a.b/c' }],
  ['0,,1', 'device "": a name between commas is missing', { defaultKind: 'a.b/c' }],
  [
    'a b',
    'device "a b": device name "a b" contains a space; use ASCII letters, digits and . _ - : with a letter or digit first and last',
    { defaultKind: 'a.b/c' },
  ],
];
for (const key of ['cdi.k8s.io/x', 'optional.cdi.k8s.io/x'])
  for (const [value, why, said] of refused)
    test(`annotations: ${JSON.stringify(value)} of ${key}${said ? ' with a kind' : ''} is refused`, () =>
      assert.equal(
        refusal(() => requestsOf(asking({ [key]: value }), said)),
        `BAD_REQUEST: cannot read the device request of annotation "${key}": ${why}`,
      ));
