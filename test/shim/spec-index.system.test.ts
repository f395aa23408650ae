// The index of spec directories: made and used where it pays, and nowhere else.
import assert from 'node:assert/strict';
import { existsSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { noTracing } from '../faults/disturb-stories.ts';
import { spec } from '../support/specs.ts';
import { IndexedSpecs, LEAST_FILES, untilOld, WANTED } from './indexed-specs.ts';
import { noMounts } from './mounted-bundle.ts';

const space = noMounts === false ? new IndexedSpecs() : undefined;

function check(title: string, skip: string | false, work: (specs: IndexedSpecs) => void): void {
  test(title, { skip: noMounts || skip }, () => {
    assert.ok(space !== undefined);
    rmSync(space.folder, { recursive: true, force: true });
    work(space);
  });
}

check('of many files those are opened that may matter, or are young', noTracing, (specs) => {
  const host = specs.makeFilled('many', LEAST_FILES);
  specs.demandWanted(host);
  assert.deepEqual(specs.listIndexes(), []);
  untilOld([host]);
  specs.demandWanted(host);
  assert.equal(specs.listIndexes().length, 1);
  assert.equal(specs.countOpened(host, [WANTED]), 1);
  const [directory = ''] = host.directories;
  writeFileSync(join(directory, 'f7.yaml'), spec('vendor.com/other', 'd'));
  rmSync(join(directory, 'f8.yaml'));
  writeFileSync(join(directory, 'new.yaml'), spec('vendor.com/other', 'd'));
  assert.equal(specs.countOpened(host, [WANTED]), 3);
  untilOld([host]);
  assert.equal(specs.countOpened(host, [WANTED]), 3);
  assert.equal(specs.countOpened(host, [WANTED]), 1);
});

check('few files have no index', false, (specs) => {
  const host = specs.makeFilled('few', LEAST_FILES - 1);
  untilOld([host]);
  specs.demandWanted(host);
  assert.ok(!existsSync(specs.folder));
});

check('a create without a request asks for no index', noTracing, (specs) => {
  const host = specs.makeFilled('none', LEAST_FILES);
  untilOld([host]);
  assert.equal(specs.countOpened(host, []), 0);
  assert.ok(!existsSync(specs.folder));
});

check('times of other file systems, and of those that are only read, are not believed', false, (specs) => {
  const [other, fixed] = [specs.make('ramfs'), specs.makeFilled('fixed', LEAST_FILES)];
  specs.space.mount('-t', 'ramfs', 'none', other.specs);
  specs.fill(other, LEAST_FILES);
  specs.space.mount('--bind', fixed.specs, fixed.specs);
  specs.space.mount('-o', 'remount,bind,ro', fixed.specs);
  untilOld([other, fixed]);
  for (const host of [other, fixed]) {
    specs.demandWanted(host);
    assert.ok(!existsSync(specs.folder));
  }
});

check('files of another device are read', noTracing, (specs) => {
  const host = specs.makeFilled('devices', LEAST_FILES);
  specs.space.mount('-t', 'tmpfs', 'none', '/media');
  writeFileSync(specs.space.path('/media/f5.yaml'), spec('vendor5.com/gpu', 'd'));
  specs.space.mount('--bind', '/media/f5.yaml', join(host.specs, 'f5.yaml'));
  untilOld([host]);
  specs.demandWanted(host);
  assert.equal(specs.countOpened(host, [WANTED]), 2);
});

check('where none can be kept, nothing is left and nobody is troubled', false, (specs) => {
  const host = specs.makeFilled('large', 400);
  untilOld([host]);
  for (const options of ['ro', 'size=4k', 'nr_inodes=1']) {
    specs.space.mount('-t', 'tmpfs', '-o', options, 'none', '/run');
    specs.demandWanted(host);
    const left = specs.listIndexes();
    assert.ok(specs.space.try('umount', '/run'));
    assert.deepEqual(left, [], options);
  }
  // in one of them, the folder itself could be made
  specs.createAtOnce(host, 40);
  const [name = '', ...others] = specs.listIndexes();
  assert.deepEqual(others, []);
  const names = readdirSync(host.directories[0] ?? '').join('').length + 400;
  assert.equal(statSync(join(specs.folder, name)).size, 80 + 400 * 48 + Math.ceil(names / 8) * 8);
});
