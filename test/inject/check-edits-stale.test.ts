// Specs that say what the host no longer has: an error, a warning, or left out.
import assert from 'node:assert/strict';
import { test } from 'node:test';

import type { InjectionPlan } from '../../src/inject/plan.ts';
import type { MemoryEntry, MemoryOptions } from '../host/memory-host.ts';
import { errorAbout, plannedFor, refusalFor, SPEC, type Surroundings } from './one-device.ts';
import { planned, request } from './planned.ts';

const FILES: Readonly<Record<string, MemoryEntry>> = {
  '/dev/fuse': { type: 'c', major: 10, minor: 229, mode: 0o666 },
  '/dev/zero0': { type: 'c', major: 5, minor: 0, mode: 0o666 },
  '/run/pipe': { type: 'p', major: 0, minor: 0, mode: 0o600 },
  '/file': '',
  '/locked': { errno: 'EACCES' },
};

const node = (more: object = {}): object => ({ deviceNodes: [{ path: '/dev/fuse', ...more }] });
const mount = (hostPath: string, more: object = {}): object => {
  return { mounts: [{ hostPath, containerPath: '/in', ...more }] };
};
const hook = (path: string): object => ({ hooks: [{ hookName: 'createRuntime', path }] });
const NUMBERS = { type: 'c', major: 10, minor: 229 };

const NODE = '{ "path"';
const GONE = 'the host does not have it';
const LINKED = (target: string): MemoryOptions => ({ links: { '/file': target } });
const cases: [title: string, edits: object, memory: MemoryOptions, what: string, piece: string, why: string][] = [
  ['a node that is gone', node({ ...NUMBERS, path: '/dev/x' }), {}, 'inject device node "/dev/x"', NODE, GONE],
  [
    'a node with another type',
    node({ ...NUMBERS, type: 'b' }),
    {},
    'inject device node "/dev/fuse"',
    NODE,
    'the host has a character device, the spec says a block device',
  ],
  [
    'a node with another major number',
    node({ ...NUMBERS, major: 11 }),
    {},
    'inject device node "/dev/fuse"',
    NODE,
    'the host has 10:229, the spec says 11:229',
  ],
  [
    'a node with another minor number',
    node({ ...NUMBERS, minor: 0 }),
    {},
    'inject device node "/dev/fuse"',
    NODE,
    'the host has 10:229, the spec says 10:0',
  ],
  [
    'a node that is a file',
    node({ ...NUMBERS, path: '/file' }),
    {},
    'inject device node "/file"',
    NODE,
    'the host has no device, the spec says a character device',
  ],
  [
    'a node that cannot be looked at',
    node({ ...NUMBERS, path: '/locked/x' }),
    {},
    'inject device node "/locked/x"',
    NODE,
    'it cannot be looked at (EACCES)',
  ],
  ['a mount source that is gone', mount('/none'), {}, 'mount "/none"', '"/none"', GONE],
  ['a mount source below a file', mount('/file/x'), {}, 'mount "/file/x"', '"/file/x"', GONE],
  ['a mount source whose link leads nowhere', mount('/file'), LINKED('/none'), 'mount "/file"', '"/file"', GONE],
  [
    'a mount source whose links form a loop',
    mount('/file'),
    LINKED('/file'),
    'mount "/file"',
    '"/file"',
    'its links form a loop',
  ],
  ['a hook that is gone', hook('/none'), {}, 'run hook "/none"', '"/none"', GONE],
  ['a hook whose link leads nowhere', hook('/file'), LINKED('/none'), 'run hook "/file"', '"/file"', GONE],
];
for (const [title, faulty, memory, what, piece, why] of cases) {
  const edits = { env: ['KEPT=1'], ...faulty };
  const want = errorAbout(edits, 'STALE_DEVICE', what, piece, `${why}; generate the spec again`);
  const message = want.slice('STALE_DEVICE: '.length);
  const surroundings = { files: FILES, memory };

  test(`stale: fail: ${title} is an error with its place and what the host has`, () => {
    assert.equal(refusalFor(edits, { ...surroundings, stale: 'fail' }), want);
    assert.equal(plannedFor(edits, { ...surroundings, stale: 'fail' }).refusal?.path, SPEC);
  });
  test(`stale: warn: ${title} is a warning, and all is given`, () => {
    const plan = plannedFor(edits, { ...surroundings, stale: 'warn' });
    assert.deepEqual([plan.refusal, plan.warnings], [undefined, [message]]);
    assert.deepEqual(Object.keys(left(plan)).sort(), Object.keys(edits).sort());
  });
  test(`stale: skip: ${title} is left out, and the rest is given`, () => {
    const plan = plannedFor(edits, { ...surroundings, stale: 'skip' });
    assert.deepEqual([plan.refusal, plan.warnings], [undefined, [`left out: ${message}`]]);
    assert.deepEqual(left(plan), { env: ['KEPT=1'] });
  });
  const isMade = 'deviceNodes' in faulty;
  test(`stale: auto: ${title} is ${isMade ? 'a warning, since the runtime makes it' : 'an error'}`, () => {
    const plan = plannedFor(edits, { ...surroundings, stale: 'auto' });
    assert.deepEqual([plan.refusal?.message, plan.warnings], isMade ? [undefined, [message]] : [message, []]);
  });
}

/** What a container gets, by kind. */
function left({ gathered }: InjectionPlan): Readonly<Record<string, readonly unknown[]>> {
  return Object.fromEntries(gathered.map(({ kind, edits }) => [kind.name, edits.map(({ value }) => value)]));
}

const fresh: [title: string, edits: object][] = [
  ['a node as the spec says', node(NUMBERS)],
  ['an unbuffered node, which Linux has as a character device', node({ ...NUMBERS, type: 'u' })],
  ['a node of whatever the host has', node()],
  ['a node whose minor number is 0, left out', node({ path: '/dev/zero0', type: 'c', major: 5 })],
  ['a pipe', node({ path: '/run/pipe', type: 'p' })],
  ['a mount that is there', mount('/file')],
  ['a mount of a directory', mount('/dev')],
  ['a mount of a tmpfs', mount('tmpfs', { type: 'tmpfs' })],
  ['a mount of proc, whatever its source', mount('/none', { type: 'proc' })],
];
for (const [title, edits] of fresh)
  test(`stale: nothing is to be said about ${title}`, () => {
    const { warnings, refusal } = plannedFor(edits, { files: FILES, stale: 'fail' });
    assert.deepEqual([refusal?.message, warnings], [undefined, []]);
  });

test('stale: a file is no device, also where the spec does not say which', () => {
  const edits = node({ path: '/file' });
  const why = 'the host has no device there; generate the spec again';
  const want = errorAbout(edits, 'STALE_DEVICE', 'inject device node "/file"', NODE, why);
  assert.equal(refusalFor(edits, { files: FILES, stale: 'fail' }), want);
  assert.match(refusalFor(edits, { files: FILES, stale: 'warn' }) ?? '', /^BAD_DEVICE_NODE: .* is no device node; /);
  assert.equal(refusalFor(edits, { files: FILES, stale: 'skip' }), undefined);
});

test('stale: each thing is looked at that several devices have', () => {
  const two = { deviceNodes: [{ path: '/dev/x', ...NUMBERS }, { path: '/dev/fuse' }, { path: '/dev/y', ...NUMBERS }] };
  const plan = plannedFor({ ...two, ...mount('/none') }, { files: FILES, stale: 'skip' });
  assert.deepEqual(
    plan.warnings.map((warning) => /"(\/[a-z/]+)"/.exec(warning)?.[1]),
    ['/none', '/dev/x'],
  );
  assert.match(plan.warnings[1] ?? '', /^left out: cannot inject device node "\/dev\/x" and "\/dev\/y" of spec /);
  assert.deepEqual(left(plan)['deviceNodes'], [{ path: '/dev/fuse' }]);
});

const needed: readonly (readonly [title: string, edits: object])[] = [
  ['has no numbers in the spec', node({ path: '/dev/x' })],
  ['has a type and no numbers in the spec', node({ path: '/dev/x', type: 'c' })],
  ['has numbers and no type in the spec', node({ path: '/dev/x', major: 10, minor: 229 })],
];
for (const [title, edits] of needed)
  test(`stale: auto: a missing node that ${title} is an error with its place, since no runtime can make it`, () => {
    const want = errorAbout(
      edits,
      'STALE_DEVICE',
      'inject device node "/dev/x"',
      NODE,
      `${GONE}; generate the spec again`,
    );
    assert.equal(refusalFor(edits, { files: FILES, stale: 'auto' }), want);
    assert.match(refusalFor(edits, { files: FILES, stale: 'warn' }) ?? '', /^BAD_DEVICE_NODE: /);
  });

/** A hook that is missing: of what kinds it stops a container, runtimes differ. */
const ends: readonly (readonly [hookName: string, runtime: string, isFatal: boolean])[] = [
  ['prestart', 'crun', true],
  ['createContainer', 'crun', true],
  ['poststart', 'runc', true],
  ['poststart', 'crun', false],
  ['poststop', 'runc', false],
  ['poststop', 'crun', false],
];
for (const [hookName, runtime, isFatal] of ends)
  test(`stale: auto: a missing ${hookName} hook ${isFatal ? 'stops' : 'does not stop'} a container of ${runtime}`, () => {
    const edits = { hooks: [{ hookName, path: '/none' }] };
    const { refusal, warnings } = plannedFor(edits, { files: FILES, stale: 'auto', runtime });
    assert.deepEqual([refusal?.code, warnings.length], isFatal ? ['STALE_DEVICE', 0] : [undefined, 1]);
  });

const NAMESPACE = { linux: { namespaces: [{ type: 'user' }] } };
const bound: readonly (readonly [title: string, more: Surroundings, isBound: boolean])[] = [
  ['runc, with a user namespace of the container', { runtime: 'runc', document: NAMESPACE }, true],
  ['runc, without', { runtime: 'runc' }, false],
  ['crun, with a user namespace of the container', { runtime: 'crun', document: NAMESPACE }, false],
  ['crun in a user namespace', { runtime: 'crun', memory: { userNamespace: true } }, true],
  ['crun of an ordinary user', { runtime: 'crun', memory: { uid: 1000 } }, true],
];
for (const [title, more, isBound] of bound) {
  test(`stale: auto: ${title}: a node that the host lacks ${isBound ? 'stops the container' : 'is made'}`, () => {
    const edits = node({ ...NUMBERS, path: '/dev/x' });
    const { refusal, warnings } = plannedFor(edits, { files: FILES, stale: 'auto', ...more });
    assert.deepEqual([refusal?.code, warnings.length], isBound ? ['STALE_DEVICE', 0] : [undefined, 1]);
  });
  test(`stale: auto: ${title}: a node by another path ${isBound ? 'is not to be had' : 'is made'}`, () => {
    const edits = node({ path: '/dev/x', hostPath: '/dev/fuse' });
    const { refusal, warnings } = plannedFor(edits, { files: FILES, stale: 'auto', ...more });
    assert.deepEqual([refusal?.code, warnings.length], [isBound ? 'STALE_DEVICE' : undefined, 0]);
  });
  test(`trust.hostPaths: ${title}: of a path that is another device there, that ${isBound ? 'is what counts' : 'does not matter'}`, () => {
    const edits = node({ path: '/dev/zero0', hostPath: '/dev/fuse' });
    const trust = { hostPaths: ['/dev/fuse'] };
    const want = isBound
      ? errorAbout(
          edits,
          'UNTRUSTED',
          'inject device node "/dev/zero0"',
          '"/dev/zero0"',
          "in a user namespace the container gets the host's node of this path, which is another device; generate the spec again",
        )
      : undefined;
    assert.equal(refusalFor(edits, { files: FILES, stale: 'auto', trust, ...more }), want);
  });
}

test('stale: paths that one cause makes missing are one message, which stays short', () => {
  const mounts = Array.from({ length: 40 }, (_, i) => ({
    hostPath: `/usr/lib/lib${i}.so.550`,
    containerPath: `/l${i}`,
  }));
  const edits = { mounts: [...mounts, { hostPath: '/file', containerPath: '/f' }] };
  const what =
    'mount "/usr/lib/lib0.so.550", "/usr/lib/lib1.so.550", "/usr/lib/lib2.so.550", "/usr/lib/lib3.so.550", "/usr/lib/lib4.so.550" and 35 more';
  const why = 'the host does not have them; generate the spec again';
  const want = errorAbout(edits, 'STALE_DEVICE', what, '"/usr/lib/lib0.so.550"', why);
  assert.equal(refusalFor(edits, { files: FILES, stale: 'auto' }), want);
  const { warnings } = plannedFor(edits, { files: FILES, stale: 'skip' });
  assert.deepEqual(warnings, [`left out: ${want.slice('STALE_DEVICE: '.length)}`]);
});

/** A spec of a vendor whose driver was updated since. */
function planAfterUpdate(kind: string, hostPaths: readonly string[], stale: 'auto' | 'skip' = 'auto'): InjectionPlan {
  const mounts = hostPaths.map((hostPath) => ({ hostPath, containerPath: hostPath }));
  const libraries = ['liba.so.575.9.1', 'liba.so.575.57.08', 'liba.so.575.57.08.old', 'libb.so.3', 'libe.so.1.1.2'];
  const devices = [{ name: 'c', containerEdits: { mounts } }];
  const files = {
    [SPEC]: JSON.stringify({ cdiVersion: '0.6.0', kind, devices }),
    ...Object.fromEntries(libraries.map((name) => [`/usr/lib/${name}`, ''])),
    '/lib/firmware/575.57.08/gsp.bin': '',
  };
  return planned(request(`${kind}=c`), { files, settings: { stale } });
}

const OLD = ['liba', 'libb', 'libc'].map((name) => `/usr/lib/${name}.so.570.133.20`);
const updates: readonly (readonly [title: string, kind: string, hostPaths: readonly string[], want: string])[] = [
  [
    'one library',
    'a/b',
    OLD.slice(0, 1),
    `mount "${OLD[0]}" of spec "${SPEC}": the host does not have it, but version 575.57.08; generate the spec again`,
  ],
  [
    'libraries, some of which the newer driver has no more',
    'nvidia.com/gpu',
    OLD,
    `mount 3 paths of version 570.133.20 of spec "${SPEC}": the host does not have them, but version 575.57.08; ` +
      `generate the spec again: nvidia-ctk cdi generate --output=${SPEC}`,
  ],
  [
    'libraries below a folder of the version',
    'a/b',
    ['/lib/firmware/570.133.20/gsp.bin', '/lib/firmware/570.133.20/gsp.2.1'],
    `mount 2 paths of version 570.133.20 of spec "${SPEC}": the host does not have them, but version 575.57.08; generate the spec again`,
  ],
  [
    'libraries with versions of their own beside them',
    'a/b',
    [...OLD, '/usr/lib/libe.so.1.1.0'],
    `mount 4 paths of version 570.133.20 and others of spec "${SPEC}": the host does not have them, but version 575.57.08; generate the spec again`,
  ],
  [
    'something that no newer version is there of',
    'a/b',
    ['/usr/lib/libd.so.1.2'],
    `mount "/usr/lib/libd.so.1.2" of spec "${SPEC}": the host does not have it; generate the spec again`,
  ],
  [
    'something whose number is no version',
    'a/b',
    ['/usr/lib/libb.so.2'],
    `mount "/usr/lib/libb.so.2" of spec "${SPEC}": the host does not have it; generate the spec again`,
  ],
];
for (const [title, kind, hostPaths, want] of updates)
  test(`stale: after the update of a driver: ${title}: one message that tells the versions`, () => {
    const { refusal, warnings } = planAfterUpdate(kind, hostPaths);
    assert.equal(refusal?.message.replace(/: line \d+, column \d+/, ''), `cannot ${want}`);
    assert.deepEqual(warnings, []);
  });

test('stale: a container that starts is not worth a look at what came instead', () => {
  const { warnings } = planAfterUpdate('a/b', OLD, 'skip');
  assert.equal(warnings.length, 1);
  assert.doesNotMatch(warnings.join(), /version/);
});

test('stale: what several specs have in common is one message', () => {
  const mounts = [{ hostPath: '/none', containerPath: '/in' }];
  const specs = ['a', 'b', 'c'].map((vendor) => {
    const devices = [{ name: 'd', containerEdits: { mounts } }];
    return [`/etc/cdi/${vendor}.json`, JSON.stringify({ cdiVersion: '0.6.0', kind: `${vendor}/x`, devices })];
  });
  const { refusal, warnings } = planned(request('a/x=d', 'b/x=d', 'c/x=d'), { files: Object.fromEntries(specs) });
  assert.match(
    refusal?.message ?? '',
    /^cannot mount "\/none" of spec "\/etc\/cdi\/a.json" and 2 more: line 1, column \d+: the host does not have it; generate the specs again$/,
  );
  assert.deepEqual(warnings, []);
});

test('stale: a hook that no one may execute stops a container as one that is missing does', () => {
  const memory: MemoryOptions = { owners: { '/file': { mode: 0o644 } } };
  const why = 'no one may execute it; make it executable: chmod 0755';
  const want = errorAbout(hook('/file'), 'STALE_DEVICE', 'run hook "/file"', '"/file"', why);
  assert.equal(refusalFor(hook('/file'), { files: FILES, memory, stale: 'auto' }), want);
  assert.deepEqual(left(plannedFor(hook('/file'), { files: FILES, memory, stale: 'skip' })), {});
});

test('stale: of several causes one is the error, and the others are warnings; very many are only counted', () => {
  const edits = { ...mount('/none'), ...hook('/gone') };
  const { refusal, warnings } = plannedFor(edits, { files: FILES, stale: 'auto' });
  assert.match(refusal?.message ?? '', /^cannot run hook "\/gone" /);
  assert.match(warnings.join(), /^cannot mount "\/none" of spec [^,]*, column [^,]*$/);
  const deviceNodes = Array.from({ length: 50 }, (_, i) => ({ path: '/dev/fuse', ...NUMBERS, minor: i }));
  const many = plannedFor({ deviceNodes }, { files: FILES, stale: 'warn' });
  assert.equal(many.warnings.length, 33);
  assert.equal(many.warnings.at(-1), 'more problems of this kind: 18; cdictl lint lists them all');
});

const missing: readonly (readonly [title: string, edits: object, what: string, piece: string])[] = [
  ['a hook', hook('/tmp/hook'), 'run hook "/tmp/hook"', '"/tmp/hook"'],
  ['a mount source', mount('/tmp/data/x'), 'mount "/tmp/data/x"', '"/tmp/data/x"'],
];
for (const [title, edits, what, piece] of missing)
  test(`stale: ${title} that is missing where everybody may create it is not trusted, whatever the setting`, () => {
    const memory: MemoryOptions = { owners: { '/tmp': { mode: 0o1777 } } };
    const files = { ...FILES, '/tmp': { directory: true } } as const;
    const why =
      'it is not there, and everybody may put it into directory "/tmp"; let only root write there, or set trust.owner: off';
    for (const stale of ['auto', 'fail', 'warn', 'skip'] as const)
      assert.equal(refusalFor(edits, { files, memory, stale }), errorAbout(edits, 'UNTRUSTED', what, piece, why));
    assert.equal(refusalFor(edits, { files, memory, stale: 'warn', trust: { owner: 'off' } }), undefined);
  });
