// Specs that say what the host no longer has: an error, a warning, or left out.
import assert from 'node:assert/strict';
import { test } from 'node:test';

import type { InjectionPlan } from '../../src/inject/plan.ts';
import type { MemoryEntry, MemoryOptions } from '../host/memory-host.ts';

import { errorAbout, plannedFor, refusalFor, SPEC } from './one-device.ts';

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
  const isHook = 'hooks' in faulty;
  test(`stale: skip: ${title} is ${isHook ? 'given all the same' : 'left out, and the rest is given'}`, () => {
    const plan = plannedFor(edits, { ...surroundings, stale: 'skip' });
    assert.deepEqual([plan.refusal, plan.warnings], [undefined, [isHook ? message : `left out: ${message}`]]);
    const { env, mounts = [], deviceNodes = [], hooks = [] } = left(plan);
    assert.deepEqual([env, mounts.length + deviceNodes.length, hooks.length], [['KEPT=1'], 0, isHook ? 1 : 0]);
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
  ['a mount of what lies in the bundle', mount('rootfs/x')],
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
    ['/none', '/dev/x', '/dev/y'],
  );
  assert.deepEqual(left(plan)['deviceNodes'], [{ path: '/dev/fuse' }]);
});
