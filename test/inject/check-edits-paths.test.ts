// What of the host specs may show or give where the settings list it.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { MemoryEntry } from '../host/memory-host.ts';
import { errorAbout, refusalFor } from './one-device.ts';

const FILES: Readonly<Record<string, MemoryEntry>> = {
  '/dev/fuse': { type: 'c', major: 10, minor: 229, mode: 0o666 },
  '/opt/x/lib': '',
  '/etc/shadow': '',
};

/** Without a reason it is taken; `piece` is the JSON that it is about. */
type Case = readonly [title: string, more: object, hostPaths: string[], piece?: string, why?: string];

const only = (list: string): string => `trust.hostPaths lists only ${list}; add it there`;

const mounts: readonly Case[] = [
  ['without a list', { hostPath: '/etc/shadow' }, []],
  ['that is listed', {}, ['/opt/**']],
  ['that is not listed', {}, ['/opt/*', '/srv/**'], '"/opt/x/lib"', only('"/opt/*" and "/srv/**"')],
  [
    'that only reads as if it were listed',
    { hostPath: '/opt/x/../../etc/shadow' },
    ['/**'],
    '"/opt/x/../../etc/shadow"',
    only('"/**"'),
  ],
  ['whose path is written otherwise', { hostPath: '//opt/./x//lib/' }, ['/opt/x/lib']],
  ['of the bundle', { hostPath: 'rootfs/etc' }, ['/opt/**'], '"rootfs/etc"', only('"/opt/**"')],
  [
    'of the bundle, where links of the image may lead on, without a list',
    { hostPath: 'rootfs/etc' },
    [],
    '"rootfs/etc"',
    'its path is not absolute; write the whole path',
  ],
  ['of a tmpfs', { hostPath: 'tmpfs', type: 'tmpfs' }, ['/opt/**']],
  [
    'that is called a tmpfs and bound all the same',
    { hostPath: '/etc/shadow', type: 'tmpfs', options: ['ro', 'rbind'] },
    ['/opt/**'],
    '"/etc/shadow"',
    only('"/opt/**"'),
  ],
  [
    'of an overlay, whose options name paths',
    { hostPath: 'overlay', type: 'overlay', options: ['lowerdir=/etc'] },
    ['/**'],
    '"overlay", "options"',
    'trust.mountTypes does not list type "overlay"; use a bind mount, or add it there',
  ],
];
for (const [title, more, hostPaths, piece = '', why] of mounts)
  test(`trust.hostPaths: a mount ${title} is ${why === undefined ? 'taken' : 'refused'}`, () => {
    const edits = { mounts: [{ hostPath: '/opt/x/lib', containerPath: '/lib', ...more }] };
    const what = `mount "${edits.mounts[0]?.hostPath}"`;
    const want = why && errorAbout(edits, 'UNTRUSTED', what, piece, why);
    assert.equal(refusalFor(edits, { files: FILES, trust: { hostPaths } }), want);
  });

const UNCOVERED = 'so that trust.hostPaths does not cover it; generate the spec again';
const nodes: readonly Case[] = [
  ['without a list', { path: '/dev/none', type: 'b', major: 8, minor: 0 }, []],
  ['that is listed', {}, ['/dev/fuse']],
  ['that is not listed', {}, ['/dev/nvidia*'], '"/dev/fuse"', only('"/dev/nvidia*"')],
  [
    'by another path of the host',
    { path: '/dev/nvidia0', hostPath: '/dev/fuse' },
    ['/dev/nvidia*'],
    '"/dev/fuse"',
    only('"/dev/nvidia*"'),
  ],
  ['with the numbers that the host has', { type: 'c', major: 10, minor: 229 }, ['/dev/fuse']],
  [
    'of another type',
    { type: 'b', major: 10, minor: 229 },
    ['/dev/fuse'],
    '{ "path"',
    `the host has a character device, the spec says a block device, ${UNCOVERED}`,
  ],
  [
    'with the numbers of another device',
    { type: 'c', major: 1, minor: 1 },
    ['/dev/fuse'],
    '{ "path"',
    `the host has 10:229, the spec says 1:1, ${UNCOVERED}`,
  ],
  [
    'with the numbers of another device, its type left out',
    { major: 1, minor: 1 },
    ['/dev/fuse'],
    '{ "path"',
    `the host has 10:229, the spec says 1:1, ${UNCOVERED}`,
  ],
  [
    'with another major number, the minor one left out',
    { type: 'c', major: 10 },
    ['/dev/fuse'],
    '{ "path"',
    `the host has 10:229, the spec says 10:0, ${UNCOVERED}`,
  ],
  [
    'with a number that 32 bits make another one',
    { type: 'c', major: 2 ** 32 + 10, minor: 229 },
    ['/dev/fuse'],
    '{ "path"',
    `the host has 10:229, the spec says 4294967306:229, ${UNCOVERED}`,
  ],
  [
    'that is a pipe in the spec alone',
    { type: 'p' },
    ['/dev/fuse'],
    '{ "path"',
    `the host has a character device, the spec says a named pipe, ${UNCOVERED}`,
  ],
  [
    'with numbers that the host does not have there',
    { path: '/dev/none', type: 'b', major: 8, minor: 0 },
    ['/dev/*'],
    '{ "path"',
    `the host does not have it, ${UNCOVERED}`,
  ],
];
for (const [title, more, hostPaths, piece = '', why] of nodes)
  test(`trust.hostPaths: a node ${title} is ${why === undefined ? 'taken' : 'refused'}`, () => {
    const node: { readonly path: string; readonly hostPath?: string } = { path: '/dev/fuse', ...more };
    const edits = { deviceNodes: [node] };
    const want =
      why && errorAbout(edits, 'UNTRUSTED', `inject device node "${node.hostPath ?? node.path}"`, piece, why);
    assert.equal(refusalFor(edits, { files: FILES, trust: { hostPaths } }), want);
  });
