// Who could have written what a path leads to, on hosts in memory.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { isFailure, type PathInfo } from '../../src/host/host.ts';
import { Trust } from '../../src/host/trust.ts';
import { type MemoryEntry, type MemoryOptions, memoryHost } from './memory-host.ts';

const PATH = '/etc/cdi/gpu.yaml';
const FILES: Readonly<Record<string, MemoryEntry>> = {
  [PATH]: 'kind: a/b',
  '/opt/real.yaml': '',
  '/run/cdi/gpu.yaml': '',
  '/tmp/x': '',
  '/home/x': { directory: true },
};
const OVERFLOW = 65534;

interface Case {
  readonly title: string;
  readonly owners?: Readonly<Record<string, Partial<PathInfo>>>;
  readonly links?: Readonly<Record<string, string>>;
  readonly path?: string;
  readonly uid?: number;
  readonly userNamespace?: boolean;
  readonly want: string | undefined;
}

function problemOf({ path = PATH, uid = 0, ...options }: Omit<Case, 'title' | 'want'>): string | undefined {
  const host = { ...memoryHost(FILES, options satisfies MemoryOptions), ids: () => ({ uid, gid: uid }) };
  return new Trust(host).problem(path);
}

const DIRECTORY = 'directory "/etc/cdi"';
const owners: readonly Case[] = [
  { title: 'root', want: undefined },
  { title: 'root, seen by a user', uid: 1000, want: undefined },
  { title: 'this user', uid: 1000, owners: { [PATH]: { uid: 1000 } }, want: undefined },
  { title: 'this user, all the way', uid: 7, owners: { [PATH]: { uid: 7 }, '/etc/cdi': { uid: 7 } }, want: undefined },
  { title: 'another user', owners: { [PATH]: { uid: 1000 } }, want: 'it belongs to user 1000' },
  { title: 'another user, seen by a user', uid: 7, owners: { [PATH]: { uid: 8 } }, want: 'it belongs to user 8' },
  { title: 'another user’s directory', owners: { '/etc/cdi': { uid: 8 } }, want: `${DIRECTORY} belongs to user 8` },
  {
    title: 'another user’s directory above',
    owners: { '/etc': { uid: 8 } },
    want: 'directory "/etc" belongs to user 8',
  },
  { title: 'another user’s root', owners: { '/': { uid: 8 } }, want: 'directory "/" belongs to user 8' },
  { title: 'another group', owners: { [PATH]: { gid: 8 } }, want: undefined },
];

const modes: readonly Case[] = (
  [
    [0o644, undefined],
    [0o600, undefined],
    [0o4755, undefined],
    [0o000, undefined],
    [0o664, 'can be written by group 20 (mode 0664)'],
    [0o620, 'can be written by group 20 (mode 0620)'],
    [0o646, 'can be written by everybody (mode 0646)'],
    [0o666, 'can be written by everybody (mode 0666)'],
    [0o2775, 'can be written by group 20 (mode 2775)'],
  ] as const
).flatMap(([mode, want]): Case[] => [
  { title: 'a file', owners: { [PATH]: { mode, gid: 20 } }, want: want && `it ${want}` },
  { title: 'its directory', owners: { '/etc/cdi': { mode, gid: 20 } }, want: want && `${DIRECTORY} ${want}` },
  { title: 'one above', owners: { '/etc': { mode, gid: 20 } }, want: want && `directory "/etc" ${want}` },
]);

const STICKY = { '/etc/cdi': { mode: 0o1777 } };
const sticky: readonly Case[] = [
  { title: 'root’s file', owners: STICKY, want: undefined },
  { title: 'this user’s file', uid: 7, owners: { ...STICKY, [PATH]: { uid: 7 } }, want: undefined },
  { title: 'another’s file', owners: { ...STICKY, [PATH]: { uid: 8 } }, want: 'it belongs to user 8' },
  {
    title: 'a file that all can write',
    owners: { ...STICKY, [PATH]: { mode: 0o666 } },
    want: 'it can be written by everybody (mode 0666)',
  },
  { title: 'root’s directory below', owners: { '/etc': { mode: 0o1777 } }, want: undefined },
  {
    title: 'another’s directory below',
    owners: { '/etc': { mode: 0o1777 }, '/etc/cdi': { uid: 8 } },
    want: `${DIRECTORY} belongs to user 8`,
  },
  { title: 'root’s file where a group may write', owners: { '/etc/cdi': { mode: 0o1775 } }, want: undefined },
  {
    title: 'another’s sticky directory',
    owners: { '/etc/cdi': { mode: 0o1777, uid: 8 } },
    want: `${DIRECTORY} belongs to user 8`,
  },
];

const TO_OPT = { [PATH]: '/opt/real.yaml' };
const links: readonly Case[] = [
  { title: 'to another place', links: TO_OPT, want: undefined },
  { title: 'relative', links: { [PATH]: '../../opt/./real.yaml' }, want: undefined },
  { title: 'above the root', links: { [PATH]: '../../../../opt/real.yaml' }, want: undefined },
  { title: 'of a directory', links: { '/etc/cdi': '../run/cdi' }, want: undefined },
  {
    title: 'of another user, where he could not put it',
    links: TO_OPT,
    owners: { [PATH]: { uid: 8 } },
    want: undefined,
  },
  { title: 'of root in a directory of everybody', links: TO_OPT, owners: STICKY, want: undefined },
  {
    title: 'of another user in a directory of everybody',
    links: TO_OPT,
    owners: { ...STICKY, [PATH]: { uid: 8 } },
    want: 'it belongs to user 8',
  },
  {
    title: 'of a directory, made by another user in a directory of everybody',
    links: { '/etc/cdi': '/run/cdi' },
    owners: { '/etc': { mode: 0o1777 }, '/etc/cdi': { uid: 8 } },
    want: 'link "/etc/cdi" belongs to user 8',
  },
  {
    title: 'in a directory of another user',
    links: TO_OPT,
    owners: { '/etc/cdi': { uid: 8 } },
    want: `${DIRECTORY} belongs to user 8`,
  },
  {
    title: 'to another user’s file',
    links: TO_OPT,
    owners: { '/opt/real.yaml': { uid: 8 } },
    want: 'file "/opt/real.yaml" belongs to user 8',
  },
  {
    title: 'to a file that all can write',
    links: TO_OPT,
    owners: { '/opt/real.yaml': { mode: 0o666 } },
    want: 'file "/opt/real.yaml" can be written by everybody (mode 0666)',
  },
  {
    title: 'into another user’s directory',
    links: TO_OPT,
    owners: { '/opt': { uid: 8 } },
    want: 'directory "/opt" belongs to user 8',
  },
  {
    title: 'through another user’s directory and out again',
    links: { [PATH]: '/home/x/../../opt/real.yaml' },
    owners: { '/home/x': { uid: 8 } },
    want: 'directory "/home/x" belongs to user 8',
  },
  {
    title: 'through a directory of everybody',
    links: { [PATH]: '/tmp/x', '/tmp/x': '/opt/real.yaml' },
    owners: { '/tmp': { mode: 0o1777 }, '/tmp/x': { uid: 8 } },
    want: 'link "/tmp/x" belongs to user 8',
  },
  { title: 'in a circle', links: { [PATH]: '/opt/real.yaml', '/opt/real.yaml': PATH }, want: undefined },
  { title: 'to nothing', links: { [PATH]: '/none' }, want: undefined },
  {
    title: 'to nothing, where everybody may put something',
    links: { [PATH]: '/tmp/none/x' },
    owners: { '/tmp': { mode: 0o1777 } },
    want: 'it is not there, and everybody may put it into directory "/tmp"',
  },
  {
    title: 'to nothing, where a group may put something',
    links: { [PATH]: '/tmp/none' },
    owners: { '/tmp': { mode: 0o1770, gid: 20 } },
    want: 'it is not there, and group 20 may put it into directory "/tmp"',
  },
];

const namespaces: readonly Case[] = [
  { title: 'an owner from outside', userNamespace: true, owners: { [PATH]: { uid: OVERFLOW } }, want: undefined },
  {
    title: 'all from outside',
    userNamespace: true,
    owners: Object.fromEntries(['/', '/etc', '/etc/cdi', PATH].map((path) => [path, { uid: OVERFLOW }])),
    want: undefined,
  },
  { title: 'that number on the host itself', owners: { [PATH]: { uid: OVERFLOW } }, want: 'it belongs to user 65534' },
  {
    title: 'an owner from outside, group may write',
    userNamespace: true,
    owners: { [PATH]: { uid: OVERFLOW, mode: 0o664 } },
    want: 'it can be written by group 0 (mode 0664)',
  },
  {
    title: 'an owner from outside in a directory of everybody: anybody of the host may have put it there',
    userNamespace: true,
    owners: { '/etc/cdi': { mode: 0o1777, uid: OVERFLOW }, [PATH]: { uid: OVERFLOW } },
    want: 'it belongs to user 65534',
  },
  {
    title: 'another user of the namespace',
    userNamespace: true,
    owners: { [PATH]: { uid: 1000 } },
    want: 'it belongs to user 1000',
  },
];

const ways: readonly Case[] = [
  { title: 'with dots and slashes', path: '//etc/./cdi//gpu.yaml', want: undefined },
  {
    title: 'with dots, and another’s directory',
    path: '/etc/./cdi/gpu.yaml',
    owners: { '/etc/cdi': { uid: 8 } },
    want: `${DIRECTORY} belongs to user 8`,
  },
  {
    title: 'back over a link, as the kernel goes',
    path: '/etc/cdi/../real.yaml',
    links: { '/etc/cdi': '/opt/x' },
    owners: { '/opt': { uid: 8 } },
    want: 'directory "/opt" belongs to user 8',
  },
  {
    title: 'to a directory',
    path: '/etc/cdi',
    owners: { '/etc/cdi': { mode: 0o777 } },
    want: 'it can be written by everybody (mode 0777)',
  },
  { title: 'to nothing', path: '/none/at/all', want: undefined },
  {
    title: 'to nothing, below another’s directory',
    path: '/etc/cdi/none',
    owners: { '/etc/cdi': { uid: 8 } },
    want: `${DIRECTORY} belongs to user 8`,
  },
];

for (const [kind, cases] of Object.entries({ owners, modes, sticky, links, namespaces, ways }))
  for (const { title, want, ...rest } of cases)
    test(`Trust, ${kind}: ${title}${kind === 'modes' ? ` ${JSON.stringify(rest.owners)}` : ''}`, () =>
      assert.equal(problemOf(rest), want));

test('what was opened is judged, not only what stands there by now', () => {
  const opened: PathInfo = { kind: 'file', uid: 8, gid: 8, mode: 0o644 };
  assert.equal(new Trust(memoryHost(FILES)).problem(PATH, opened), 'it belongs to user 8');
});

test('a link that is turned elsewhere is seen by a new judge', () => {
  const links: Record<string, string> = { ...TO_OPT };
  const host = memoryHost(FILES, { links, owners: { '/run/cdi': { uid: 8 } } });
  const trust = new Trust(host);
  assert.equal(trust.problem(PATH), undefined);
  links[PATH] = '/run/cdi/gpu.yaml';
  assert.equal(new Trust(host).problem(PATH), 'directory "/run/cdi" belongs to user 8');
});

const trails: [title: string, path: string, links: Record<string, string>, want: string][] = [
  ['a file', PATH, {}, 'file'],
  ['a directory', '/etc', {}, 'directory'],
  ['the root', '/', {}, 'directory'],
  ['a device', '/dev/null', {}, 'other'],
  ['a link’s file', PATH, TO_OPT, 'file'],
  ['a link’s nothing', PATH, { [PATH]: '/none' }, 'ENOENT'],
  ['a circle', PATH, { [PATH]: 'gpu.yaml' }, 'ELOOP'],
  ['below a file', `${PATH}/x`, {}, 'ENOTDIR'],
];
for (const [title, path, links, want] of trails)
  test(`trail() ends at ${title}`, () => {
    const host = memoryHost({ ...FILES, '/dev/null': { type: 'c', major: 1, minor: 3, mode: 0o666 } }, { links });
    const { end, problem } = new Trust(host).trail(path);
    assert.deepEqual([isFailure(end) ? end.errno : end.kind, problem], [want, undefined]);
  });

const places: readonly (readonly [
  path: string,
  links: Readonly<Record<string, string>>,
  place: string,
  spellings: string[],
])[] = [
  ['/opt/real.yaml', {}, '/opt/real.yaml', []],
  ['/opt/./real.yaml/', {}, '/opt/real.yaml', []],
  ['/', {}, '/', []],
  ['/opt', {}, '/opt', []],
  ['/etc/cdi/..', {}, '/etc', []],
  ['/none/x', {}, '/none/x', []],
  [PATH, { '/etc/cdi': '../opt', '/opt/gpu.yaml': 'real.yaml' }, '/opt/real.yaml', ['/opt/gpu.yaml', '/opt/real.yaml']],
  ['/l/../real.yaml', { '/l': '/opt/x' }, '/opt/real.yaml', ['/opt/x/../real.yaml']],
  ['/l', { '/l': '../../opt' }, '/opt', ['/opt']],
];
for (const [path, links, place, spellings] of places)
  test(`trail() tells where ${path} leads${Object.keys(links).length > 0 ? ', and by which links' : ''}`, () => {
    const trail = new Trust(memoryHost(FILES, { links })).trail(path);
    assert.deepEqual([trail.place, trail.spellings], [place, [path, ...spellings]]);
  });

test('trail() tells who may choose what is there from who may write in it', () => {
  const chosen = (owners: Case['owners']): unknown => {
    const { problem, choice } = new Trust(memoryHost(FILES, { owners: owners ?? {} })).trail(PATH);
    return [problem, choice];
  };
  const own = 'it belongs to user 8';
  assert.deepEqual(chosen({ [PATH]: { uid: 8 } }), [own, undefined]);
  assert.deepEqual(chosen({ ...STICKY, [PATH]: { uid: 8 } }), [own, own]);
  assert.deepEqual(chosen({ '/etc': { uid: 8 } }), Array(2).fill('directory "/etc" belongs to user 8'));
});
