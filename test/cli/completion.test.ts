// Completions: what words may become.
import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { GLOBAL_OPTIONS } from '../../src/cli/arguments.ts';
import { COMMANDS } from '../../src/cli/commands.ts';
import { runCdictl } from '../support/run-cdictl.ts';
import { completableHost } from './completable-host.ts';

const { folder, specs, config } = completableHost();

const ALL = ['table', 'json', 'yaml'];
const GPUS = ['0', 'GPU:1', 'GPU:2', 'MIG:1:7'].map((name) => `vendor.example/gpu=${name}`);
const HERE = ['-d', specs];

const cases: [shows: string, words: string[], want: string[]][] = [
  ['commands', ['de'], ['device-plugin', 'devices']],
  ['first words of families once', ['conf'], ['config']],
  ['second words of a family', ['config', ''], ['show', 'check']],
  ['no other names', ['devic'], ['device-plugin', 'devices']],
  ['nothing after a word that is no command', ['nothing', ''], []],
  ['nothing that does not begin so', ['devices', 'zzz'], []],
  ['options of a command', ['devices', '--verb'], ['--verbose']],
  ['options of every command', ['devices', '--q'], ['--quiet']],
  ['choices', ['vendors', '--output', ''], ALL],
  ['choices of a short option', ['devices', '-qo', 'j'], ['json']],
  ['choices in the same word', ['devices', '--output=j'], ['--output=json']],
  ['commands after options', ['-o', 'json', '-q', 'vend'], ['vendors']],
  ['choices before the command', ['--output', 'y'], ['yaml']],
  ['devices', [...HERE, 'resolve', 'vendor'], [...GPUS, ':files']],
  [
    'devices with a directory behind the command',
    ['resolve', ...HERE, 'vendor.example/gpu=GPU:'],
    [...GPUS.slice(1, 3), ':files'],
  ],
  ['devices that are not there yet', ['resolve', ...HERE, GPUS[0] ?? '', 'vendor.example/gpu=0'], [':files']],
  ['devices after a document', ['inject', 'a.json', ...HERE, 'other'], ['other.example/net=eth0']],
  ['files for a document', ['inject', ...HERE, ''], [':files']],
  ['devices for an option', ['policy', 'test', ...HERE, '--device', 'other'], ['other.example/net=eth0']],
  ['vendors once each', ['specs', ...HERE, ''], ['vendor.example', 'other.example']],
  ['words of help', ['help', 'conf'], ['config']],
  ['second words of help', ['help', 'config', ''], ['show', 'check']],
  ['shells', ['completion', ''], ['bash', 'zsh', 'fish']],
  ['no more shells than one', ['completion', 'bash', 'f'], []],
  ['topics that are not there yet', ['monitor', 'devices', ''], ['all', 'specs', 'vendors', 'classes']],
  ['kinds of host devices', ['generate', 'fu'], ['fuse']],
  ['directories', ['devices', '--spec-dirs', ''], [':directories']],
  ['nothing for a value that can be anything', ['policy', 'test', '--namespace', ''], []],
  [
    'options where no operand goes',
    ['vendors', ''],
    ['snapshot', ...GLOBAL_OPTIONS.map(({ name }) => name)].map((name) => `--${name}`),
  ],
  ['options that begin so', ['devices', '--ve'], ['--version', '--verbose']],
  ['kinds and devices for a pattern', ['devices', ...HERE, 'oth'], ['other.example/net', 'other.example/net=eth0']],
  ['filters, with kinds behind', ['devices', ...HERE, '--filter', 'kind=o'], ['kind=other.example/net']],
  ['the formats of one command', ['devices', '-o', ''], ['table', 'wide', 'name', 'json', 'yaml']],
  ['rules', ['lint', '--explain', 'version-too-h'], ['version-too-high']],
  ['checks', ['doctor', '--check', 'spec-d'], ['spec-dirs']],
  ['error codes', ['errors', 'UN'], ['UNRESOLVED_DEVICE', 'UNTRUSTED']],
  ['devices and files beside each other', ['explain', ...HERE, 'other'], ['other.example/net=eth0', ':files']],
  ['only files for directories that are missing', ['resolve', '-d', '/nonexistent', ''], [':files']],
];
for (const [shows, words, want] of cases) {
  test(`__complete knows ${shows}`, async () => {
    const { status, stdout } = await runCdictl(['__complete', '--config', config, '--', ...words]);
    const found = stdout
      .split('\n')
      .slice(0, -1)
      .map((line) => line.split('\t')[0] ?? '');
    assert.deepEqual([status, found.sort()], [0, [...want].sort()]);
  });
}

test('each word has what it is behind it: of the very tables, and for the empty word, too', async () => {
  const complete = async (...words: string[]): Promise<string> =>
    (await runCdictl(['__complete', '--config', config, '--', ...words])).stdout;
  const commands = await complete('');
  for (const { name, summary, hidden } of COMMANDS)
    if (!name.includes(' ')) assert.equal(commands.includes(`${name}\t${summary}\n`), hidden !== true, name);
  assert.match(commands, /^config\tshow, check$/m);
  assert.match(await complete('devices', '--tre'), /^--tree\tkinds, their devices, /);
  assert.match(await complete('resolve', 'other'), /^other\.example\/net=eth0\t\S+\/b\.yaml$/m);
  assert.match(await complete('lint', '--rule', 'missing-h'), /^missing-hook\ta hook that the host does not have$/m);
  assert.match(await complete('errors', 'NO_'), /^NO_RUNTIME\t\S.+/m);
});

test('where settings are broken, there is nothing to complete, and a failure', async () => {
  const broken = join(folder, 'broken.yaml');
  writeFileSync(broken, 'x: y\n');
  const { status, stdout } = await runCdictl(['__complete', '--config', broken, '--', 'resolve', '']);
  assert.deepEqual([status, stdout], [1, '']);
});
