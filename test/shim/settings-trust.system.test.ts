// Whose word the settings are: what others could have written, or what cannot be read, never chooses a program.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { chmodSync, chownSync, lchownSync, mkdirSync, mkdtempSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { createNodeHost } from '../../src/host/node.ts';
import { Trust } from '../../src/host/trust.ts';
import { cutPage, SHIM } from '../support/run-shim.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

const skip = process.getuid?.() === 0 ? false : 'only root can give files away';
const folder = temporaryFolder();
const STRANGER = 12345;
const chosen = join(folder, 'chosen');
writeFileSync(chosen, '#!/bin/sh\necho chosen\n', { mode: 0o755 });

/** A file of settings in a folder of its own, and what is done to them. @returns the path that is named, if another is */
type Spoil = (place: string, file: string) => unknown;

const own = (path: string): void => chownSync(path, STRANGER, STRANGER);

const spoilt: [title: string, spoil: Spoil, why: string][] = [
  ['the group may write it', (_, file) => chmodSync(file, 0o664), 'it can be written by group 0 (mode 0664)'],
  ['everybody may write it', (_, file) => chmodSync(file, 0o646), 'it can be written by everybody (mode 0646)'],
  ['it is a stranger’s', (_, file) => own(file), 'it belongs to user 12345'],
  ['its folder is a stranger’s', (place) => own(place), 'directory "PLACE" belongs to user 12345'],
  [
    'everybody may put files beside it',
    (place) => chmodSync(place, 0o777),
    'directory "PLACE" can be written by everybody (mode 0777)',
  ],
  [
    'a stranger could swap the folder above',
    (place) => {
      const outer = join(place, 'outer');
      mkdirSync(join(outer, 'inner'), { recursive: true });
      writeFileSync(join(outer, 'inner/c.yaml'), `runtime: ${chosen}\n`, { mode: 0o644 });
      own(outer);
      return join(outer, 'inner/c.yaml');
    },
    'directory "PLACE/outer" belongs to user 12345',
  ],
  [
    'a link in a stranger’s folder leads to it',
    (place, file) => {
      mkdirSync(join(place, 'theirs'));
      symlinkSync(file, join(place, 'theirs/c.yaml'));
      own(join(place, 'theirs'));
      return join(place, 'theirs/c.yaml');
    },
    'directory "PLACE/theirs" belongs to user 12345',
  ],
  [
    'a link to a stranger’s folder is on its way',
    (place) => {
      mkdirSync(join(place, 'theirs'));
      writeFileSync(join(place, 'theirs/c.yaml'), `runtime: ${chosen}\n`, { mode: 0o644 });
      own(join(place, 'theirs'));
      symlinkSync('theirs', join(place, 'link'));
      return join(place, 'link/c.yaml');
    },
    'directory "PLACE/theirs" belongs to user 12345',
  ],
  [
    'a stranger put a link into a folder that all share',
    (place, file) => {
      mkdirSync(join(place, 'shared'), { mode: 0o777 });
      chmodSync(join(place, 'shared'), 0o1777);
      symlinkSync(file, join(place, 'shared/c.yaml'));
      lchownSync(join(place, 'shared/c.yaml'), STRANGER, STRANGER);
      return join(place, 'shared/c.yaml');
    },
    'it belongs to user 12345',
  ],
];

function lay(spoil: Spoil): { place: string; named: string } {
  const place = mkdtempSync(join(folder, 'place-'));
  chmodSync(place, 0o755);
  const file = join(place, 'config.yaml');
  writeFileSync(file, `runtime: ${chosen}\n`, { mode: 0o644 });
  const named = spoil(place, file);
  return { place, named: typeof named === 'string' ? named : file };
}

function call(named: string, program = SHIM): string {
  const env = { CDI_RUNTIME_CONFIG: named, PATH: '/usr/bin:/bin' };
  const { stdout, stderr } = spawnSync(program, ['state', 'x'], { env, encoding: 'utf8' });
  return stdout + cutPage(stderr);
}

for (const [title, spoil, words] of spoilt)
  test(`no program is chosen by settings, and none instead, where ${title}`, { skip }, () => {
    const { place, named } = lay(spoil);
    const why = words.replace('PLACE', place);
    const hint = 'let only root, or the user who starts containers, write to it';
    assert.equal(call(named), `cannot start the real runtime: the settings "${named}" do not count: ${why}; ${hint}\n`);
    assert.equal(new Trust(createNodeHost()).problem(named), why);
  });

for (const [title, spoil] of spoilt)
  test(`a link that names the runtime goes on where ${title}`, { skip }, () => {
    const { place, named } = lay(spoil);
    symlinkSync(SHIM, join(place, 'cdi-true'));
    assert.equal(call(named, join(place, 'cdi-true')), '');
  });

const unread: [title: string, spoil: Spoil, why: string][] = [
  ['a folder', (place) => place, 'cannot be read (EISDIR)'],
  ['a device', () => '/dev/null', 'cannot be read (EFTYPE)'],
  [
    'larger than a file of settings may be',
    (_, file) => writeFileSync(file, '#'.repeat(1024 * 1024 + 1)),
    'cannot be read (EFBIG)',
  ],
  [
    'a link to nowhere',
    (place) => {
      symlinkSync('nowhere', join(place, 'link'));
      return join(place, 'link');
    },
    'cannot be read (ENOENT)',
  ],
];
for (const [title, spoil, why] of unread)
  test(`no other program is chosen where the settings are ${title}`, () => {
    const { named } = lay(spoil);
    const said = call(named);
    assert.ok(said.startsWith(`cannot start the real runtime: the settings "${named}" ${why}`), said);
  });

test('settings that are still being written when the wait is over choose no other program', () => {
  const { named } = lay(() => {});
  const script = 'exec 3> $CDI_RUNTIME_CONFIG; $shim state x';
  const env = { CDI_RUNTIME_CONFIG: named, shim: SHIM, PATH: '/usr/bin:/bin' };
  const { stderr } = spawnSync('sh', ['-c', script], { env, encoding: 'utf8' });
  assert.match(stderr, /^cannot start the real runtime: the settings ".*" are being written \(EAGAIN\)/);
});
