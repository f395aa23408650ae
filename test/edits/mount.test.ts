import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Mount } from '../../src/edits/mount.ts';
import { edited, editedText, refusal } from '../support/edit-document.ts';

const given = (containerPath: string, more: Partial<Mount> = {}): Mount => ({ hostPath: '/h', containerPath, ...more });
const there = (destination: string, more: object = {}): object => ({ destination, source: '/h', ...more });

function mountsAfter(mounts: readonly unknown[], edits: Mount[], mode: 'append' | 'once'): unknown {
  return JSON.parse(editedText({ mounts }, { mounts: edits }, mode)).mounts;
}

const forms: [title: string, given: Mount, want: object][] = [
  ['without type and options', given('/a'), there('/a')],
  [
    'with type and options',
    given('/a', { type: 'bind', options: ['ro', 'bind'] }),
    there('/a', { type: 'bind', options: ['ro', 'bind'] }),
  ],
  ['without an empty type and without empty options', given('/a', { type: '', options: [] }), there('/a')],
  ['without an empty source', given('/a', { hostPath: '' }), { destination: '/a' }],
];
for (const [title, mount, want] of forms)
  test(`applyMounts() writes a mount ${title}`, () => assert.deepEqual(mountsAfter([], [mount], 'append'), [want]));

const placed: [title: string, before: string[], edits: string[], after: string[]][] = [
  ['at the end of its depth', ['/a', '/b/c'], ['/d'], ['/a', '/d', '/b/c']],
  ['so that a parent comes before its child', ['/a/b'], ['/a'], ['/a', '/a/b']],
  ['with / as deep as /a', ['/a', '/a/b'], ['/'], ['/a', '/', '/a/b']],
  ['with a relative one first', ['/a'], ['rel'], ['rel', '/a']],
  ['by the cleaned path', ['/a/b'], ['/x/../y/'], ['/x/../y/', '/a/b']],
  ['among mounts that are sorted as well', ['/a/b/c', '/a/b', '/a'], ['/d'], ['/a', '/d', '/a/b', '/a/b/c']],
  [
    'by what it is called in the directory of the one before, dots and slashes too',
    ['/a/bcd', '/a/..', '/a/.', '/a/', '/a/b//c', '/a/bcd/ef', '/a/.cd'],
    ['/a/b.', '/a'],
    ['/a/..', '/a/.', '/a/', '/a', '/a/bcd', '/a/.cd', '/a/b.', '/a/b//c', '/a/bcd/ef'],
  ],
  ['without sorting where there is none', ['/a/b', '/a'], [], ['/a/b', '/a']],
];
for (const mode of ['append', 'once'] as const)
  for (const [title, before, edits, after] of placed)
    test(`applyMounts() places a mount ${title} (${mode})`, () => {
      const mounts = before.map((destination) => ({ destination, type: 'old' }));
      const result: unknown = mountsAfter(
        mounts,
        edits.map((path) => given(path)),
        mode,
      );
      const want = after.map((path) => (edits.includes(path) ? there(path) : { destination: path, type: 'old' }));
      assert.deepEqual(result, want);
    });

const replaced: [title: string, before: object[], edits: Mount[], append: object[], once: object[]][] = [
  [
    'takes the place of the first with its destination, at the end',
    [{ destination: '/a' }, { destination: '/b' }],
    [given('/a')],
    [{ destination: '/b' }, there('/a')],
    [{ destination: '/b' }, there('/a')],
  ],
  [
    'does not touch another spelling',
    [{ destination: '/a/' }],
    [given('/a')],
    [{ destination: '/a/' }, there('/a')],
    [{ destination: '/a/' }, there('/a')],
  ],
  [
    'leaves a second one with its destination',
    [
      { destination: '/a', type: '1' },
      { destination: '/a', type: '2' },
    ],
    [given('/a')],
    [{ destination: '/a', type: '2' }, there('/a')],
    [{ destination: '/a', type: '2' }, there('/a')],
  ],
  [
    'counts as there if it is the last with its destination',
    [{ destination: '/a', type: '1' }, there('/a'), { destination: '/b' }],
    [given('/a')],
    [there('/a'), { destination: '/b' }, there('/a')],
    [{ destination: '/a', type: '1' }, there('/a'), { destination: '/b' }],
  ],
  [
    'does not count as there if another one hides it',
    [there('/a'), { destination: '/a', type: '1' }],
    [given('/a')],
    [{ destination: '/a', type: '1' }, there('/a')],
    [{ destination: '/a', type: '1' }, there('/a')],
  ],
  [
    'counts as there with null and empty fields',
    [there('/a', { options: [], type: null })],
    [given('/a')],
    [there('/a')],
    [there('/a', { options: [], type: null })],
  ],
  [
    'does not count as there with a field more',
    [there('/a', { uidMappings: [1] })],
    [given('/a')],
    [there('/a')],
    [there('/a')],
  ],
  [
    'counts as there where the edits have it twice and end so',
    [there('/a', { type: 'b' })],
    [given('/a', { type: 'a' }), given('/a', { type: 'b' })],
    [there('/a', { type: 'b' })],
    [there('/a', { type: 'b' })],
  ],
];
for (const [title, before, edits, append, once] of replaced)
  test(`applyMounts() makes a mount that ${title}`, () => {
    assert.deepEqual(mountsAfter(before, edits, 'append'), append);
    assert.deepEqual(mountsAfter(before, edits, 'once'), once);
  });

test('applyMounts() does not sort where all is there', () => {
  const text = '{"mounts":[{"destination":"/a/b"},{"source":"/h", "destination":"/a"}]}';
  assert.equal(editedText(text, { mounts: [given('/a')] }, 'once'), text);
});

const mapped: [title: string, mount: Partial<Mount>, want: string[] | undefined][] = [
  ['type bind', { type: 'bind' }, ['idmap']],
  ['option bind', { type: 'tmpfs', options: ['ro', 'bind'] }, ['ro', 'bind', 'idmap']],
  ['option rbind', { options: ['rbind', 'ro'] }, ['rbind', 'ro', 'ridmap']],
  ['the last of both options', { type: 'bind', options: ['bind', 'rbind'] }, ['bind', 'rbind', 'ridmap']],
  ['the last of both options, turned', { options: ['rbind', 'bind'] }, ['rbind', 'bind', 'idmap']],
  ['type rbind, which counts for nothing', { type: 'rbind' }, undefined],
  ['another type', { type: 'tmpfs', options: ['ro'] }, ['ro']],
  ['idmap there', { type: 'bind', options: ['idmap', 'rbind'] }, ['idmap', 'rbind']],
  ['ridmap there', { options: ['bind', 'ridmap'] }, ['bind', 'ridmap']],
  ['idmap=, which is another option', { type: 'bind', options: ['idmap=u'] }, ['idmap=u', 'idmap']],
];
const USERS: [title: string, namespaces: unknown, maps: boolean][] = [
  ['a user namespace', [{ type: 'pid' }, { type: 'user' }], true],
  ['a user namespace by its path', [{ type: 'user', path: '/proc/1/ns/user' }], true],
  ['no user namespace', [{ type: 'pid' }], false],
  ['no namespaces', null, false],
];
for (const [whose, namespaces, maps] of USERS)
  test(`applyMounts() ${maps ? 'maps IDs' : 'maps no IDs'} in a container with ${whose}`, () => {
    for (const [title, more, want] of mapped) {
      const linux = { namespaces, uidMappings: [{}] };
      const mounts = [{ destination: '/old', type: 'bind' }];
      const options = maps ? want : more.options;
      const added = there('/a', { ...(more.type && { type: more.type }), ...(options && { options }) });
      for (const mode of ['append', 'once'] as const) {
        const after: unknown = edited({ mounts, linux }, { mounts: [given('/a', more)] }, mode);
        assert.deepEqual(after, { mounts: [...mounts, added], linux }, title);
      }
    }
  });

const odd: [title: string, document: object, why: string][] = [
  ['a mount that is a text', { mounts: ['/a'] }, '"mounts" is not a list of objects'],
  ['a destination that is a number', { mounts: [{ destination: 1 }] }, '"mounts.destination" is not a text'],
  ['mounts that are an object', { mounts: {} }, '"mounts" is not a list'],
  ['namespaces that are an object', { linux: { namespaces: {} } }, '"linux.namespaces" is not a list'],
  ['a namespace that is a text', { linux: { namespaces: ['user'] } }, '"linux.namespaces" is not a list of objects'],
];
for (const [title, document, why] of odd)
  test(`applyMounts() refuses ${title}`, () => {
    assert.equal(
      refusal(() => edited(document, { mounts: [given('/a')] }, 'once')),
      `BAD_BUNDLE: cannot edit the container configuration: ${why}; the OCI runtime specification says its form`,
    );
  });
