// A bundle on every kind of file system that can be had: the document is replaced with all that belongs to it.
import assert from 'node:assert/strict';
import {
  chmodSync,
  chownSync,
  linkSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { STARTED } from '../support/fake-runtime.ts';
import { ASKING, INJECTED, type SmallHost } from '../support/small-host.ts';
import { attributesOf, setAttributes } from './extended-attributes.ts';
import type { MountNamespace } from './mount-namespace.ts';
import { type MountedBundle, mountedBundles, mountImage, mountOverlay, noMounts, USER } from './mounted-bundle.ts';

const skip = noMounts;
const bundles = mountedBundles();

/** @returns false where this machine cannot have one */
type Mount = (host: SmallHost, space: MountNamespace) => boolean;

const tmpfs =
  (...options: readonly string[]): Mount =>
  ({ bundle }, space) =>
    space.mount('-t', 'tmpfs', ...options, 'x', bundle);

const kinds: readonly (readonly [title: string, mount: Mount])[] = [
  ['the folder of the tests', () => true],
  ['tmpfs', tmpfs()],
  ['noexec, nosuid, nodev', tmpfs('-o', 'noexec,nosuid,nodev')],
  ['ramfs, without attributes', ({ bundle }, space) => space.mount('-t', 'ramfs', 'x', bundle)],
  ['ext4', (host, space) => mountImage(host, space, 'mkfs.ext4', '-q', '-F')],
  ['ext4 with small inodes', (host, space) => mountImage(host, space, 'mkfs.ext4', '-q', '-F', '-I', '128')],
  ['a bind mount of a folder', ({ bundle }, space) => space.mount('--bind', bundle, bundle)],
  ['overlay, document above', (host, space) => mountOverlay(host, space, () => {})],
  [
    'overlay, document below',
    (host, space) => mountOverlay(host, space, (lower) => writeMarked(join(lower, 'config.json'))),
  ],
];

function writeMarked(file: string): void {
  writeFileSync(file, ASKING);
  chownSync(file, USER, USER + 1);
  chmodSync(file, 0o2640);
  for (const name of ['user.text', 'trusted.text', 'security.text']) setAttributes(file, { [name]: '00ff' });
}

function marksOf(file: string): unknown {
  const { mode, uid, gid } = statSync(file);
  return { mode: mode & 0o7777, uid, gid, attributes: attributesOf(file) };
}

for (const [title, mount] of kinds)
  test(`a document is replaced with all that belongs to it: ${title}`, { skip }, (t) => {
    let there = true;
    const bundle = bundles.make((host, space) => {
      there = mount(host, space);
    });
    if (!there) return t.skip('this machine cannot have one');
    const names = readdirSync(bundle.seenBundle);
    if (!names.includes('config.json')) writeMarked(bundle.seenConfig);
    const marks = marksOf(bundle.seenConfig);
    assertEdited(bundle);
    assert.deepEqual(marksOf(bundle.seenConfig), marks);
    assert.deepEqual(readdirSync(bundle.seenBundle), [...new Set(['config.json', ...names])].sort());
  });

function assertEdited(bundle: MountedBundle): void {
  const outcome = bundles.create(bundle);
  assert.deepEqual([outcome.stderr, outcome.status], ['', STARTED]);
  assert.equal(outcome.record?.config?.toString(), INJECTED);
  assert.equal(readFileSync(bundle.seenConfig, 'utf8'), INJECTED);
}

test('a link leads from a read-only file system to one that can be written', { skip }, () => {
  const bundle = bundles.make(({ root, bundle: folder }, space) => {
    mkdirSync(join(root, 'far'));
    space.mount('-t', 'tmpfs', 'x', join(root, 'far'));
    space.mount('-t', 'tmpfs', 'x', folder);
    writeFileSync(space.path(join(root, 'far/real.json')), ASKING);
    symlinkSync(join(root, 'far/real.json'), space.path(join(folder, 'config.json')));
    space.mount('-o', 'remount,ro', folder);
  });
  const far = join(bundle.root, 'far');
  const outcome = bundles.create(bundle);
  assert.deepEqual([outcome.stderr, outcome.status], ['', STARTED]);
  assert.equal(readFileSync(bundle.space.path(join(far, 'real.json')), 'utf8'), INJECTED);
  assert.equal(readlinkSync(bundle.seenConfig), join(far, 'real.json'));
  assert.deepEqual(readdirSync(bundle.space.path(far)), ['real.json']);
});

test('the other names of a hard link, another container’s perhaps, stay as they are', { skip }, () => {
  const bundle = bundles.make(tmpfs());
  writeFileSync(bundle.seenConfig, ASKING);
  const twin = join(bundle.seenBundle, 'twin.json');
  linkSync(bundle.seenConfig, twin);
  const { ino } = statSync(twin);
  assertEdited(bundle);
  assert.deepEqual([readFileSync(twin, 'utf8'), statSync(twin).ino, statSync(twin).nlink], [ASKING, ino, 1]);
});
