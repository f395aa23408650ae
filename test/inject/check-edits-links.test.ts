// What the lists of the settings mean for links: the object behind them counts, and every link on the way.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { MemoryEntry, MemoryOptions } from '../host/memory-host.ts';
import { errorAbout, plannedFor, refusalFor } from './one-device.ts';

const FILES: Readonly<Record<string, MemoryEntry>> = {
  '/etc/shadow': '',
  '/opt/x/lib': '',
  '/opt/x/tool': '#!',
  '/bin/sh': '#!',
  '/dev/fuse': { type: 'c', major: 10, minor: 229, mode: 0o666 },
  '/dev/mem': { type: 'c', major: 1, minor: 1, mode: 0o600 },
};
const HOST_PATHS = ['/opt/**', '/dev/fuse', '/dev/by-name/*'];
const ONLY = 'trust.hostPaths lists only "/opt/**", "/dev/fuse" and "/dev/by-name/*"; add it there';
const TRUST = { hostPaths: HOST_PATHS, hookPaths: ['/opt/**'] };
const UNLISTED_HOOK = 'trust.hookPaths does not list it; add it there';
const FIX = 'let only root write there, or set trust.owner: off';

const mount = (hostPath: string): object => ({ mounts: [{ hostPath, containerPath: '/in', options: ['rbind'] }] });
const node = (path: string, more: object = {}): object => ({ deviceNodes: [{ path, ...more }] });
const hook = (path: string, more: object = {}): object => ({ hooks: [{ hookName: 'createRuntime', path, ...more }] });

type Links = MemoryOptions['links'];
/** Without a reason it is taken. */
const cases: [
  title: string,
  edits: object,
  links: Links,
  owners: MemoryOptions['owners'],
  what: string,
  why?: string,
][] = [
  ['a mount of a link to what is listed', mount('/opt/l'), { '/opt/l': 'x/lib' }, {}, ''],
  [
    'a mount of a link to what is not listed',
    mount('/opt/l'),
    { '/opt/l': '/etc/shadow' },
    {},
    'mount "/opt/l"',
    `it leads to "/etc/shadow", and ${ONLY}`,
  ],
  [
    'a mount below a link of a directory',
    mount('/opt/l/shadow'),
    { '/opt/l': '../etc' },
    {},
    'mount "/opt/l/shadow"',
    `it leads to "/etc/shadow", and ${ONLY}`,
  ],
  [
    'a mount by a detour through what is not listed',
    mount('/opt/l'),
    { '/opt/l': '/srv/l', '/srv/l': '/opt/x/lib' },
    {},
    'mount "/opt/l"',
    `it leads to "/srv/l", and ${ONLY}`,
  ],
  [
    'a mount by a link that climbs out of what it reads',
    mount('/opt/l'),
    { '/opt/l': 'none/../../etc/shadow' },
    {},
    'mount "/opt/l"',
    `it leads to "/opt/none/../../etc/shadow", and ${ONLY}`,
  ],
  [
    'a mount from a directory whose owner may make it a link',
    mount('/opt/x/lib'),
    {},
    { '/opt/x': { uid: 1000 } },
    'mount "/opt/x/lib"',
    `directory "/opt/x" belongs to user 1000; ${FIX}`,
  ],
  [
    'a mount of what somebody put where everybody may',
    mount('/opt/x/lib'),
    {},
    { '/opt/x': { mode: 0o1777 }, '/opt/x/lib': { uid: 1000 } },
    'mount "/opt/x/lib"',
    `it belongs to user 1000; ${FIX}`,
  ],
  ['a mount of what others may write in', mount('/opt/x/lib'), {}, { '/opt/x/lib': { uid: 1000, mode: 0o777 } }, ''],
  [
    'a node below a link of a directory',
    node('/dev/by-name/mem'),
    { '/dev/by-name': '/dev' },
    {},
    'inject device node "/dev/by-name/mem"',
    `it leads to "/dev/mem", and ${ONLY}`,
  ],
  [
    'a node in a directory whose owner may make it a link',
    node('/dev/fuse'),
    {},
    { '/dev': { uid: 7 } },
    'inject device node "/dev/fuse"',
    `directory "/dev" belongs to user 7; ${FIX}`,
  ],
  ['a hook that is a link to a program that is listed', hook('/opt/h'), { '/opt/h': 'x/tool' }, {}, ''],
  [
    'a hook that is a link to a program that is not listed',
    hook('/opt/h'),
    { '/opt/h': '/bin/sh' },
    {},
    'run hook "/opt/h"',
    `it leads to "/bin/sh", and ${UNLISTED_HOOK}`,
  ],
  [
    'a hook inside the container, whose links are of there',
    hook('/opt/h', { hookName: 'startContainer' }),
    { '/opt/h': '/bin/sh' },
    {},
    '',
  ],
];
for (const [title, edits, links = {}, owners = {}, what, why] of cases)
  test(`lists: ${title} is ${why === undefined ? 'taken' : 'refused'}`, () => {
    const piece = /".*"/.exec(what)?.[0];
    const want = why && errorAbout(edits, 'UNTRUSTED', what, piece ?? '', why);
    assert.equal(refusalFor(edits, { files: FILES, memory: { links, owners }, trust: TRUST }), want);
  });

const FOREIGN: MemoryOptions = {
  links: { '/opt/l': 'x/lib', '/opt/h': 'x/tool' },
  owners: { '/opt': { uid: 1000 } },
};
test('lists: a link that somebody may change is not left to the runtime to follow', () => {
  const edits = { ...mount('/opt/l'), ...hook('/opt/h') };
  const text = plannedFor(edits, { files: FILES, memory: FOREIGN, trust: { ...TRUST, owner: 'off' } }).text ?? '';
  const { mounts, hooks } = JSON.parse(text);
  assert.equal(mounts[0].source, '/opt/x/lib');
  assert.deepEqual([hooks.createRuntime[0].path, hooks.createRuntime[0].args], ['/opt/x/tool', ['/opt/h']]);
});

test('lists: the arguments of a hook stay, and paths without a list, or that only root may change', () => {
  const edits = { ...mount('/opt/l'), ...hook('/opt/h', { args: ['h', 'x'] }) };
  const settle = (memory: MemoryOptions, trust: object): unknown => {
    const { mounts, hooks } = JSON.parse(plannedFor(edits, { files: FILES, memory, trust }).text ?? '');
    return [mounts[0].source, hooks.createRuntime[0].path, hooks.createRuntime[0].args];
  };
  const args = ['h', 'x'];
  assert.deepEqual(settle(FOREIGN, { ...TRUST, owner: 'off' }), ['/opt/x/lib', '/opt/x/tool', args]);
  assert.deepEqual(settle(FOREIGN, { owner: 'off' }), ['/opt/l', '/opt/h', args]);
  assert.deepEqual(settle({ ...FOREIGN, owners: {} }, TRUST), ['/opt/l', '/opt/h', args]);
});

const RIGHTS = [
  ...['proc', 'sysfs', 'cgroup', 'cgroup2', 'bpf', 'debugfs', 'tracefs', 'securityfs', 'devpts', 'overlay', 'ext4'],
];
for (const type of RIGHTS)
  test(`trust.mountTypes: ${type} is a right that trust.hostPaths does not include`, () => {
    const edits = { mounts: [{ hostPath: '/dev/fuse', containerPath: '/in', type }] };
    const why = `trust.mountTypes does not list type "${type}"; use a bind mount, or add it there`;
    const want = errorAbout(edits, 'UNTRUSTED', 'mount "/dev/fuse"', `"${type}"`, why);
    const refusal = (trust: object): string | undefined => refusalFor(edits, { files: FILES, trust });
    assert.equal(refusal({ hostPaths: ['/**'] }), want);
    assert.equal(refusal({ mountTypes: ['nfs'] }), want);
    assert.equal(refusal({ hostPaths: ['/**'], mountTypes: [type] }), undefined);
    assert.equal(refusal({}), undefined);
  });

test('trust.mountTypes: a disk of a type that is listed is one of the paths that are', () => {
  const edits = { mounts: [{ hostPath: '/dev/sda1', containerPath: '/in', type: 'ext4' }] };
  const files = { ...FILES, '/dev/sda1': { type: 'b', major: 8, minor: 1, mode: 0o660 } } as const;
  const trust = { hostPaths: HOST_PATHS, mountTypes: ['ext4'] };
  assert.equal(
    refusalFor(edits, { files, trust }),
    errorAbout(edits, 'UNTRUSTED', 'mount "/dev/sda1"', '"/dev/sda1"', ONLY),
  );
});
