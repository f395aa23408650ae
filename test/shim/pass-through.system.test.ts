// What is no create is the real runtime's own: same bytes, same status, same files, whatever is broken of ours.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { SHIM } from '../support/run-shim.ts';
import { ASKING } from '../support/small-host.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

const folder = temporaryFolder();
const shims = join(folder, 'shims');
mkdirSync(shims);
symlinkSync(SHIM, join(shims, 'cdi-runtime'));

/** A link's name, and settings by which the runtime is found. */
interface Choice {
  readonly name: string;
  readonly settings: string | undefined;
}

/** Each with a bundle in the working directory whose request nobody can meet. */
function run(program: string, argv: readonly string[], settings: string | undefined): unknown {
  const own = mkdtempSync(join(folder, 'run-'));
  mkdirSync(join(own, 'cwd'));
  mkdirSync(join(own, 'state'));
  if (argv[0] === 'create' || argv[0] === 'run') writeFileSync(join(own, 'cwd/config.json'), ASKING);
  const file = join(own, 'settings.yaml');
  if (settings !== undefined) writeFileSync(file, settings, { mode: 0o644 });
  const { stdout, stderr, status, signal } = spawnSync(program, ['--root', join(own, 'state'), ...argv], {
    cwd: join(own, 'cwd'),
    env: { CDI_RUNTIME_CONFIG: file },
    encoding: 'latin1',
    timeout: 60_000,
  });
  const plain = (text: string): string => text.replaceAll(own, 'OWN').replace(TIME, 'TIME');
  const left = readdirSync(join(own, 'cwd')).map((name) => [
    name,
    plain(readFileSync(join(own, 'cwd', name), 'latin1')),
  ]);
  return { stdout: plain(stdout), stderr: plain(stderr), status, signal, left };
}

const TIME = /\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?Z/g;

const lines: string[][] = [
  ...[
    [],
    ['--version'],
    ['-v'],
    ['--help'],
    ['-h'],
    ['help'],
    ['help', 'create'],
    ['features', '--help'],
    ['features', 'extra'],
  ],
  ...[['spec'], ['spec', '--rootless'], ['spec', '--help'], ['list'], ['list', '--format', 'json'], ['list', '-q']],
  ...[['state', 'nobody'], ['state'], ['start', 'nobody'], ['kill', 'nobody', '9'], ['kill', 'create', 'KILL']],
  ...[
    ['delete', 'nobody'],
    ['delete', '--force', 'nobody'],
    ['exec', 'nobody', 'true'],
    ['pause', 'nobody'],
  ],
  ...[
    ['update', '--memory', '1', 'nobody'],
    ['events', '--stats', 'nobody'],
    ['ps', 'nobody'],
    ['resume', 'run'],
  ],
  ...[['unheard-of'], ['--unheard-of'], ['--unheard-of', 'create', 'x'], ['-x'], [''], ['--'], ['CREATE', 'x']],
  ...[
    ['create', '--help'],
    ['restore', '-h'],
    ['restore', '--help'],
    ['create'],
    ['create', 'a', 'b'],
    ['create', '--bundle'],
  ],
  ...[
    ['restore', '--unheard-of', 'x'],
    ['create', '--bundle', '/nowhere', 'x'],
    ['run', '--no-pivot=maybe', 'x'],
  ],
  ...[
    ['--log-format', 'json', 'state', 'nobody'],
    ['--log', '/nowhere/log', 'state', 'nobody'],
    ['--log', 'x', 'delete', 'y'],
  ],
];

const choices = (runtime: string, family: string): [title: string, choice: Choice][] => [
  ['by a link', { name: `cdi-${family}`, settings: undefined }],
  ['by a link, with broken settings', { name: `cdi-${family}`, settings: '}: [\n\u0001' }],
  [
    'by settings that are broken otherwise',
    { name: 'cdi-runtime', settings: `specDirs: [\nruntime: ${runtime}\n\u0001` },
  ],
];

for (const family of ['runc', 'crun']) {
  const runtime = ['/usr/local/sbin', '/usr/local/bin', '/usr/sbin', '/usr/bin']
    .map((path) => join(path, family))
    .find(existsSync);
  symlinkSync(SHIM, join(shims, `cdi-${family}`));
  const skip = runtime === undefined ? `there is no ${family}` : false;
  for (const argv of lines)
    test(`${family} is its own: ${argv.join(' ')}`, { skip }, () => {
      const direct = run(runtime ?? '', argv, undefined);
      for (const [title, { name, settings }] of choices(runtime ?? '', family))
        assert.deepEqual(run(join(shims, name), argv, settings), direct, title);
    });
}
