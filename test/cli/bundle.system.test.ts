// dist/cdictl.js and its parts, none of them native: alone with their package.json, on the system's Node and on ours.
import assert from 'node:assert/strict';
import { type SpawnSyncReturns, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import {
  chmodSync,
  chownSync,
  copyFileSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { join, resolve } from 'node:path';
import { test } from 'node:test';
import { COMMANDS } from '../../src/cli/commands.ts';
import { spec } from '../support/specs.ts';
import { systemNode } from '../support/system-node.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';
import { specDirectories } from './spec-directories.ts';

const ROOT = resolve(import.meta.dirname, '../..');
const folder = temporaryFolder();
chmodSync(folder, 0o755);
const { low, options } = specDirectories(folder);
const CONFIG = options.slice(0, 2);
const alone = join(folder, 'alone');
const program = join(alone, 'dist/cdictl.js');
const PARTS = join(alone, 'dist/cdictl');
const { version }: { version: string } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8'));

mkdirSync(join(alone, 'dist'), { recursive: true });
copyFileSync(join(ROOT, 'package.json'), join(alone, 'package.json'));
const built = spawnSync(process.execPath, [join(ROOT, 'scripts/build-cdictl.ts'), '--out', program]);
assert.equal(built.status, 0, built.stderr.toString());
const LICENSES = readFileSync(join(alone, 'dist/cdictl.licenses.txt'), 'utf8');
rmSync(join(alone, 'dist/cdictl.licenses.txt'));

/** Else what root's runs have compiled would stay in /var/cache. */
const UNCACHED = { ...process.env, NODE_DISABLE_COMPILE_CACHE: '1' };
const NOBODY = 65534;

const DOCUMENT = '{"ociVersion":"1.2.0","process":{"env":["CDI_DEVICES=good.example/gpu=0"]}}';
for (const directory of ['bundle', 'root']) mkdirSync(join(folder, directory));
for (const [name, text] of [
  ['bundle/config.json', DOCUMENT],
  ['good.yaml', spec('a.example/a', '0')],
  ['schema.json', '{"$schema":"https://json-schema.org/draft/2020-12/schema","required":["x"]}'],
  ['audit.jsonl', ''],
] as const) {
  writeFileSync(join(folder, name), text);
}

function at(name: string): string {
  return join(folder, name);
}

/** What changes files and configures engines is not in the parts that a list shares with other commands. */
const LIST_BYTES = 300 * 1024;

test('a list starts with few parts, and without what runs other programs: each would cost it 3 ms', () => {
  const told = 'console.log(JSON.stringify([Object.keys(require.cache), process.moduleLoadList]))';
  writeFileSync(at('told.cjs'), `process.on('exit', () => ${told});`);
  const words = ['--require', at('told.cjs'), program, 'devices', '--quiet', ...options];
  const { stdout } = spawnSync(process.execPath, words, { encoding: 'utf8', env: UNCACHED });
  const [parts, modules]: string[][] = JSON.parse(stdout.trim().split('\n').at(-1) ?? '');
  const loaded = (parts ?? []).filter((path) => path.startsWith(`${PARTS}/`));
  const size = loaded.reduce((sum, path) => sum + statSync(path).size, 0);
  assert.ok(size > 100 * 1024 && size < LIST_BYTES, `${size}: ${loaded.join(', ')}`);
  assert.deepEqual(
    [modules?.includes('NativeModule fs'), modules?.includes('NativeModule child_process')],
    [true, false],
  );
});

/** A run that keeps its code in a folder of its user, who is not root. */
function keepFor(node: string, title: string) {
  const cache = at(`${title}-${node.replaceAll('/', '-')}`);
  mkdirSync(cache);
  const env = { PATH: '/usr/bin', XDG_CACHE_HOME: cache };
  if (process.geteuid?.() !== 0) return { cache, env };
  chownSync(cache, NOBODY, NOBODY);
  return { cache, env, uid: NOBODY, gid: NOBODY };
}

test('no part imports another while it runs, since scripts of node:vm may not', () => {
  for (const part of readdirSync(PARTS).filter((name) => name.endsWith('.cjs')))
    assert.doesNotMatch(readFileSync(join(PARTS, part), 'utf8'), /\bimport\(["'`]/, part);
});

const otherHost = {
  ...{ format: 'cdi-runtime snapshot 1', cdictl: '0', taken: 0, leftOut: [], environment: {}, versions: {} },
  ...{ user: { uid: 0, gid: 0, inUserNamespace: false }, hardware: {}, engines: {}, reports: {}, files: {} },
};
writeFileSync(at('other.json'), JSON.stringify(otherHost));

/** What each command makes of a command line, and a part of what it prints. */
const runs: [words: string[], status: number, says: RegExp][] = [
  [
    ['--version'],
    0,
    new RegExp(`^cdictl ${version.replaceAll('.', '\\.')}\\ncdi-runtime .*\\nlicense Apache-2\\.0\\n$`),
  ],
  [['--help'], 0, /^List what there is:$/m],
  [['help', 'engine'], 0, /cdictl engine status/],
  [['devices', ...options], 0, /^ {2}good\.example\/gpu=0 +4 +-$/m],
  [['devices', '--verbose', '-oyaml', ...options], 0, /timeout: 9007199254740993/],
  [['vendors', ...options], 0, /^good\.example +5 +6$/m],
  [['classes', ...options], 0, /^gpu /m],
  [['specs', ...options], 0, /twice-1\.yaml .*in conflict$/m],
  [['specs', '-ojson', ...options], 0, /"digest": "[0-9a-f]{64}"/],
  [['dirs', ...options], 0, / ok$/m],
  [['resolve', 'good.example/net=eth0', ...options], 0, /NEW=1/],
  [['resolve', at('bundle/config.json'), ...options], 0, /^\{"ociVersion"/],
  [['inject', at('bundle/config.json'), 'good.example/*', ...options], 0, /"NEW=1"/],
  [['inject', '--bundle', at('bundle'), '--diff', ...options], 0, /^\+.*D=0/m],
  [['explain', '--bundle', at('bundle'), ...options], 0, /D=0/],
  [['validate', at('good.yaml'), ...CONFIG], 0, /good\.yaml: valid/],
  [
    ['validate', '--schema', at('schema.json'), at('good.yaml'), ...CONFIG],
    3,
    /good\.yaml:1:1: error: x: the field is missing/,
  ],
  [['lint', at('good.yaml'), ...CONFIG], 0, /./],
  [['new', '/dev/null', '--file', '-', ...CONFIG], 0, /^ +- path: \/dev\/null$/m],
  [['doctor', ...options], 3, /./],
  [['generate', 'all', '--print', '--host-root', at('root'), ...CONFIG], 0, /^$/],
  [['engine', 'status', '--host-root', at('root'), ...CONFIG], 0, /^no engine/],
  [['config', 'show', ...CONFIG], 0, /^runtime: auto$/m],
  [['config', 'check', ...CONFIG], 0, /is good/],
  [['policy', 'test', '--device', 'a.b/c=1', ...CONFIG], 0, /allow/],
  [['ps', '--quiet', ...options], 0, /^/],
  [['audit', '--file', at('audit.jsonl'), ...CONFIG], 0, /^/],
  [['snapshot', '--quiet', at('host.json'), ...options], 0, /^$/],
  [['specs', '--snapshot', at('host.json'), ...options.slice(2)], 0, /twice-1\.yaml .*in conflict$/m],
  [['diff', at('host.json'), at('host.json')], 0, /^a container gets the same$/m],
  [['diff', at('other.json'), at('host.json')], 3, /^host\n {2}new {6}kernel: /m],
  [['errors', 'UNTRUSTED'], 0, /^UNTRUSTED$/m],
  [['completion', 'fish'], 0, /complete -c cdictl/],
  [['__complete', '--', 'dev'], 0, /^devices\t/],
  [
    [
      'device-plugin',
      '--resource',
      'a.b/c',
      '--metrics-address',
      '192.0.2.1:1',
      '--kubelet-dir',
      at('root'),
      ...CONFIG,
    ],
    1,
    /^$/,
  ],
  [['frobnicate'], 2, /^$/],
  [['install', '--path', at('bin/shim'), ...CONFIG], 1, /^$/],
];

const { path: systemPath, version: systemVersion, skip: systemSkip } = systemNode();
const nodes: [name: string, path: string, skip: string | false][] = [
  [`Node ${process.version}`, process.execPath, false],
  [`the system's Node ${systemVersion}`, systemPath, systemSkip],
];

for (const [name, path, skip] of nodes) {
  for (const [words, status, says] of runs) {
    const shown = words.map((word) => word.replace(`${folder}/`, '')).slice(0, 3);
    test(`on ${name}: cdictl ${shown.join(' ')}`, { skip }, () => {
      const outcome = cdictl(path, words);
      assert.deepEqual([outcome.status, outcome.signal], [status, null], outcome.stderr);
      assert.match(outcome.stdout, says);
      assert.doesNotMatch(outcome.stderr, /^ +at |[Ww]arning:/m);
    });
  }

  test(`on ${name}: an error that no one caught is shown where the sources have it`, { skip }, () => {
    const broken = at('broken.cjs');
    writeFileSync(broken, 'require("node:fs").readdirSync = () => { throw new TypeError("broken"); };');
    const kept = keepFor(path, 'stack');
    for (const [option, how] of [
      [[], { env: UNCACHED }],
      [['--enable-source-maps'], { env: UNCACHED }],
      [[], kept],
      [[], kept],
    ] as const) {
      const words = [...option, '--require', broken, program, 'devices', ...options];
      const { status, stderr } = spawnSync(path, words, { cwd: '/', encoding: 'utf8', ...how });
      assert.equal(status, 1);
      assert.match(
        stderr,
        /TypeError: broken\n[\s\S]*\/src\/host\/node\.ts:\d+:\d+[\s\S]*\/src\/cli\/commands\/devices\.ts:\d+:\d+/,
      );
      assert.doesNotMatch(stderr, /\.cjs:\d+:\d+\)?\n.*devices/);
    }
  });

  test(`on ${name}: compiled code is kept for this user alone, if at all, and nothing is said of it`, { skip }, () => {
    const {
      cache,
      env: { XDG_CACHE_HOME: _, ...bare },
      ...user
    } = keepFor(path, 'cache');
    const devices = (environment: Readonly<Record<string, string>>): unknown[] => {
      const { status, stderr } = spawnSync(path, [program, 'dirs', ...CONFIG, '-d', low], {
        ...{ cwd: '/', encoding: 'utf8', env: { ...bare, ...environment }, ...user, timeout: 60_000 },
      });
      return [status, stderr];
    };
    const own = join(cache, 'cdi-runtime');
    assert.deepEqual(devices({ XDG_CACHE_HOME: cache, NODE_DISABLE_COMPILE_CACHE: '1' }), [0, '']);
    assert.deepEqual(devices({ XDG_CACHE_HOME: cache, NODE_COMPILE_CACHE: join(cache, 'other') }), [0, '']);
    assert.ok(!existsSync(own));
    for (let times = 0; times < 2; times++) assert.deepEqual(devices({ XDG_CACHE_HOME: cache }), [0, '']);
    assert.equal(statSync(own).mode & 0o7777, 0o700);
    const [kept = '', ...others] = readdirSync(own);
    assert.match(kept, /^v[\d.]+-\w+-dirs$/);
    assert.deepEqual([others, statSync(join(own, kept)).mode & 0o7777], [[], 0o600]);
    writeFileSync(join(own, kept), '');
    chmodSync(own, 0o500);
    assert.deepEqual(devices({ XDG_CACHE_HOME: cache }), [0, '']);
    for (const none of ['/proc/self', '/dev/null', '/none', '']) {
      assert.deepEqual(devices({ XDG_CACHE_HOME: none }), [0, '']);
    }
    assert.deepEqual(devices({ HOME: '/proc/none' }), [0, '']);
  });

  test(`on ${name}: monitor ends with a signal`, { skip }, async () => {
    const monitor = spawn(path, [program, 'monitor', ...CONFIG, '-d', low], {
      stdio: ['ignore', 'pipe', 'inherit'],
      env: UNCACHED,
    });
    await once(monitor.stdout, 'data', { signal: AbortSignal.timeout(60_000) });
    monitor.kill('SIGINT');
    assert.deepEqual(await once(monitor, 'exit'), [0, null]);
  });
}

test('every command is among those that the bundle ran', () => {
  const run = new Set(runs.map(([words]) => words.join(' ')));
  const elsewhere = ['monitor', 'uninstall', 'engine configure', 'engine unconfigure', 'engine verify'];
  const missing = COMMANDS.map(({ name }) => name).filter((name) => ![...run].some((line) => line.startsWith(name)));
  assert.deepEqual(missing, elsewhere);
});

test('the bundle is a program, and has no native part', () => {
  assert.ok(readFileSync(program, 'utf8').startsWith('#!/usr/bin/env node\n'));
  assert.equal(statSync(program).mode & 0o777, 0o755);
  assert.deepEqual(readdirSync(join(alone, 'dist')), ['cdictl', 'cdictl.js']);
  const parts = readdirSync(PARTS);
  const code = parts.filter((name) => name.endsWith('.cjs'));
  assert.ok(code.includes('main.cjs') && code.includes('devices.cjs'));
  const mapped = code.filter((name) => name !== 'rolldown-runtime.cjs').map((name) => `${name}.map`);
  assert.deepEqual(parts, [...code, ...mapped, 'errors.md', 'libyaml.wasm', 'lint.md'].sort());
  for (const name of code) {
    const text = readFileSync(join(PARTS, name), 'utf8');
    assert.ok(!/\.node['"\\]|dlopen/.test(text) && !text.includes(ROOT), name);
  }
});

test('the terms of each package that is inside are told', () => {
  const told = [...LICENSES.matchAll(/^(\S+) \d+\.\d+\.\d+$/gm)].map(([, name]) => name);
  // Each module of a package is in the maps by its path.
  const maps = readdirSync(PARTS).filter((name) => name.endsWith('.map'));
  const sources: string[] = maps.flatMap((name) => JSON.parse(readFileSync(join(PARTS, name), 'utf8')).sources);
  const inside = sources.flatMap((path) => /node_modules\/((?:@[^/]+\/)?[^/]+)/.exec(path)?.[1] ?? []);
  for (const name of [...inside, 'ajv', 'diff', 'execa', 'minimist', 'pino', 'yaml'])
    assert.ok(told.includes(name), name);
});

test('a reader that goes away ends a bundle without a trace', () => {
  chmodSync(program, 0o755);
  const line = '"$@" 2>&1 | head -c 1';
  const { status, stdout } = spawnSync('bash', [
    '-c',
    line,
    'bash',
    process.execPath,
    program,
    'specs',
    '--verbose',
    ...options,
  ]);
  assert.deepEqual([status, stdout.length], [0, 1]);
});

function cdictl(node: string, words: readonly string[]): SpawnSyncReturns<string> {
  return spawnSync(node, [program, ...words], { cwd: alone, encoding: 'utf8', env: UNCACHED });
}
