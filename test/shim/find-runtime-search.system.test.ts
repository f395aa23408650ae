// Which program the shim becomes on machines of all kinds: names of links, places, copies of itself.
import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { cutPage, SHIM } from '../support/run-shim.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';
import { LaunchPlaces, type Placed, type Places } from './launch-places.ts';
import { program } from './probe-binary.ts';

const SEARCHED = '/usr/local/sbin, /usr/local/bin, /usr/sbin, /usr/bin, /sbin, /bin';
const skip = process.getuid?.() === 0 ? false : 'only root has mounts of its own';

const folder = temporaryFolder();
const machine = new LaunchPlaces(folder);
const runtime: Placed = { copy: program('recorder') };
const shim: Placed = { copy: SHIM };

/** What is started in the end, or what is said. */
function becomes(places: Places, run: Parameters<LaunchPlaces['start']>[1]): string {
  const { status, stdout, stderr, folder } = machine.start(places, run);
  const started = /^argv (.*)\nargv state\nargv x\n/.exec(stdout)?.[1];
  assert.equal(status, started === undefined ? 1 : 7, stderr);
  assert.equal(started === undefined, stderr !== '');
  const said = /^cannot start the real runtime: (.*); install one, or set runtime in the settings\n$/.exec(
    cutPage(stderr),
  )?.[1];
  return started ?? said?.replaceAll(`${folder}/`, './').replace(SEARCHED, 'SEARCHED') ?? stderr;
}

// Names: `one` and `two` are to be found by name, `runc` is what is taken otherwise.

const runtimes: Places = { '/usr/bin/runc': runtime, '/usr/bin/one': runtime, '/usr/local/bin/two': runtime };

const names: [title: string, links: Places, program: string, want: string][] = [
  ['its own name', {}, './cdi-runtime', '/usr/bin/runc'],
  ['a link', { 'cdi-one': { link: 'cdi-runtime' } }, './cdi-one', '/usr/bin/one'],
  ['an absolute link', { 'x/cdi-two': { link: '/proc/self/cwd/cdi-runtime' } }, './x/cdi-two', '/usr/local/bin/two'],
  ['a hard link', { 'cdi-one': { name: 'cdi-runtime' } }, './cdi-one', '/usr/bin/one'],
  ['a copy', { 'cdi-one': shim }, './cdi-one', '/usr/bin/one'],
  ['another name', { crun: { link: 'cdi-runtime' } }, './crun', '/usr/bin/runc'],
  ['a name that only begins alike', { 'cdi-': { link: 'cdi-runtime' } }, './cdi-', '/usr/bin/runc'],
  ['a link to a link', { 'cdi-one': { link: 'y' }, y: { link: 'cdi-runtime' } }, './cdi-one', '/usr/bin/one'],
  [
    'any name of a link that has a name',
    { docker: { link: 'cdi-two' }, 'cdi-two': { link: 'cdi-runtime' } },
    './docker',
    '/usr/local/bin/two',
  ],
  [
    'links of links in folders of their own',
    {
      'bin/runc': { link: '../alternatives/runc' },
      'alternatives/runc': { link: '../opt/x/bin/cdi-one' },
      'opt/x': { link: 'v2' },
      'opt/v2/bin/cdi-one': { link: '../../../cdi-runtime' },
    },
    'bin/runc',
    '/usr/bin/one',
  ],
  [
    'of several names the first',
    { 'cdi-one': { link: 'cdi-two' }, 'cdi-two': { link: 'cdi-runtime' } },
    './cdi-one',
    '/usr/bin/one',
  ],
  [
    'its own name before what lies behind it',
    { 'x/cdi-runtime': { link: '../cdi-one' }, 'cdi-one': { link: 'cdi-runtime' } },
    'x/cdi-runtime',
    '/usr/bin/runc',
  ],
  [
    'a runtime that is not there',
    { 'x/y': { link: '../cdi-three' }, 'cdi-three': { link: 'cdi-runtime' } },
    'x/y',
    'the runtime "three" of the link "x/../cdi-three" is in none of SEARCHED',
  ],
  [
    'itself',
    { 'cdi-cdi-runtime': { link: 'cdi-runtime' }, '/usr/bin/cdi-runtime': { link: '/proc/self/cwd/cdi-runtime' } },
    './cdi-cdi-runtime',
    'the runtime "cdi-runtime" of the link "./cdi-cdi-runtime" is this shim itself',
  ],
];
for (const [title, links, program, want] of names)
  test(`the name decides: ${title}`, { skip }, () =>
    assert.equal(becomes({ 'cdi-runtime': shim, ...runtimes, ...links }, { program }), want),
  );

const called: [title: string, run: Parameters<LaunchPlaces['start']>[1], want: string][] = [
  ['by PATH', { program: 'cdi-one', path: '/nowhere:./links' }, '/usr/bin/one'],
  [
    'with a name in argv[0] that is another',
    { program: 'links/cdi-one', words: ['cdi-two', 'state', 'x'] },
    '/usr/bin/one',
  ],
  ['with a name in argv[0] alone', { program: './cdi-runtime', words: ['cdi-two', 'state', 'x'] }, '/usr/bin/runc'],
  ['by a descriptor, where only argv[0] has a name', byDescriptor('cdi-two'), '/usr/local/bin/two'],
  ['by a descriptor, with a path for argv[0]', byDescriptor('/nowhere/cdi-two'), '/usr/local/bin/two'],
  // this name is not followed: it may be a file of somebody else
  ['by a descriptor, with a link for argv[0]', byDescriptor('links/runc'), '/usr/bin/runc'],
  ['by a descriptor, with an empty argv[0]', byDescriptor(''), '/usr/bin/runc'],
];
for (const [title, run, want] of called)
  test(`the name decides: called ${title}`, { skip }, () => {
    const links: Places = {
      'links/cdi-one': { link: '../cdi-runtime' },
      'links/runc': { link: 'cdi-one' },
    };
    assert.equal(becomes({ 'cdi-runtime': shim, ...runtimes, ...links }, run), want);
  });

function byDescriptor(name: string): Parameters<LaunchPlaces['start']>[1] {
  return { program: './cdi-runtime', words: [name, 'state', 'x'], conditions: ['by-descriptor'] };
}

// Places.

const places: [title: string, places: Places, want: string][] = [
  ['nothing', {}, 'none of runc, crun and youki is in SEARCHED'],
  ['youki alone', { '/usr/sbin/youki': runtime }, '/usr/sbin/youki'],
  ['crun before youki', { '/usr/local/sbin/youki': runtime, '/usr/bin/crun': runtime }, '/usr/bin/crun'],
  ['runc before crun', { '/usr/local/sbin/crun': runtime, '/usr/bin/runc': runtime }, '/usr/bin/runc'],
  ['sbin before bin', { '/usr/bin/runc': runtime, '/usr/sbin/runc': runtime }, '/usr/sbin/runc'],
  ['/usr/local first', { '/usr/sbin/runc': runtime, '/usr/local/bin/runc': runtime }, '/usr/local/bin/runc'],
  [
    'what is no program is passed over',
    {
      '/usr/local/sbin/runc/x': { text: '' },
      '/usr/local/bin/runc': { text: '' },
      '/usr/sbin/runc': { link: 'runc' },
      '/usr/bin/runc': runtime,
    },
    '/usr/bin/runc',
  ],
  [
    'what is no program, and nothing else',
    { '/usr/local/sbin/runc/x': { text: '' }, '/usr/local/bin/runc': { text: '' } },
    'none of runc, crun and youki is in SEARCHED',
  ],
  [
    'a link to another runtime',
    { '/usr/bin/crun': runtime, '/usr/sbin/runc': { link: '/usr/bin/crun' } },
    '/usr/sbin/runc',
  ],
];
for (const [title, files, want] of places)
  test(`a runtime is looked for: ${title}`, { skip }, () =>
    assert.equal(becomes({ 'cdi-runtime': shim, ...files }, { program: './cdi-runtime' }), want),
  );

// Itself, and others like it: with these, two shims would start one another for ever.

const pinned: Placed = { text: 'runtime: /usr/local/bin/runc\n' };
const older: Placed = { copy: otherVersion(join(folder, 'older')) };
const ownLink: Placed = { link: '/proc/self/cwd/cdi-runtime' };

const copies: [title: string, places: Places, want: string][] = [
  ['a copy first', { '/usr/local/sbin/runc': shim, '/usr/bin/runc': runtime }, '/usr/bin/runc'],
  [
    'copies, links and other versions first',
    {
      '/usr/local/sbin/runc': ownLink,
      '/usr/local/bin/runc': older,
      '/usr/sbin/runc': shim,
      '/usr/bin/runc': runtime,
    },
    '/usr/bin/runc',
  ],
  [
    'nothing but copies',
    { '/usr/local/sbin/runc': shim, '/usr/bin/runc': older, '/usr/bin/crun': ownLink },
    'none of runc, crun and youki is in SEARCHED',
  ],
  [
    'a path that is a copy',
    { '/etc/cdi-runtime/config.yaml': pinned, '/usr/local/bin/runc': shim, '/usr/bin/runc': runtime },
    'the runtime "/usr/local/bin/runc" of "/etc/cdi-runtime/config.yaml" is a copy of this shim',
  ],
  [
    'a path that is another version',
    { '/etc/cdi-runtime/config.yaml': pinned, '/usr/local/bin/runc': older },
    'the runtime "/usr/local/bin/runc" of "/etc/cdi-runtime/config.yaml" is a copy of this shim',
  ],
  [
    'a path that leads back by links',
    { '/etc/cdi-runtime/config.yaml': pinned, '/usr/local/bin/runc': { link: 'x' }, '/usr/local/bin/x': ownLink },
    'the runtime "/usr/local/bin/runc" of "/etc/cdi-runtime/config.yaml" is this shim itself',
  ],
  [
    'a name of which there are copies only',
    { '/etc/cdi-runtime/config.yaml': { text: 'runtime: one' }, '/usr/bin/one': shim },
    'the runtime "one" of "/etc/cdi-runtime/config.yaml" is a copy of this shim',
  ],
  [
    'a script whose interpreter is the shim',
    {
      '/etc/cdi-runtime/config.yaml': { text: 'runtime: /usr/bin/one' },
      '/usr/bin/one': { text: '#!/proc/self/cwd/cdi-runtime\n' },
    },
    'the runtime "/usr/bin/one" of "/etc/cdi-runtime/config.yaml" is this shim itself',
  ],
];
for (const [title, files, want] of copies)
  test(`the shim never starts itself: ${title}`, { skip }, () =>
    assert.equal(becomes({ 'cdi-runtime': shim, ...files }, { program: './cdi-runtime' }), want),
  );

test('a copy that is called as the runtime starts the next one', { skip }, () => {
  const files: Places = { '/usr/local/sbin/runc': shim, '/usr/local/bin/runc': older, '/usr/bin/runc': runtime };
  for (const path of ['/usr/local/sbin/runc', '/usr/local/bin/runc'])
    assert.equal(becomes(files, { program: path }), '/usr/bin/runc');
});

/** Another version is known by the name in its note, not by its bytes. */
function otherVersion(file: string): string {
  const bytes = readFileSync(SHIM);
  const name = bytes.indexOf('cdi-runtime\0');
  bytes.write('9.9', name + 'cdi-runtime\0'.length, 'latin1');
  writeFileSync(file, bytes, { mode: 0o755 });
  return file;
}
