// What bash, zsh and fish make of the completions at a real prompt.
import assert from 'node:assert/strict';
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, existsSync, mkdirSync, writeFileSync } from 'node:fs';
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

// Containers of docker that do not run, where a user's daemon has them; for root, that is where its own would have them.
const docker = join(folder, '.local/share/docker');
// What a shell would run, part or take for an option, if the word came to its line as it is.
const HOSTILE = [
  `xx\`touch$\{IFS}owned\``,
  `yy$(touch$\{IFS}owned)`,
  'zz touch owned',
  "qq'",
  'jj\ntouch owned',
  '-config=owned',
];
for (const [number, name] of ['web', 'worker', ...HOSTILE].entries()) {
  const place = join(docker, 'containers', `${number}a`.repeat(32));
  mkdirSync(place, { recursive: true });
  writeFileSync(
    join(place, 'config.v2.json'),
    JSON.stringify({ Name: `/${name}`, State: { Running: false }, Config: {} }),
  );
  writeFileSync(join(place, 'hostconfig.json'), '{}');
}
const asRoot = process.geteuid?.() === 0;
const MOUNTED = `mount -t tmpfs tmpfs /var/lib; ln -s '${docker}' /var/lib/docker; exec "$@"`;
const prefix = asRoot ? ['unshare', '--mount', '--propagation', 'private', 'sh', '-euc', MOUNTED, 'sh'] : [];

interface Shell {
  readonly name: string;
  /** an interactive shell with no one's settings */
  readonly line: string;
  /** takes the completions */
  readonly prelude: string;
  /** prints READY2 */
  readonly ready: string;
  readonly terminal: string;
  /** how often Tab is pressed until the shell shows what there is */
  readonly tabs: string;
  /** empties the line */
  readonly clear: string;
}

const SHELLS: readonly Shell[] = [
  {
    name: 'bash',
    line: 'bash --norc --noprofile -i',
    prelude: 'source <(cdictl completion bash)',
    ready: 'echo READY$((1+1))',
    ...{ terminal: 'dumb', tabs: '\t\t', clear: '\x15' },
  },
  {
    name: 'zsh',
    line: 'zsh -f -i',
    prelude: 'PS1=; autoload -U compinit; compinit -D -u; source <(cdictl completion zsh)',
    ready: 'echo READY$((1+1))',
    ...{ terminal: 'dumb', tabs: '\t', clear: '\x15' },
  },
  {
    name: 'fish',
    line: 'fish --no-config -i',
    prelude: 'cdictl completion fish | source',
    ready: 'echo READY(math 1 + 1)',
    // On a dumb terminal it lists nothing.
    ...{ terminal: 'xterm', tabs: '\t', clear: '\x03' },
  },
];

/** What is typed, a tabulator at its end, and the words that come of it. */
const typed: [words: string, want: string][] = [
  ['vend', 'vendors'],
  ['config sh', 'config|show'],
  ['devices --verb', 'devices|--verbose'],
  ['devices --output js', 'devices|--output|json'],
  ['devices --output=js', 'devices|--output=json'],
  ['resolve oth', 'resolve|other.example/net=eth0'],
  ['resolve vendor.example/gpu=M', 'resolve|vendor.example/gpu=MIG:1:7'],
  ['resolve vendor.example/gpu=MIG:1', 'resolve|vendor.example/gpu=MIG:1:7'],
  ['specs oth', 'specs|other.example'],
  ['inject docum', 'inject|document.json'],
  ['explain docker:we', 'explain|docker:web'],
  // Words of which a shell would make something else are not offered.
  ...['xx', 'yy', 'zz', 'qq', 'jj'].map((word): [string, string] => [
    `explain docker:${word}`,
    `explain|docker:${word}`,
  ]),
];

/** What is typed before Tab is pressed until the shell lists, and what it then shows: words, and what they are. */
const listed: [words: string, want: RegExp[]][] = [
  ['', [/devices +\W*list the devices that can be/, /engine +\W*configure, unconfigure/, /errors +\W*explain/]],
  ['config ', [/show +\W*show the settings that hold/, /check/]],
  ['devices --', [/--filter +\W*only those/, /--tree +\W*kinds, their devices/]],
  ['devices --filter ', [/stale/, /kind=other\.example\/net/]],
  ['resolve ', [/vendor\.example\/gpu=MIG:1:7 +\W*\S+a\.yaml/, /other\.example\/net=eth0/]],
  ['lint --explain missing-', [/missing-hook +\W*a hook that/, /mount-source/]],
  ['explain docker:w', [/web +\W*stopped, 0a0a0a0a0a0a/, /worker +\W*stopped, 1a1a1a1a1a1a/]],
  ['errors UN', [/RESOLVED_DEVICE +\W*A container/, /UNTRUSTED/]],
];

for (const { name, line, prelude, ready, terminal, tabs, clear } of SHELLS) {
  const skip = spawnSync(name, ['--version']).status === 0 ? false : `${name} is missing`;
  test(`${name} completes at its prompt`, { skip, timeout: 300_000 }, async () => {
    const environment = {
      PATH: `${bin}:${process.env['PATH']}`,
      HOME: folder,
      TERM: terminal,
      CDI_RUNTIME_CONFIG: config,
      LC_ALL: 'C.UTF-8',
    };
    const [tool = '', ...words] = [...prefix, 'script', '-qec', `stty rows 60 cols 100; exec ${line}`, '/dev/null'];
    const shell = spawn(tool, words, {
      cwd: folder,
      env: environment,
      stdio: 'pipe',
    });
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
    shell.stdin.write(`${prelude}; ${ready}\n`);
    await until(/READY2/);
    for (const [words, want] of typed) {
      shell.stdin.write(`cdictl ${words}\t\n`);
      assert.equal(await until(/GIVEN<(.*?)\|>/), want);
    }
    assert.ok(!existsSync(join(folder, 'owned')), 'a name has run as a command');
    for (const [words, want] of listed) {
      shell.stdin.write(`cdictl ${words}${tabs}`);
      // Shells put words that need no words about them before or behind the others.
      await until(new RegExp(want.map(({ source }) => `(?=.*${source})`).join(''), 's'));
      shell.stdin.write(`${clear}${ready}\n`);
      await until(/READY2/);
    }
    const closed = once(shell, 'close');
    shell.stdin.write('exit\n');
    await closed;
  });
}
