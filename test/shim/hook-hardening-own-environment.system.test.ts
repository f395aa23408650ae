// The shim itself obeys no variable of its environment but the documented ones, and passes all of them on.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { asRecorded, compile, STARTED } from '../support/fake-runtime.ts';
import { runShim } from '../support/run-shim.ts';
import { ASKING, INJECTED, smallHost } from '../support/small-host.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

const ROOT = join(import.meta.dirname, '../..');
const folder = temporaryFolder();
const runtime = compile('fake-runc', folder);
const isRoot = process.geteuid?.() === 0;

/** A home whose settings would be felt: annotations ask for nothing any more. */
const decoy = join(folder, 'decoy');
for (const place of ['.config', '.']) {
  mkdirSync(join(decoy, place, 'cdi-runtime'), { recursive: true });
  const text = 'requests: { annotations: { enabled: false } }\n';
  writeFileSync(join(decoy, place, 'cdi-runtime/config.yaml'), text, { mode: 0o644 });
}

/** What linkers, libraries, shells and our like may look at. */
const NAMES = [
  ...[
    'HOME',
    'XDG_CONFIG_HOME',
    'XDG_CONFIG_DIRS',
    'XDG_RUNTIME_DIR',
    'TMPDIR',
    'TMP',
    'TZ',
    'TZDIR',
    'LOCPATH',
    'NLSPATH',
  ],
  ...[
    'LD_PRELOAD',
    'LD_LIBRARY_PATH',
    'LD_AUDIT',
    'GCONV_PATH',
    'MALLOC_CONF',
    'PATH',
    'SHELL',
    'BASH_ENV',
    'NODE_OPTIONS',
  ],
  ...['CDI_SPEC_DIRS', 'CDI_RUNTIME', 'CDI_RUNTIME_LOG', 'RUNTIME', 'CDI_DEVICES', 'NVIDIA_VISIBLE_DEVICES'],
];
test('no variable makes the shim look at what it names, and each is passed on', {
  skip: isRoot ? false : 'users have a HOME',
}, () => {
  const host = smallHost(folder, { runtime, config: ASKING });
  const trace = join(folder, 'trace');
  // For the shim alone: strace would be led astray by some of them.
  const given = NAMES.flatMap((name) => ['-E', `${name}=${decoy}`]);
  const prefix = ['strace', '-f', '-o', trace, '-e', 'trace=%file', '-s', '4096', ...given];
  const { status, stderr, record } = runShim({
    folder: host.root,
    args: ['create', '--bundle', host.bundle, 'id'],
    settings: host.settings,
    prefix,
    env: { PATH: process.env['PATH'] ?? '' },
  });
  assert.deepEqual([status, stderr], [STARTED, '']);
  assert.equal(readFileSync(host.config, 'utf8'), INJECTED);
  for (const name of NAMES) assert.ok(record?.env.includes(asRecorded(`${name}=${decoy}`)), name);
  const looked = readFileSync(trace, 'utf8')
    .split('\n')
    .filter((line) => line.includes(decoy));
  assert.deepEqual(
    looked.filter((line) => !line.includes('execve(')),
    [],
  );
  assert.match(readFileSync(trace, 'utf8'), /config\.json/);
});

function noNamespace(): string | false {
  const { status } = spawnSync('unshare', ['--user', '--map-root-user', 'true']);
  return status === 0 ? false : 'this machine lets no one have a user namespace';
}

const rootless: [title: string, env: Record<string, string>, counts: boolean][] = [
  ['HOME', { HOME: decoy }, true],
  ['XDG_CONFIG_HOME', { HOME: '/none', XDG_CONFIG_HOME: decoy }, true],
  ['a relative XDG_CONFIG_HOME, which does not', { XDG_CONFIG_HOME: '../decoy' }, false],
  ['a relative HOME, which does not', { HOME: '../decoy' }, false],
  ['others, which do not', { TMPDIR: decoy, XDG_RUNTIME_DIR: decoy, XDG_CONFIG_DIRS: decoy }, false],
];
for (const [title, env, counts] of rootless)
  test(`rootless, the settings of a user count: ${title}`, { skip: noNamespace() }, () => {
    const host = smallHost(folder, { runtime, config: ASKING });
    const settings = '/etc/cdi-runtime/config.yaml';
    // No file is named: those of the host and of the user count, and specs are where the default says.
    const script = `mount -t tmpfs x /etc && mkdir -p /etc/cdi-runtime /etc/cdi && cat "$1" >${settings} && cat "$2" >/etc/cdi/x.yaml && shift 2 && exec "$@"`;
    const prefix = [
      ...['unshare', '--user', '--map-root-user', '--mount', 'sh', '-c', script, 'sh'],
      ...[host.settings, join(host.cdi, 'vendor.yaml'), 'env', '-u', 'CDI_RUNTIME_CONFIG'],
    ];
    const all = { PATH: '/usr/sbin:/usr/bin:/sbin:/bin', ...env };
    const args = ['create', '--bundle', host.bundle, 'id'];
    const { status, stderr } = runShim({ folder: host.root, args, settings: '', env: all, prefix });
    assert.deepEqual([status, stderr], [STARTED, '']);
    assert.equal(readFileSync(host.config, 'utf8'), counts ? ASKING : INJECTED);
  });

const read = (path: string): string => readFileSync(join(ROOT, path), 'utf8');

test('the variables that anything reads are the documented ones', () => {
  const core = readdirSync(join(ROOT, 'src'), { recursive: true, encoding: 'utf8' })
    .filter(
      (name) => name.endsWith('.ts') && !/^(?:cli|library|engines|generate)\/|^host\/(?:node|memory)\.ts$/.test(name),
    )
    .map((name) => read(join('src', name)));
  const asked = core.flatMap((text) => [...text.matchAll(/\.environment\(([^)]*)\)/g)].map(([, name = '']) => name));
  // The last one is the shim's Host itself, which hands on what it is asked for.
  assert.deepEqual([...new Set(asked)].sort(), [
    "'HOME'",
    "'XDG_CONFIG_HOME'",
    "'XDG_RUNTIME_DIR'",
    'SETTINGS_VARIABLE',
    'name',
  ]);
  assert.equal(
    core.some((text) => text.includes('process.env')),
    false,
  );

  const shim = readdirSync(join(ROOT, 'shim'))
    .filter((name) => /\.[ch]$/.test(name))
    .map((name) => read(join('shim', name)));
  const named = shim.flatMap((text) => [...text.matchAll(/\bgetenv\(([^)]*)\)/g)].map(([, name = '']) => name));
  // The last one is the core's door, as above.
  assert.deepEqual([...new Set(named)].sort(), ['"CDI_RUNTIME_CONFIG"', '"HOME"', '"XDG_CONFIG_HOME"', 'name']);
  for (const text of shim) assert.doesNotMatch(text, /\bsecure_getenv\b|\b_*environ\b|\benvp\[/);

  const manual = read('docs/security.md');
  for (const name of ['CDI_RUNTIME_CONFIG', 'HOME', 'XDG_CONFIG_HOME', 'XDG_RUNTIME_DIR'])
    assert.ok(manual.includes(`\`${name}\``), name);
});
