// Which runtime the settings choose: the fixed file, its drop-ins, the file that is named; as the core reads them.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { loadSettings } from '../../src/settings/load.ts';
import { memoryHost } from '../host/memory-host.ts';
import { cutPage, SHIM } from '../support/run-shim.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';
import { LaunchPlaces, type Places } from './launch-places.ts';
import { program } from './probe-binary.ts';

const skip = process.getuid?.() === 0 ? false : 'only root has mounts of its own';
const folder = temporaryFolder();
const machine = new LaunchPlaces(folder);

/** Texts of settings files by their names below `/etc/cdi-runtime`. */
type Files = { readonly [name: string]: string };

const runtimes: Places = Object.fromEntries(
  ['runc', 'one', 'two', 'three'].map((name) => [`/usr/bin/${name}`, { copy: program('recorder') }]),
);

function startedBy(files: Files, environment: readonly string[]): string {
  const texts = Object.entries(files).map(([name, text]) => [`/etc/cdi-runtime/${name}`, { text }] as const);
  const places: Places = { 'cdi-runtime': { copy: SHIM }, ...runtimes, ...Object.fromEntries(texts) };
  const { stdout, stderr } = machine.start(places, { program: './cdi-runtime', environment });
  return (
    /^argv \/usr\/bin\/(.*)\n/.exec(stdout)?.[1] ??
    cutPage(stderr)
      .replace(/^.*: the runtime/, 'the runtime')
      .trimEnd()
  );
}

/** What the core takes; `auto` is runc here. */
function chosenByCore(files: Files, environment: readonly string[]): string {
  const entries = Object.entries(files).map(([name, text]) => [`/etc/cdi-runtime/${name}`, text]);
  const variables = Object.fromEntries(environment.map((entry) => entry.split('=', 2)));
  const { settings } = loadSettings(memoryHost(Object.fromEntries(entries), { environment: variables }));
  return settings.runtime === 'auto' ? 'runc' : settings.runtime;
}

const NAMED = 'CDI_RUNTIME_CONFIG=/etc/cdi-runtime/named.yaml';

const rows: [title: string, files: Files, environment: string[], want: string][] = [
  ['no file', {}, [], 'runc'],
  ['the fixed file', { 'config.yaml': 'runtime: one\n' }, [], 'one'],
  ['a drop-in alone', { 'config.d/a.yaml': 'runtime: two\n' }, [], 'two'],
  ['a drop-in over the file', { 'config.yaml': 'runtime: one\n', 'config.d/a.yaml': 'runtime: two\n' }, [], 'two'],
  [
    'the last drop-in in the order of bytes',
    {
      'config.d/a.yaml': 'runtime: one\n',
      'config.d/é.yaml': 'runtime: three\n',
      'config.d/B.yaml': 'runtime: two\n',
      'config.d/10-x.yaml': 'runtime: two\n',
      'config.d/z.yaml': 'family: crun\n',
    },
    [],
    'three',
  ],
  [
    'a drop-in that takes the choice back',
    { 'config.yaml': 'runtime: one\n', 'config.d/a.yaml': 'runtime: auto\n' },
    [],
    'runc',
  ],
  ['a drop-in that is empty', { 'config.yaml': 'runtime: one\n', 'config.d/a.yaml': '' }, [], 'one'],
  [
    'what is no drop-in',
    {
      'config.yaml': 'runtime: one\n',
      'config.d/a.yml': 'runtime: two\n',
      'config.d/b.yaml~': 'runtime: two\n',
      'config.d/c.yaml/x': '',
    },
    [],
    'one',
  ],
  ['what an editor leaves', { 'config.d/.a.yaml': 'runtime: two\n', 'config.d/.yaml': 'runtime: two\n' }, [], 'runc'],
  [
    'a file that is named',
    { 'named.yaml': 'runtime: three\n', 'config.yaml': 'runtime: one\n', 'config.d/a.yaml': 'runtime: two\n' },
    [NAMED],
    'three',
  ],
  [
    'a named file that chooses nothing',
    { 'named.yaml': '', 'config.yaml': 'runtime: one\n', 'config.d/a.yaml': 'runtime: two\n' },
    [NAMED],
    'runc',
  ],
  [
    'an empty name',
    { 'named.yaml': 'runtime: three\n', 'config.yaml': 'runtime: one\n' },
    ['CDI_RUNTIME_CONFIG='],
    'one',
  ],
  ['of two names the first', { 'named.yaml': 'runtime: three\n' }, [NAMED, 'CDI_RUNTIME_CONFIG=/nowhere'], 'three'],
];
for (const [title, files, environment, want] of rows)
  test(`the settings choose the runtime, for both halves of the shim: ${title}`, { skip }, () => {
    assert.equal(startedBy(files, environment), want);
    if (environment.length < 2) assert.equal(chosenByCore(files, environment), want);
  });

// Where the core refuses the settings, a container may still have to be killed.

const refused: [title: string, files: Files, environment: string[], want: string][] = [
  ['a broken file', { 'config.yaml': '}: [\nruntime: one\n\u0001' }, [], 'one'],
  ['a broken drop-in', { 'config.yaml': 'runtime: one\n', 'config.d/a.yaml': '[[[' }, [], 'one'],
  [
    'a drop-in that nobody can use',
    { 'config.d/a.yaml': 'runtime: nobody\n' },
    [],
    'the runtime "nobody" of "/etc/cdi-runtime/config.d/a.yaml" is in none of',
  ],
  ['a missing named file', { 'config.yaml': 'runtime: one\n' }, ['CDI_RUNTIME_CONFIG=/nowhere'], 'runc'],
  [
    'a name that is relative',
    { 'named.yaml': 'runtime: three\n' },
    ['CDI_RUNTIME_CONFIG=etc/cdi-runtime/named.yaml'],
    'runc',
  ],
  ['a value of 4096 bytes', { 'config.yaml': `runtime: /${'x'.repeat(4095)}\n` }, [], 'the runtime "/xx'],
];
for (const [title, files, environment, want] of refused)
  test(`settings that the core refuses still choose the runtime: ${title}`, { skip }, () => {
    const started = startedBy(files, environment);
    assert.ok(started.startsWith(want), started);
    if (!title.includes('nobody')) assert.throws(() => chosenByCore(files, environment));
  });

// A look that fails now might have told of another runtime: whoever goes on without it orphans containers.

const config = join(folder, 'config.yaml');
writeFileSync(config, `runtime: ${program('recorder')}\n`);

const trouble: [calls: string, error: string, when: string, want: RegExp | number][] = [
  ['openat', 'EIO', '1', /the settings ".*config\.yaml" cannot be read \(EIO\)/],
  ['openat', 'ENFILE', '1', /cannot be read \(ENFILE\)/],
  ['openat', 'ENOMEM', '1', /cannot be read \(ENOMEM\)/],
  ['fstat,newfstatat', 'EIO', '1', /cannot be read \(EIO\)/],
  ['read', 'EIO', '1', /cannot be read \(EIO\)/],
  ['read', 'EINTR', '1', 7],
  // the child that tries again is not traced
  ['openat', 'EMFILE', '1', 7],
  ['stat,newfstatat', 'ENOMEM', '1', /the runtime ".*recorder.*" of ".*" cannot be looked at now/],
  ['access,faccessat,faccessat2', 'EIO', '1', /the runtime ".*recorder.*" of ".*" cannot be looked at now/],
];
for (const [calls, error, when, want] of trouble)
  test(`no other runtime is taken when ${calls} fails with ${error}`, () => {
    const args = ['-o', '/dev/null', '-e', `trace=${calls}`, '-e', `inject=${calls}:error=${error}:when=${when}`];
    const { stdout, stderr, status } = spawnSync('strace', [...args, SHIM, 'state', 'x'], {
      env: { CDI_RUNTIME_CONFIG: config, PATH: '/usr/bin:/bin' },
      encoding: 'utf8',
    });
    if (typeof want === 'number') {
      assert.match(stdout, /^argv .*recorder/);
      assert.equal(status, want);
      return;
    }
    assert.match(cutPage(stderr), want);
    assert.deepEqual([stdout, status], ['', 1]);
  });

// A search for a name: what is not there, or not for this user, lasts, and the next directory has its turn.

const byName = join(folder, 'by-name.yaml');
writeFileSync(byName, 'runtime: "true"\n');

/** Looks for `true`, which is in /usr/bin and /bin, where calls about one path fail. */
function search(path: string, calls: string, error: string, settings = byName): [status: number | null, said: string] {
  const inject = ['-P', path, '-e', `trace=${calls}`, '-e', `inject=${calls}:error=${error}`];
  const { status, stderr } = spawnSync('strace', ['-o', '/dev/null', ...inject, SHIM, 'state', 'x'], {
    env: { CDI_RUNTIME_CONFIG: settings, PATH: '/usr/bin:/bin' },
    encoding: 'utf8',
  });
  return [status, cutPage(stderr).replace(/^.*: (the runtime .*); install one, .*\n$/, '$1')];
}

const STAT = 'stat,newfstatat';
const ACCESS = 'access,faccessat,faccessat2';

for (const error of ['ENOENT', 'ENOTDIR', 'EACCES', 'EPERM', 'ELOOP', 'ENAMETOOLONG', 'EROFS', 'ENXIO', 'ENODEV'])
  test(`a search goes on where a look gives ${error}`, () => {
    assert.deepEqual(search('/usr/local/sbin/true', STAT, error), [0, '']);
    assert.deepEqual(search('/usr/bin/true', ACCESS, error), [0, '']);
  });

for (const error of ['EIO', 'ENOMEM', 'EINTR', 'EMFILE', 'ENFILE', 'EAGAIN', 'ESTALE', 'ETIMEDOUT', 'EBUSY'])
  test(`a search ends where a look gives ${error}`, () => {
    const told = `the runtime "true" of "${byName}" cannot be looked at now`;
    assert.deepEqual(search('/usr/local/sbin/true', STAT, error), [1, told]);
    assert.deepEqual(search('/usr/bin/true', ACCESS, error), [1, told]);
  });

test('a search for any runtime ends where a look at the first fails', () => {
  const none = join(folder, 'none.yaml');
  writeFileSync(none, '');
  assert.deepEqual(search('/usr/local/sbin/runc', STAT, 'EIO', none), [
    1,
    'the runtime "runc" cannot be looked at now',
  ]);
});
