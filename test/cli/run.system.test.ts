// The frame of cdictl: which command is meant, exit statuses, and how failures and findings are told.
import assert from 'node:assert/strict';
import { type SpawnSyncReturns, spawnSync } from 'node:child_process';
import { chmodSync, mkdirSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { test } from 'node:test';
import { COMMANDS } from '../../src/cli/commands.ts';
import { runCdictl } from '../support/run-cdictl.ts';
import { spec } from '../support/specs.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';
import { specDirectories } from './spec-directories.ts';

const folder = temporaryFolder();
const { options } = specDirectories(folder);
const ROOT = resolve(import.meta.dirname, '../..');

const refused: [words: string[], stderr: string][] = [
  [['--quiet'], 'a command is missing; see cdictl --help'],
  [['devics'], 'command "devics" is unknown; did you mean "devices"?'],
  [['frobnicate'], 'command "frobnicate" is unknown; see cdictl --help'],
  [['\x1b[31m'], 'command "\\x1b[31m" is unknown; see cdictl --help'],
  [['config'], 'config needs one of config show, config check'],
  [['config', 'shw'], 'command "config shw" is unknown; did you mean "config show"?'],
  [['help', 'devics'], 'command "devics" is unknown; did you mean "devices"?'],
  [['help', 'devices', 'more'], 'command "devices" is unknown; did you mean "devices"?'],
  [['vendors', 'surplus'], 'vendors takes no operands, not "surplus"; see cdictl vendors --help'],
  [['devices', '--verbos'], 'option "--verbos" is unknown; did you mean "--verbose"?'],
  [['--verbos', 'devices'], 'option "--verbos" is unknown; did you mean "--verbose"?'],
  [
    ['vendors', '--output', 'jsn'],
    'option --output is "jsn", which is none of table, json, yaml; did you mean "json"?',
  ],
  [['completion'], 'completion needs bash|zsh|fish; see cdictl completion --help'],
  [['completion', 'fissh'], 'shell "fissh" is none of bash, zsh, fish; did you mean "fish"?'],
  [['completion', 'tcsh'], 'shell "tcsh" is none of bash, zsh, fish'],
  [['monitor', 'device'], 'monitor takes specs, vendors, classes, devices, all, not "device"; did you mean "devices"?'],
];
for (const [words, stderr] of refused) {
  test(`cdictl ${JSON.stringify(words)} is wrong usage`, async () => {
    assert.deepEqual(await runCdictl(words), { status: 2, stdout: '', stderr: `cdictl: ${stderr}\n` });
  });
}

test('an unknown word is never answered with a list that was shown already', async () => {
  for (const { name } of COMMANDS) {
    const { status, stderr } = await runCdictl([...name.split(' '), '--output', 'nothing-like-it']);
    assert.equal(status, 2);
    assert.doesNotMatch(stderr, /known are/);
  }
});

test('options of every command stand before or after its name', async () => {
  const { stdout } = await runCdictl(['vendors', ...options, '-o', 'json']);
  for (const words of [
    [...options, '-o', 'json', 'vendors'],
    [...options, '-qojson', 'vendors'],
    ['--output=json', 'vendors', ...options],
  ]) {
    assert.equal((await runCdictl(words)).stdout, stdout);
  }
  assert.equal((await runCdictl(['-q', ...options, 'config', 'check'])).status, 0);
});

test('other names of a command mean it, too', async () => {
  const { stdout } = await runCdictl(['devices', ...options]);
  for (const name of ['devs', 'dev']) assert.equal((await runCdictl([name, ...options])).stdout, stdout);
});

test('--version says the version, the shim and the licence, whatever stands besides', async () => {
  for (const words of [['--version'], ['devices', '--version'], ['--quiet', '--version', 'resolve']]) {
    const { status, stdout, stderr } = await runCdictl(words);
    assert.match(
      stdout,
      /^cdictl 0\ncdi-runtime (?:not installed|\S+ at \/usr\/(?:local\/)?bin\/cdi-runtime)\nlicense Apache-2\.0\n$/,
    );
    assert.deepEqual([status, stderr], [0, '']);
  }
});

test('settings in error are a failure, and --config names other ones', async () => {
  const broken = join(folder, 'broken-settings.yaml');
  writeFileSync(broken, 'polcy: {}\n');
  const { status, stdout, stderr } = await runCdictl(['devices', ...options.slice(2), '--config', broken]);
  assert.deepEqual([status, stdout], [1, '']);
  assert.match(stderr, /^cdictl: cannot read settings "\S+": line 1, column 1: field "polcy" is unknown; did you mean/);
});

// As processes: what only a real stream shows.

/** @param after what follows it in a shell, and `before` what calls it */
function cdictl(words: readonly string[], after = '', before = ''): SpawnSyncReturns<string> {
  const main = join(ROOT, 'src/cli/main.ts');
  const line = `set -o pipefail; ${before} "$@" ${after}`;
  return spawnSync('bash', ['-c', line, 'bash', process.execPath, main, ...words], { encoding: 'utf8' });
}

const NON_BLOCKING = `perl -e 'use Fcntl; fcntl(STDOUT, F_SETFL, O_WRONLY | O_NONBLOCK) or die; exec @ARGV'`;

test('a reader that has seen enough is no failure', () => {
  const { status, stdout, stderr } = cdictl(['vendors', ...options, '--quiet'], '| head -n 1');
  assert.deepEqual([status, stderr], [0, '']);
  assert.match(stdout, /^VENDOR .*\n$/);
});

test('output that no one takes is a failure', () => {
  const { status, stderr } = cdictl(['devices', ...options, '--quiet'], '>/dev/full');
  assert.deepEqual([status, stderr], [1, 'cdictl: cannot write standard output: it was refused (ENOSPC)\n']);
});

test('output is whole in a pipe that another program has made non-blocking', () => {
  const many = join(folder, 'many');
  mkdirSync(many);
  chmodSync(many, 0o755);
  writeFileSync(
    join(many, 'a.yaml'),
    spec('a.example/a', ...Array.from({ length: 5000 }, (_, number) => `d${number}`)),
  );
  const words = ['devices', ...options.slice(0, 2), '-d', many];
  const { status, stdout } = cdictl(words, '| dd bs=1 status=none | wc -c', NON_BLOCKING);
  const whole = cdictl(words).stdout.length;
  assert.deepEqual([status, stdout.trim()], [0, String(whole)]);
  assert.ok(whole > 100_000);
});

// On a terminal.

/** What a terminal gets. */
function onTerminal(words: readonly string[], environment: Readonly<Record<string, string>> = {}): string {
  const main = join(ROOT, 'src/cli/main.ts');
  const line = [process.execPath, main, ...words].map((word) => `'${word}'`).join(' ');
  const { stdout } = spawnSync('script', ['-qec', `stty cols 60 && ${line}`, '/dev/null'], {
    env: { ...process.env, NO_COLOR: '', TERM: 'xterm', ...environment },
    encoding: 'utf8',
  });
  return stdout.replaceAll('\r\n', '\n');
}

// biome-ignore lint/suspicious/noControlCharactersInRegex: they begin with one
const COLOURS = /\x1b\[\d+m/g;

test('a terminal gets colours and lines that fit it, a pipe neither', () => {
  const words = ['specs', ...options, '--quiet'];
  const shown = onTerminal(words);
  const plain = shown.replaceAll(COLOURS, '');
  assert.ok(shown.startsWith('\x1b[1mSPEC\x1b[22m\n'), JSON.stringify(shown));
  assert.ok(
    plain.split('\n').every((line) => line.length <= 60),
    plain,
  );
  assert.ok(!cdictl(words).stdout.includes('\x1b'));
});

test('a terminal gets no colours with NO_COLOR, and none where it has none', () => {
  for (const environment of [{ NO_COLOR: '1' }, { TERM: 'dumb' }]) {
    assert.ok(!onTerminal(['specs', ...options, '--quiet'], environment).includes('\x1b'));
  }
});

/** Controls of 8 bits, which some terminals obey, and marks that turn text round. */
const STEERING = '\u0080\u0085\u009b31m\u009f\u202a\u202e\u2066\u2069';

test('nothing that a document or a name has in it steers a terminal, whatever the command', () => {
  const document = join(folder, 'steering.json');
  writeFileSync(
    document,
    JSON.stringify({ annotations: { [`cdi.k8s.io/${STEERING}`]: 'a.b/c=d' }, hostname: STEERING }),
  );
  const named = join(folder, `named${STEERING}.yaml`);
  writeFileSync(named, `cdiVersion: ${STEERING}\nkind: ${STEERING}\n`);
  const settings = join(folder, 'steering.yaml');
  writeFileSync(settings, `log: { level: "${STEERING}" }\n`);
  const commands = [
    ['inject', document, 'vendor.com/gpu=*', ...options],
    ['inject', '--diff', document, 'vendor.com/gpu=*', ...options],
    ['explain', document, ...options],
    ['policy', 'test', document],
    ['validate', named],
    ['lint', named],
    ['validate', document],
    ['specs', '--spec-dirs', folder],
    ['--config', settings, 'config', 'show'],
    ['resolve', STEERING, ...options],
    ['resolve', document, ...options],
    ['explain', document, '-o', 'json', ...options],
    ['explain', document, '-o', 'yaml', ...options],
    [STEERING],
  ];
  for (const words of commands) {
    const shown = onTerminal(words);
    assert.notEqual(shown, '');
    assert.doesNotMatch(shown, /[\u0080-\u009f\u202a-\u202e\u2066-\u2069]/, words.join(' '));
    assert.doesNotMatch(cdictl(words).stderr, /[\u0080-\u009f\u202a-\u202e\u2066-\u2069]/, words.join(' '));
  }
});
