// dist/cdictl.js: one file without a native part, alone with its package.json, on the system's Node and on ours.
import assert from 'node:assert/strict';
import { type SpawnSyncReturns, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import {
  chmodSync,
  copyFileSync,
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
const { low, options } = specDirectories(folder);
const CONFIG = options.slice(0, 2);
const alone = join(folder, 'alone');
const program = join(alone, 'dist/cdictl.js');
const { version }: { version: string } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8'));

mkdirSync(join(alone, 'dist'), { recursive: true });
copyFileSync(join(ROOT, 'package.json'), join(alone, 'package.json'));
const built = spawnSync(process.execPath, [join(ROOT, 'scripts/build-cdictl.ts'), '--out', program]);
assert.equal(built.status, 0, built.stderr.toString());
rmSync(join(alone, 'dist/cdictl.licenses.txt'));

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

/** What each command makes of a command line, and a part of what it prints. */
const runs: [words: string[], status: number, says: RegExp][] = [
  [['--version'], 0, new RegExp(`^cdictl ${version.replaceAll('.', '\\.')}\\n$`)],
  [['--help'], 0, /^Commands:$/m],
  [['help', 'engine'], 0, /cdictl engine status/],
  [['devices', ...options], 0, /^good\.example\/gpu=0 +\S+\/a\.yaml +4$/m],
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
  [['doctor', ...options], 3, /./],
  [['generate', 'all', '--print', '--host-root', at('root'), ...CONFIG], 0, /^$/],
  [['engine', 'status', '--host-root', at('root'), ...CONFIG], 0, /^no engine/],
  [['config', 'show', ...CONFIG], 0, /^runtime: auto$/m],
  [['config', 'check', ...CONFIG], 0, /is good/],
  [['policy', 'test', '--device', 'a.b/c=1', ...CONFIG], 0, /allow/],
  [['audit', '--file', at('audit.jsonl'), ...CONFIG], 0, /^/],
  [['completion', 'fish'], 0, /complete -c cdictl/],
  [['__complete', '--', 'dev'], 0, /^devices\n$/],
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

  test(`on ${name}: monitor ends with a signal`, { skip }, async () => {
    const monitor = spawn(path, [program, 'monitor', ...CONFIG, '-d', low], { stdio: ['ignore', 'pipe', 'inherit'] });
    await once(monitor.stdout, 'data', { signal: AbortSignal.timeout(60_000) });
    monitor.kill('SIGINT');
    assert.deepEqual(await once(monitor, 'exit'), [0, null]);
  });
}

test('every command is among those that the bundle ran', () => {
  const run = new Set(runs.map(([words]) => words.join(' ')));
  const elsewhere = ['monitor', 'uninstall', 'engine configure', 'engine unconfigure'];
  const missing = COMMANDS.map(({ name }) => name).filter((name) => ![...run].some((line) => line.startsWith(name)));
  assert.deepEqual(missing, elsewhere);
});

test('the bundle is a program, and has no native part', () => {
  const text = readFileSync(program, 'utf8');
  assert.ok(text.startsWith('#!/usr/bin/env node\n'));
  assert.equal(statSync(program).mode & 0o777, 0o755);
  assert.ok(!/\.node['"\\]|dlopen/.test(text) && !text.includes(ROOT));
  assert.deepEqual(readdirSync(join(alone, 'dist')), ['cdictl.js']);
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
  return spawnSync(node, [program, ...words], { cwd: alone, encoding: 'utf8' });
}
