// Where the built cdictl keeps compiled code: in a folder that is its user's alone, or nowhere.
import assert from 'node:assert/strict';
import { chmodSync, chownSync, existsSync, mkdirSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { chooseCacheFolder, makeOwnFolder } from '../../src/cli/start/compile-cache.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

const folder = temporaryFolder();
const uid = process.geteuid?.() ?? 0;

for (const [name, environment, user, wanted] of [
  ['root, whatever its variables', { XDG_CACHE_HOME: '/x', HOME: '/home/a' }, 0, '/var/cache/cdi-runtime/cdictl'],
  ['a user', { HOME: '/home/a' }, 1000, '/home/a/.cache/cdi-runtime'],
  ['a user with a folder of choice', { XDG_CACHE_HOME: '/x', HOME: '/home/a' }, 1000, '/x/cdi-runtime'],
  ['a user whose choice is no path', { XDG_CACHE_HOME: 'x', HOME: '/home/a' }, 1000, '/home/a/.cache/cdi-runtime'],
  ['a user without a home', {}, 1000, undefined],
] as const) {
  test(`the folder of ${name}`, () => assert.equal(chooseCacheFolder(environment, user), wanted));
}

test('a folder that is missing is made for its user alone, with the one around it', () => {
  const own = join(folder, 'new/cache');
  assert.equal(makeOwnFolder(own, uid), own);
  assert.deepEqual(
    [own, join(folder, 'new')].map((path) => statSync(path).mode & 0o7777),
    [0o700, 0o700],
  );
  assert.equal(makeOwnFolder(own, uid), own);
});

test('a link around it is followed once and for all', () => {
  mkdirSync(join(folder, 'real'), { mode: 0o755 });
  symlinkSync('real', join(folder, 'link'));
  assert.equal(makeOwnFolder(join(folder, 'link/cache'), uid), join(folder, 'real/cache'));
});

let number = 0;
const refused: [name: string, make: (around: string, own: string) => void][] = [
  ['that its group can write', (_, own) => chmodSync(own, 0o770)],
  ['that everybody can write', (_, own) => chmodSync(own, 0o1777)],
  ['in one that its group can write', (around) => chmodSync(around, 0o775)],
  ['in one that everybody can write', (around) => chmodSync(around, 0o777)],
];
for (const [name, make] of refused) {
  test(`a folder ${name} is none`, () => {
    const around = join(folder, `refused-${number++}`);
    const own = join(around, 'cache');
    mkdirSync(own, { recursive: true, mode: 0o700 });
    assert.equal(makeOwnFolder(own, uid), own);
    make(around, own);
    assert.equal(makeOwnFolder(own, uid), undefined);
  });
}

for (const around of ['own', 'around'] as const) {
  test(`another user's folder is none (${around})`, { skip: uid !== 0 && 'only root gives folders away' }, () => {
    const own = join(folder, `given-${around}/cache`);
    mkdirSync(own, { recursive: true, mode: 0o700 });
    chownSync(around === 'own' ? own : join(own, '..'), 1234, 1234);
    assert.equal(makeOwnFolder(own, uid), undefined);
  });
}

test('a link and a file are none', () => {
  const [link, file] = [join(folder, 'to-real'), join(folder, 'file')];
  symlinkSync('real', link);
  writeFileSync(file, '', { mode: 0o600 });
  assert.deepEqual([makeOwnFolder(link, uid), makeOwnFolder(file, uid)], [undefined, undefined]);
});

test('where no folder can be made, there is none', () => {
  assert.equal(makeOwnFolder('/proc/self/none/cache', uid), undefined);
  assert.equal(makeOwnFolder(join(folder, 'a/b/c'), uid), undefined);
  assert.ok(!existsSync(join(folder, 'a')));
});
