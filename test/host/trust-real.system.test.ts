// Who could have written what a path leads to, on the real file system: asked by root and by nobody.
import assert from 'node:assert/strict';
import { chmodSync, chownSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { test } from 'node:test';
import { createNodeHost } from '../../src/host/node.ts';
import { Trust } from '../../src/host/trust.ts';
import { asOrdinaryUser, NOBODY } from '../support/ordinary-user.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

const folder = temporaryFolder();
const asRoot = { skip: process.geteuid?.() === 0 ? false : 'only root can give files away' } as const;

/** A spec in a directory below one that everybody may look into. */
function place(): string {
  chmodSync(folder, 0o755);
  const directory = join(mkdtempSync(join(folder, 'place-')), 'cdi');
  mkdirSync(directory);
  for (const path of [dirname(directory), directory]) chmodSync(path, 0o755);
  const file = join(directory, 'gpu.yaml');
  writeFileSync(file, 'kind: a/b\n');
  chmodSync(file, 0o644);
  return file;
}

/** The answers of Node's host as root, and as a user who owns nothing. */
function answers(file: string): (string | undefined)[] {
  const ask = (): string | undefined => new Trust(createNodeHost()).problem(file);
  return [ask(), asOrdinaryUser(ask)].map((answer) => answer?.replaceAll(dirname(dirname(file)), '$'));
}

const others: [title: string, change: (file: string) => void, want: string | undefined][] = [
  ['root’s own', () => {}, undefined],
  ['a file of somebody', (file) => chownSync(file, 1234, 0), 'it belongs to user 1234'],
  ['a file that a group may write', (file) => chmodSync(file, 0o664), 'it can be written by group 0 (mode 0664)'],
  ['a directory of somebody', (file) => chownSync(dirname(file), 1234, 0), 'directory "$/cdi" belongs to user 1234'],
  [
    'a directory that all may write',
    (file) => chmodSync(dirname(file), 0o777),
    'directory "$/cdi" can be written by everybody (mode 0777)',
  ],
  ['a sticky directory', (file) => chmodSync(dirname(file), 0o1777), undefined],
  [
    'root’s link to somebody’s file',
    (file) => {
      rmSync(file);
      writeFileSync(`${file}-real`, '');
      chownSync(`${file}-real`, 1234, 0);
      symlinkSync('gpu.yaml-real', file);
    },
    'file "$/cdi/gpu.yaml-real" belongs to user 1234',
  ],
];
for (const [title, change, want] of others)
  test(`Trust on the real file system, for root and for nobody: ${title}`, asRoot, () => {
    const file = place();
    change(file);
    assert.deepEqual(answers(file), [want, want]);
  });

const nobodys: [title: string, change: (file: string) => void][] = [
  ['file', (file) => chownSync(file, NOBODY, NOBODY)],
  [
    'link in a sticky directory',
    (file) => {
      chmodSync(dirname(file), 0o1777);
      rmSync(file);
      asOrdinaryUser(() => symlinkSync('/etc/passwd', file));
    },
  ],
];
for (const [title, change] of nobodys)
  test(`Trust on the real file system: nobody’s ${title} is trusted by nobody alone`, asRoot, () => {
    const file = place();
    change(file);
    assert.deepEqual(answers(file), ['it belongs to user 65534', undefined]);
  });
