// What bash, zsh and fish make of the completions at a real prompt.
import assert from 'node:assert/strict';
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, mkdirSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { after, test } from 'node:test';
import { completableHost } from './completable-host.ts';

const { folder, config } = completableHost();
const bin = join(folder, 'bin');
mkdirSync(bin);

// The program that the shell calls prints the words that it is given.

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
  /** an interactive shell with no one's settings */
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

/** What is typed before Tab is pressed until the shell lists, and what it then shows: words, and what they are. */
const listed: [words: string, want: RegExp[]][] = [
  ['', [/devices +\W*list the devices that can be/, /engine +\W*configure, unconfigure/, /errors/]],
  ['config ', [/show +\W*show the settings that hold/, /check/]],
  ['devices --', [/--tree +\W*kinds, their devices/, /--filter/]],
  ['devices --filter ', [/stale/, /kind=other\.example\/net/]],
  ['resolve ', [/other\.example\/net=eth0 +\W*\S+b\.yaml/, /vendor\.example\/gpu=MIG:1:7/]],
  ['lint --explain version-', [/too-low +\W*a feature/, /too-high/]],
  ['errors UN', [/UNTRUSTED +\W*\w/, /RESOLVED_DEVICE/]],
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
    for (const [words, want] of listed) {
      // Tab once more: bash rings first, and fish and zsh may go through what they show.
      shell.stdin.write(`cdictl ${words}\t\t`);
      for (const pattern of want) {
        const all = shown;
        await until(new RegExp(`(${pattern.source})`));
        shown = all + shown;
      }
      shown = '';
      shell.stdin.write('\x03');
    }
    const closed = once(shell, 'close');
    shell.stdin.write('exit\n');
    await closed;
  });
}
