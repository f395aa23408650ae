// Completions: what words may become.
import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
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
  ['choices', ['devices', '--output', ''], ALL],
  ['choices of a short option', ['devices', '-qo', 'j'], ['json']],
  ['choices in the same word', ['devices', '--output=j'], ['--output=json']],
  ['commands after options', ['-o', 'json', '-q', 'vend'], ['vendors']],
  ['choices before the command', ['--output', 'y'], ['yaml']],
  ['devices', [...HERE, 'resolve', 'vendor'], GPUS],
  ['devices with a directory behind the command', ['resolve', ...HERE, 'vendor.example/gpu=GPU:'], GPUS.slice(1, 3)],
  ['devices that are not there yet', ['resolve', ...HERE, GPUS[0] ?? '', 'vendor.example/gpu=0'], []],
  ['devices after a document', ['inject', 'a.json', ...HERE, 'other'], ['other.example/net=eth0']],
  ['files for a document', ['inject', ...HERE, ''], []],
  ['devices for an option', ['policy', 'test', ...HERE, '--device', 'other'], ['other.example/net=eth0']],
  ['vendors once each', ['specs', ...HERE, ''], ['vendor.example', 'other.example']],
  ['words of help', ['help', 'conf'], ['config']],
  ['second words of help', ['help', 'config', ''], ['show', 'check']],
  ['shells', ['completion', ''], ['bash', 'zsh', 'fish']],
  ['no more shells than one', ['completion', 'bash', ''], []],
  ['topics that are not there yet', ['monitor', 'devices', ''], ['all', 'specs', 'vendors', 'classes']],
  ['kinds of host devices', ['generate', 'fu'], ['fuse']],
  ['files for a directory', ['devices', '--spec-dirs', ''], []],
  ['nothing for directories that are missing', ['resolve', '-d', '/nonexistent', ''], []],
];
for (const [shows, words, want] of cases) {
  test(`__complete knows ${shows}`, async () => {
    const { status, stdout } = await runCdictl(['__complete', '--config', config, '--', ...words]);
    assert.deepEqual([status, stdout.split('\n').slice(0, -1).sort()], [0, [...want].sort()]);
  });
}

test('where settings are broken, there is nothing to complete, and a failure', async () => {
  const broken = join(folder, 'broken.yaml');
  writeFileSync(broken, 'x: y\n');
  const { status, stdout } = await runCdictl(['__complete', '--config', broken, '--', 'resolve', '']);
  assert.deepEqual([status, stdout], [1, '']);
});
