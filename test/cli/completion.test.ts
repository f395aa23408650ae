// Completions: what words may become, and what bash, zsh and fish make of it at a real prompt.
import assert from 'node:assert/strict';
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, mkdirSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { after, test } from 'node:test';
import { runCdictl } from '../support/run-cdictl.ts';
import { spec } from '../support/specs.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

const folder = temporaryFolder();
const [specs, config, bin] = [join(folder, 'specs'), join(folder, 'config.yaml'), join(folder, 'bin')];
for (const directory of [specs, bin]) mkdirSync(directory);
for (const directory of [folder, specs, bin]) chmodSync(directory, 0o755);
writeFileSync(config, `specDirs: ["${specs}"]\n`);
writeFileSync(join(specs, 'a.yaml'), spec('vendor.example/gpu', '0', 'GPU:1', 'GPU:2', 'MIG:1:7'));
writeFileSync(join(specs, 'b.yaml'), spec('other.example/net', 'eth0'));
writeFileSync(join(folder, 'document.json'), '{}');

const ALL = ['table', 'json', 'yaml'];
const GPUS = ['0', 'GPU:1', 'GPU:2', 'MIG:1:7'].map((name) => `vendor.example/gpu=${name}`);
const HERE = ['-d', specs];

const cases: [shows: string, words: string[], want: string[]][] = [
  ['commands', ['de'], ['devices']],
  ['first words of families once', ['conf'], ['config']],
  ['second words of a family', ['config', ''], ['show', 'check']],
  ['no other names', ['dev'], ['devices']],
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

// At a prompt: the program that the shell calls prints the words that it is given.

const MAIN = resolve(import.meta.dirname, '../../src/cli/main.ts');
writeFileSync(
  join(bin, 'cdictl'),
  `#!/bin/sh
if [ "$1" = __complete ] || [ "$1" = completion ]; then exec '${process.execPath}' '${MAIN}' "$@"; fi
printf 'GIVEN<'; printf '%s|' "$@"; printf '>\\n'
`,
);
chmodSync(join(bin, 'cdictl'), 0o755);

interface Shell {
  readonly name: string;
  /** an interactive shell with nobody's settings */
  readonly line: string;
  /** takes the completions, and says when it is ready */
  readonly prelude: string;
}

const SHELLS: readonly Shell[] = [
  {
    name: 'bash',
    line: 'bash --norc --noprofile -i',
    prelude: 'source <(cdictl completion bash); echo READY$((1+1))',
  },
  {
    name: 'zsh',
    line: 'zsh -f -i',
    prelude: 'PS1=; autoload -U compinit; compinit -D -u; source <(cdictl completion zsh); echo READY$((1+1))',
  },
  { name: 'fish', line: 'fish --no-config -i', prelude: 'cdictl completion fish | source; echo READY(math 1 + 1)' },
];

/** What is typed, a tabulator at its end, and the words that come of it. */
const typed: [words: string, want: string][] = [
  ['dev', 'devices'],
  ['config sh', 'config|show'],
  ['devices --verb', 'devices|--verbose'],
  ['devices --output js', 'devices|--output|json'],
  ['devices --output=js', 'devices|--output=json'],
  ['resolve oth', 'resolve|other.example/net=eth0'],
  ['resolve vendor.example/gpu=M', 'resolve|vendor.example/gpu=MIG:1:7'],
  ['resolve vendor.example/gpu=MIG:1', 'resolve|vendor.example/gpu=MIG:1:7'],
  ['specs oth', 'specs|other.example'],
  ['inject docum', 'inject|document.json'],
];

for (const { name, line, prelude } of SHELLS) {
  const skip = spawnSync(name, ['--version']).status === 0 ? false : `${name} is missing`;
  test(`${name} completes at its prompt`, { skip, timeout: 300_000 }, async () => {
    const environment = {
      PATH: `${bin}:${process.env['PATH']}`,
      HOME: folder,
      TERM: 'dumb',
      CDI_RUNTIME_CONFIG: config,
      LC_ALL: 'C.UTF-8',
    };
    const shell = spawn('script', ['-qec', line, '/dev/null'], { cwd: folder, env: environment, stdio: 'pipe' });
    after(() => shell.kill('SIGKILL'));
    let shown = '';
    shell.stdout.on('data', (data) => {
      shown += data;
    });
    /** Waits for a text, and forgets what was shown before it. */
    const until = async (pattern: RegExp): Promise<string> => {
      for (;;) {
        const found = pattern.exec(shown);
        if (found !== null) {
          shown = shown.slice(found.index + found[0].length);
          return found[1] ?? '';
        }
        await once(shell.stdout, 'data', { signal: AbortSignal.timeout(60_000) }).catch(() => {
          throw new Error(`${name} shows ${JSON.stringify(shown)}`);
        });
      }
    };
    shell.stdin.write(`${prelude}\n`);
    await until(/READY2/);
    for (const [words, want] of typed) {
      shell.stdin.write(`cdictl ${words}\t\n`);
      assert.equal(await until(/GIVEN<(.*?)\|>/), want);
    }
    const closed = once(shell, 'close');
    shell.stdin.write('exit\n');
    await closed;
  });
}
