// Which files of settings count, how they merge, and what is said of one that cannot be read or trusted.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Host, PathInfo } from '../../src/host/host.ts';
import {
  combineSettings,
  type LoadedSettings,
  SETTINGS_DIRECTORY,
  SETTINGS_VARIABLE,
} from '../../src/settings/combine.ts';
import { loadSettings, SETTINGS_FILE } from '../../src/settings/load.ts';
import { DEFAULT_SETTINGS } from '../../src/settings/settings.ts';
import { type MemoryEntry, type MemoryOptions, memoryHost } from '../host/memory-host.ts';
import { refusal } from '../support/edit-document.ts';

type Files = Readonly<Record<string, MemoryEntry>>;

/** Root's machine; or, with `uid`, another user's. */
function load(files: Files, options: MemoryOptions & { readonly uid?: number } = {}): LoadedSettings {
  const host: Host = memoryHost(files, options);
  const { uid = 0 } = options;
  return loadSettings({ ...host, ids: () => ({ uid, gid: uid }) });
}

const named = { environment: { [SETTINGS_VARIABLE]: '/c.yaml' } };
const dropIn = (name: string): string => `${SETTINGS_DIRECTORY}/${name}`;
const pathsOf = ({ files }: LoadedSettings): string[] => files.map(({ path }) => path);

test('loadSettings() has defaults where there is no file', () => {
  assert.deepEqual(load({}), { settings: DEFAULT_SETTINGS, files: [] });
  assert.deepEqual(load({ [SETTINGS_DIRECTORY]: { directory: true } }).settings, DEFAULT_SETTINGS);
});

test('loadSettings() reads the fixed file where the variable names none', () => {
  for (const environment of [{}, { [SETTINGS_VARIABLE]: '' }]) {
    const loaded = load({ [SETTINGS_FILE]: 'family: crun', '/c.yaml': 'family: youki' }, { environment });
    assert.deepEqual([loaded.settings.family, pathsOf(loaded)], ['crun', [SETTINGS_FILE]]);
  }
});

test('loadSettings() reads the file that the variable names, and no other', () => {
  const files = {
    '/c.yaml': 'runtime: runc',
    [SETTINGS_FILE]: 'family: crun',
    [dropIn('a.yaml')]: 'stale: fail',
    '/home/me/.config/cdi-runtime/config.yaml': 'unresolved: warn',
  };
  const environment = { ...named.environment, HOME: '/home/me' };
  const loaded = load(files, { environment, uid: 1000 });
  assert.deepEqual(loaded.settings, { ...DEFAULT_SETTINGS, runtime: 'runc' });
  assert.deepEqual(pathsOf(loaded), ['/c.yaml']);
});

test('loadSettings() reads drop-ins in the order of their bytes, after the fixed file', () => {
  const loaded = load({
    [SETTINGS_FILE]: 'stale: fail\nfamily: runc\nunresolved: warn',
    [dropIn('9.yaml')]: 'family: crun',
    [dropIn('10.yaml')]: 'family: youki\nstale: skip',
    [dropIn('\u{1f600}.yaml')]: 'wait: 2s',
    [dropIn('\uffff.yaml')]: 'wait: 1s',
  });
  const { family, stale, unresolved, wait } = loaded.settings;
  assert.deepEqual([family, stale, unresolved, wait], ['crun', 'skip', 'warn', 2000]);
  assert.deepEqual(pathsOf(loaded), [
    SETTINGS_FILE,
    ...['10.yaml', '9.yaml', '\uffff.yaml', '\u{1f600}.yaml'].map(dropIn),
  ]);
});

test('loadSettings() reads drop-ins without a fixed file', () => {
  assert.equal(load({ [dropIn('a.yaml')]: 'runtime: crun' }).settings.runtime, 'crun');
});

test('loadSettings() reads only what ends in .yaml and does not begin with a dot', () => {
  const loaded = load({
    [dropIn('a.yml')]: ']',
    [dropIn('b.yaml~')]: ']',
    [dropIn('.c.yaml')]: ']',
    [dropIn('d.yaml/x.yaml')]: ']',
    [dropIn('e.yaml')]: 'family: crun',
  });
  assert.deepEqual(pathsOf(loaded), [dropIn('e.yaml')]);
});

test('maps merge, lists and values replace', () => {
  const { settings } = load({
    [SETTINGS_FILE]: [
      'specDirs: [/a, /b]',
      'requests:',
      '  annotations: { enabled: false, prefixes: [a/, b/] }',
      '  env: { variables: { GPUS: { kind: vendor.com/gpu }, NICS: {} } }',
      '  defaultKind: vendor.com/x',
      'policy: { preset: locked, default: ignore, rules: [{ action: allow }, { action: deny }] }',
      'log: { path: /var/log/x }',
    ].join('\n'),
    [dropIn('a.yaml')]: [
      'specDirs: [/c]',
      'requests:',
      '  annotations: { prefixes: [] }',
      '  env: { variables: { GPUS: {}, NICS: { kind: vendor.com/nic }, MORE: ~ } }',
      '  defaultKind: ~',
      'policy: { default: ~, rules: [{ devices: x.y/z=*, action: ignore }] }',
      'log: { level: info }',
      'limits:',
    ].join('\n'),
  });
  assert.deepEqual(settings, {
    ...DEFAULT_SETTINGS,
    specDirs: ['/c'],
    requests: {
      ...DEFAULT_SETTINGS.requests,
      annotations: { enabled: false, prefixes: [] },
      env: {
        ...DEFAULT_SETTINGS.requests.env,
        variables: {
          CDI_DEVICES: { kind: null },
          GPUS: { kind: 'vendor.com/gpu' },
          NICS: { kind: 'vendor.com/nic' },
          MORE: { kind: null },
        },
      },
    },
    policy: { preset: 'locked', default: null, share: {}, rules: [{ devices: ['x.y/z=*'], action: 'ignore' }] },
    log: { path: '/var/log/x', level: 'info' },
  });
});

// A user's own file.

const OWN = '/home/me/.config/cdi-runtime/config.yaml';
const HOME = { HOME: '/home/me' };
const me: Partial<PathInfo> = { uid: 1000, gid: 1000 };
const mine = { owners: { '/home/me': me, '/home/me/.config': me, '/home/me/.config/cdi-runtime': me, [OWN]: me } };

test('a rootless user’s own file is read last', () => {
  const files = { [SETTINGS_FILE]: 'stale: fail\nwait: 1s', [dropIn('a.yaml')]: 'wait: 2s', [OWN]: 'wait: 3s' };
  const loaded = load(files, { ...mine, environment: HOME, uid: 1000 });
  assert.deepEqual([loaded.settings.stale, loaded.settings.wait], ['fail', 3000]);
  assert.deepEqual(pathsOf(loaded), [SETTINGS_FILE, dropIn('a.yaml'), OWN]);
});

const users: [title: string, options: Parameters<typeof load>[1], path: string | undefined][] = [
  ['none for root', { environment: HOME }, undefined],
  ['one for root of a user namespace', { environment: HOME, userNamespace: true, owners: {} }, OWN],
  [
    'one where XDG_CONFIG_HOME says',
    { environment: { ...HOME, XDG_CONFIG_HOME: '/xdg' }, uid: 1000 },
    '/xdg/cdi-runtime/config.yaml',
  ],
  ['one in HOME where XDG_CONFIG_HOME is relative', { environment: { ...HOME, XDG_CONFIG_HOME: 'x' }, uid: 1000 }, OWN],
  ['none without HOME', { environment: {}, uid: 1000 }, undefined],
  ['none in a relative HOME', { environment: { HOME: 'me' }, uid: 1000 }, undefined],
];
for (const [title, options, path] of users)
  test(`a user’s own file: ${title}`, () => {
    assert.deepEqual(
      pathsOf(load({ [OWN]: 'stale: skip', '/xdg/cdi-runtime/config.yaml': 'stale: fail' }, { ...mine, ...options })),
      path === undefined ? [] : [path],
    );
  });

test('a user’s own file cannot set the runtime', () => {
  const why = "a user's own settings cannot set the runtime; leave it to the settings of the host";
  for (const [text, place] of [
    ['stale: skip\nruntime: crun', 'line 2, column 10'],
    ['{ runtime: crun }', 'line 1, column 12'],
  ]) {
    assert.equal(
      refusal(() => load({ [OWN]: text ?? '' }, { ...mine, environment: HOME, uid: 1000 })),
      `BAD_SETTINGS: cannot read settings "${OWN}": ${place}: ${why}`,
    );
  }
});

test('a home that leads nowhere holds no settings', () => {
  const nowhere: [entry: MemoryEntry, home: string][] = [
    [{ type: 'c', major: 1, minor: 3, mode: 0o666 }, '/dev/null'],
    [{ errno: 'EACCES' }, '/root'],
  ];
  for (const [entry, home] of nowhere) {
    assert.deepEqual(load({ [home]: entry }, { environment: { HOME: home }, uid: 1000 }).files, []);
  }
});

// Files that cannot be read.

const unreadable: [title: string, entry: MemoryEntry | undefined, why: string][] = [
  ['missing', undefined, 'it is missing'],
  ['too large', `#${' '.repeat(1024 * 1024)}`, 'it is larger than 1048576 bytes'],
  ['unreadable', { errno: 'EACCES' }, 'it cannot be read (EACCES)'],
  ['a folder', { directory: true }, 'it cannot be read (EISDIR)'],
  ['no file', { type: 'c', major: 1, minor: 5, mode: 0o666 }, 'it cannot be read (EFTYPE)'],
];
for (const [title, entry, why] of unreadable)
  test(`loadSettings() refuses a named file that is ${title}`, () => {
    assert.equal(
      refusal(() => load(entry === undefined ? {} : { '/c.yaml': entry }, named)),
      `CANNOT_READ: cannot read settings "/c.yaml": ${why}; CDI_RUNTIME_CONFIG names it`,
    );
  });

test('loadSettings() refuses a variable that names a relative path', () => {
  assert.equal(
    refusal(() => load({ '/c.yaml': '' }, { environment: { [SETTINGS_VARIABLE]: 'c.yaml' } })),
    'BAD_SETTINGS: cannot read settings "c.yaml": CDI_RUNTIME_CONFIG does not name it by an absolute path; write the whole path',
  );
});

const LINK_TO_NOWHERE: Files = { [dropIn('a.yaml')]: { errno: 'ENOENT' } };

const broken: [title: string, files: Files, message: string][] = [
  [
    'a fixed file that is there',
    { [SETTINGS_FILE]: { errno: 'EACCES' } },
    `CANNOT_READ: cannot read settings "${SETTINGS_FILE}": it cannot be read (EACCES)`,
  ],
  [
    'a file for its folder',
    { '/etc/cdi-runtime': 'a file' },
    `CANNOT_READ: cannot read settings directory "${SETTINGS_DIRECTORY}": it cannot be read (ENOTDIR)`,
  ],
  [
    'drop-ins that cannot be listed',
    { [SETTINGS_DIRECTORY]: { errno: 'EACCES' } },
    `CANNOT_READ: cannot read settings directory "${SETTINGS_DIRECTORY}": it cannot be read (EACCES)`,
  ],
  [
    'a drop-in that is a link to nowhere',
    LINK_TO_NOWHERE,
    `CANNOT_READ: cannot read settings "${dropIn('a.yaml')}": it is missing; remove the link to it`,
  ],
  [
    'a mistake in a drop-in',
    { [SETTINGS_FILE]: 'family: crun', [dropIn('a.yaml')]: '\nfamly: crun' },
    `BAD_SETTINGS: cannot read settings "${dropIn('a.yaml')}": line 2, column 1: field "famly" is unknown; did you mean "family"?`,
  ],
];
for (const [title, files, message] of broken)
  test(`loadSettings() refuses ${title}`, () =>
    assert.equal(
      refusal(() => load(files, files === LINK_TO_NOWHERE ? { links: { [dropIn('a.yaml')]: 'gone' } } : {})),
      message,
    ));

test('loadSettings() passes over a drop-in that is gone when it is read', () => {
  assert.deepEqual(
    load({ [SETTINGS_FILE]: 'stale: skip', [dropIn('a.yaml')]: { errno: 'ENOENT' } }).settings.stale,
    'skip',
  );
});

test('combineSettings() goes by what was read', () => {
  const before = memoryHost({ '/c.yaml': 'stale: skip' }, named);
  const content = before.readFile('/c.yaml', 100);
  before.put('/c.yaml', 'stale: fail');
  const combine = (problem?: string, runtime?: string): LoadedSettings =>
    combineSettings(before, [{ path: '/c.yaml', content, own: false, problem, runtime }]);
  assert.equal(combine().settings.stale, 'skip');
  assert.match(
    refusal(() => combine('it is a trap')),
    /^UNTRUSTED: .*: it is a trap; /,
  );
  assert.match(
    refusal(() => combine(undefined, 'runc')),
    /^BAD_SETTINGS: .*: runtime is not written on a line of its own/,
  );
});

// Files that others may have written.

const HINT = 'let only root, or the user who starts containers, write to it';
const others: [title: string, path: string, info: Partial<PathInfo>, why: string][] = [
  ['everybody', SETTINGS_FILE, { mode: 0o666 }, 'it can be written by everybody (mode 0666)'],
  ['a group', SETTINGS_FILE, { mode: 0o664, gid: 5 }, 'it can be written by group 5 (mode 0664)'],
  ['another user', SETTINGS_FILE, { uid: 1001 }, 'it belongs to user 1001'],
  ['a drop-in’s owner', dropIn('a.yaml'), { uid: 1001 }, 'it belongs to user 1001'],
  [
    'who may write to the folder',
    '/etc/cdi-runtime',
    { mode: 0o777 },
    'directory "/etc/cdi-runtime" can be written by everybody (mode 0777)',
  ],
  ['no one of this machine', SETTINGS_FILE, { uid: 65534 }, 'it belongs to user 65534'],
];
for (const [title, path, info, why] of others)
  test(`loadSettings() refuses a file that ${title} may have written`, () => {
    const files = { [SETTINGS_FILE]: 'stale: skip', [dropIn('a.yaml')]: 'stale: fail' };
    const file = path === dropIn('a.yaml') ? path : SETTINGS_FILE;
    assert.equal(
      refusal(() => load(files, { owners: { [path]: info } })),
      `UNTRUSTED: cannot read settings "${file}": ${why}; ${HINT}`,
    );
  });

test('loadSettings() trusts owners that no one in a user namespace can be', () => {
  const options = { userNamespace: true, owners: { [SETTINGS_FILE]: { uid: 65534 }, '/etc': { uid: 65534 } } };
  assert.equal(load({ [SETTINGS_FILE]: 'stale: skip' }, options).settings.stale, 'skip');
});

test('loadSettings() trusts a file in a sticky folder that everybody may write to', () => {
  const owners = { '/tmp': { mode: 0o1777 } };
  const environment = { [SETTINGS_VARIABLE]: '/tmp/c.yaml' };
  assert.equal(load({ '/tmp/c.yaml': 'stale: skip' }, { owners, environment }).settings.stale, 'skip');
});

test('loadSettings() refuses a user’s own file that others may write', () => {
  assert.match(
    refusal(() =>
      load({ [OWN]: '' }, { environment: HOME, uid: 1000, owners: { ...mine.owners, [OWN]: { uid: 1001 } } }),
    ),
    /^UNTRUSTED: .* it belongs to user 1001;/,
  );
});
