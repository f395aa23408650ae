import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Draft } from '../../src/edits/draft.ts';
import { consumeMounts } from '../../src/requests/from-mounts.ts';
import { valueReader } from '../../src/text/json.ts';
import { refusal } from '../support/edit-document.ts';
import { optionsOf, requestsOf, type Said } from './read.ts';

const ON: Said = { mounts: { enabled: true } };
const PREFIX = '/var/run/cdi-devices';

function mount(destination: string, source = '/dev/null'): object {
  return { destination, source, type: 'bind' };
}

const taken: [title: string, mounts: object[], want: string[], said?: Said][] = [
  ['one', [mount(`${PREFIX}/vendor.com/gpu/0`)], [`vendor.com/gpu=0 by mount ${PREFIX}/vendor.com/gpu/0`]],
  [
    'several in their order',
    [mount(`${PREFIX}/b.c/d/1`), mount('/x'), mount(`${PREFIX}/a.b/c/0`)],
    [`b.c/d=1 by mount ${PREFIX}/b.c/d/1`, `a.b/c=0 by mount ${PREFIX}/a.b/c/0`],
  ],
  [
    'paths that are written otherwise',
    [mount(`/var//run/./cdi-devices/x/../a.b/c/0/`, '/dev/../dev//null')],
    [`a.b/c=0 by mount ${PREFIX}/a.b/c/0`],
  ],
  [
    'those of another prefix',
    [mount('/run/ask/a.b/c/0'), mount(`${PREFIX}/a.b/c/0`)],
    ['a.b/c=0 by mount /run/ask/a.b/c/0'],
    { mounts: { enabled: true, prefix: '/run/ask' } },
  ],
];
for (const [title, mounts, want, said] of taken)
  test(`mounts: ${title} are taken`, () => assert.deepEqual(requestsOf({ mounts }, { ...ON, ...said }), want));

const ignored: [title: string, mounts: object[]][] = [
  [
    'other sources',
    [mount(`${PREFIX}/a.b/c/0`, '/dev/zero'), mount(`${PREFIX}/a.b/c/0`, 'null'), { destination: `${PREFIX}/a.b/c/0` }],
  ],
  [
    'other places',
    [
      mount('/dev/null'),
      mount(PREFIX),
      mount(`${PREFIX}x/a.b/c/0`),
      mount(`${PREFIX}/../a.b/c/0`),
      { source: '/dev/null' },
    ],
  ],
];
for (const [title, mounts] of ignored)
  test(`mounts: ${title} are ignored`, () => assert.deepEqual(requestsOf({ mounts }, ON), []));

const HINT = 'mount /dev/null onto <prefix>/<vendor>/<class>/<device>';
const refused: [path: string, why: string][] = [
  ['a.b', `it does not name a vendor, a class and a device; ${HINT}`],
  ['a.b/c', `it does not name a vendor, a class and a device; ${HINT}`],
  ['a.b/c/d/e', `it does not name a vendor, a class and a device; ${HINT}`],
  ['a.b/c=d', `it does not name a vendor, a class and a device; ${HINT}`],
  [
    '0.b/c/d',
    'device "0.b/c=d": vendor "0.b" starts with "0"; use ASCII letters, digits and . _ - with a letter first and a letter or digit last',
  ],
];
for (const [path, why] of refused)
  test(`mounts: ${path} is refused`, () =>
    assert.equal(
      refusal(() => requestsOf({ mounts: [mount(`${PREFIX}/${path}`)] }, { ...ON, defaultKind: 'x.y/z' })),
      `BAD_REQUEST: cannot read the device request of mount "${PREFIX}/${path}": ${why}`,
    ));

test('consumeMounts() takes out the mounts of granted requests, and leaves all others', () => {
  const mounts = [mount('/a'), mount(`${PREFIX}/a.b/c/0`), mount(`${PREFIX}/a.b/c/1`), mount(`${PREFIX}//a.b/c/0`)];
  const draft = new Draft<unknown>(valueReader, { mounts });
  consumeMounts(draft, optionsOf(ON), new Set([`${PREFIX}/a.b/c/0`]));
  assert.deepEqual(draft.list(['mounts']), [{ kept: mounts[0] }, { kept: mounts[2] }]);
});

test('consumeMounts() changes nothing where nothing is granted', () => {
  const draft = new Draft<unknown>(valueReader, { mounts: [mount(`${PREFIX}/a.b/c/0`), 5] });
  consumeMounts(draft, optionsOf(ON), new Set());
  assert.deepEqual(draft.changes(), []);
});
