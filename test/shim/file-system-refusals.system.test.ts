// Where no file can be put in another's place: one sentence, the document as before, nothing left, nothing started.
import assert from 'node:assert/strict';
import { chmodSync, chownSync, readdirSync, readFileSync, statfsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { STARTED } from '../support/fake-runtime.ts';
import { fileState } from '../support/file-state.ts';
import { cutPage } from '../support/run-shim.ts';
import { ASKING, INJECTED, type SmallHost } from '../support/small-host.ts';
import { setAttributes } from './extended-attributes.ts';
import type { MountNamespace } from './mount-namespace.ts';
import {
  asUser,
  type MountedBundle,
  mountedBundles,
  mountImage,
  mountOverlay,
  noMounts,
  USER,
} from './mounted-bundle.ts';

const bundles = mountedBundles();

interface Refusal {
  readonly title: string;
  /** mounts, and puts the document there. @returns false where this machine cannot have it */
  mount(host: SmallHost, space: MountNamespace): boolean;
  readonly why: string;
  readonly prefix?: readonly string[];
  /** what makes the same create work; undefined where nothing but another bundle does */
  fix?(bundle: MountedBundle): void;
}

const refusals: readonly Refusal[] = [
  {
    title: 'a file system that is read-only',
    mount: ({ bundle, config }, space) => {
      space.mount('-t', 'tmpfs', 'x', bundle);
      writeFileSync(space.path(config), ASKING);
      return space.mount('-o', 'remount,ro', bundle);
    },
    why: 'its file system is read-only',
    fix: ({ bundle, space }) => space.mount('-o', 'remount,rw', bundle),
  },
  {
    title: 'a document that is a mount of its own',
    mount: ({ root, config }, space) => {
      writeFileSync(join(root, 'source.json'), ASKING);
      writeFileSync(config, '');
      return space.mount('--bind', join(root, 'source.json'), config);
    },
    why: 'another file cannot be put in its place, since it is a mount of its own; mount the folder instead of the file',
  },
  {
    title: 'a disk that is full',
    mount: ({ bundle, config }, space) => {
      space.mount('-t', 'tmpfs', '-o', 'size=16k', 'x', bundle);
      writeFileSync(space.path(config), ASKING);
      fill(space.path(bundle));
      return true;
    },
    why: 'the disk is full',
    fix: ({ seenBundle }) => writeFileSync(join(seenBundle, 'filler'), ''),
  },
  {
    title: 'a disk with too little room',
    mount: ({ bundle, config }, space) => {
      space.mount('-t', 'tmpfs', '-o', 'size=64k', 'x', bundle);
      writeFileSync(space.path(config), ASKING.replace('{', `{"x":"${'x'.repeat(40_000)}",`));
      return true;
    },
    why: 'the disk is full',
  },
  {
    title: 'a disk without an inode left',
    mount: ({ bundle, config }, space) => {
      space.mount('-t', 'tmpfs', '-o', 'nr_inodes=2', 'x', bundle);
      writeFileSync(space.path(config), ASKING);
      return true;
    },
    why: 'the disk is full',
    fix: ({ bundle, space }) => space.mount('-o', 'remount,nr_inodes=3', bundle),
  },
  {
    title: 'a quota that is used up',
    prefix: asUser,
    mount: ({ bundle, config }, space) => {
      if (!space.try('mount', '-t', 'tmpfs', '-o', 'usrquota,usrquota_inode_hardlimit=2', 'x', bundle)) return false;
      giveToUser(space.path(bundle), space.path(config));
      return true;
    },
    why: 'the disk quota is used up',
  },
  ...['i', 'a'].flatMap((flag): Refusal[] => [
    {
      title: `a document with the flag ${flag}`,
      mount: (host, space) => flagged(host, space, flag, host.config),
      why: 'the kernel refused it (EPERM)',
      fix: ({ space, config }) => assert.ok(space.try('chattr', `-${flag}`, config)),
    },
  ]),
  {
    title: 'a folder with the flag i',
    mount: (host, space) => flagged(host, space, 'i', host.bundle),
    why: 'the kernel refused it (EPERM)',
    fix: ({ space, bundle }) => assert.ok(space.try('chattr', '-i', bundle)),
  },
  {
    title: 'a folder that this user may not write to',
    prefix: asUser,
    mount: ({ config }) => {
      writeFileSync(config, ASKING);
      return true;
    },
    why: 'this user may not write to its folder',
    fix: ({ bundle, config }) => giveToUser(bundle, config),
  },
  {
    title: 'a document of another owner, whom this user cannot make the owner of a new one',
    prefix: asUser,
    mount: ({ bundle, config }) => {
      giveToUser(bundle, config);
      chownSync(config, USER + 1, USER + 1);
      chmodSync(config, 0o666);
      return true;
    },
    why: 'the kernel refused it (EPERM)',
    fix: ({ config }) => chownSync(config, USER, USER),
  },
  {
    title: 'a label that this user may not set',
    prefix: asUser,
    mount: ({ bundle, config }) => {
      giveToUser(bundle, config);
      return setAttributes(config, { 'security.text': '00ff' });
    },
    why: 'the kernel refused it (EPERM)',
  },
  {
    title: 'an overlay whose upper layer is full',
    mount: (host, space) => {
      mountOverlay(host, space, (lower) => writeFileSync(join(lower, 'config.json'), ASKING));
      fill(space.path(join(host.root, 'layers')));
      return true;
    },
    why: 'the disk is full',
    fix: ({ root, space }) => writeFileSync(space.path(join(root, 'layers/filler')), ''),
  },
];

/** Writes until nothing more goes in. */
function fill(folder: string): void {
  const { bavail, bsize } = statfsSync(folder);
  writeFileSync(join(folder, 'filler'), Buffer.alloc(bavail * bsize));
}

function giveToUser(bundle: string, config: string): void {
  writeFileSync(config, ASKING);
  for (const path of [bundle, config]) chownSync(path, USER, USER);
}

function flagged(host: SmallHost, space: MountNamespace, flag: string, path: string): boolean {
  if (!mountImage(host, space, 'mkfs.ext4', '-q', '-F')) return false;
  writeFileSync(space.path(host.config), ASKING);
  return space.try('chattr', `+${flag}`, path);
}

for (const { title, mount, why, prefix = [], fix } of refusals)
  test(`a document that cannot be replaced is refused and stays: ${title}`, { skip: noMounts }, (t) => {
    let there = true;
    const bundle = bundles.make((host, space) => {
      there = mount(host, space);
    });
    if (!there) return t.skip('this machine cannot have it');
    const before = fileState(bundle.seenConfig);
    const names = readdirSync(bundle.seenBundle);
    const log = join(bundle.out, 'log.json');
    const words = ['--log', log, '--log-format', 'json'];
    const { status, stdout, stderr, record } = bundles.create(bundle, { prefix, words });
    const message = `cannot replace container configuration "${bundle.config}": ${why}`;
    assert.deepEqual([status, stdout, stderr, record], [1, '', `${message}\n`, undefined]);
    assert.equal(cutPage(JSON.parse(readFileSync(log, 'utf8')).msg), message);
    assert.deepEqual(fileState(bundle.seenConfig), before);
    assert.deepEqual(readdirSync(bundle.seenBundle), names);
    if (fix === undefined) return;
    fix(bundle);
    assert.deepEqual(bundles.create(bundle, { prefix }).status, STARTED);
    assert.equal(readFileSync(bundle.seenConfig, 'utf8'), INJECTED);
  });
