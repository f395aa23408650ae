// Starts a program under odd conditions, and reads what a stand-in for the runtime saw of them.
import assert from 'node:assert/strict';
import { type SpawnSyncReturns, spawnSync } from 'node:child_process';
import { chmodSync, chownSync, copyFileSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { SHIM } from '../support/run-shim.ts';
import { ASKING, SILENT } from '../support/small-host.ts';

const FIXTURES = join(import.meta.dirname, 'fixtures');
const LONGEST_MS = 60_000;

/** One start by fixtures/launch.c, whose folder has to be there; characters are bytes. */
export interface Start {
  /** absolute, relative to the folder, or a name that is looked for in PATH */
  readonly program: string;
  /** from argv[0] on */
  readonly words: readonly string[];
  readonly environment: readonly string[];
  readonly conditions: readonly string[];
  /** PATH of the launcher */
  readonly path?: string;
}

/** A launcher that sets conditions and then becomes the program; no signal may end it. */
export function start(launcher: string, folder: string, start: Start): SpawnSyncReturns<string> {
  const { program, words, environment, conditions, path = '' } = start;
  writeFileSync(join(folder, 'arguments'), entries(words));
  writeFileSync(join(folder, 'environment'), entries(environment));
  const outcome = spawnSync(launcher, [folder, program, ...conditions], {
    env: { PATH: path },
    encoding: 'latin1',
    timeout: LONGEST_MS,
  });
  assert.equal(outcome.signal, null, outcome.stderr);
  return outcome;
}

/** Whose files a launch as `user` works with; of fixtures/launch-identity.c. */
export const USER = 12345;

/** What is started: the stand-in by itself, or the shim in front of it. */
export type Started = 'direct' | 'shim';

/** What is asked of the runtime, and what of the document. */
export type Command = 'another command' | 'a create without a request' | 'a create with a request';

export interface Launch {
  /** names of fixtures/launch-*.c, in the order in which they are set */
  readonly conditions?: readonly string[];
  /** words before the command; characters are bytes */
  readonly words?: readonly string[];
  /** in place of a small one; characters are bytes */
  readonly environment?: readonly string[];
  /** whose the bundle is */
  readonly owner?: number;
}

export interface Launched {
  readonly outcome: SpawnSyncReturns<string>;
  /** the lines of the stand-in; none where it was not started */
  readonly record: readonly string[];
  /** config.json afterwards */
  readonly config: string;
}

/** A folder with a launcher, a stand-in, the shim, and a bundle between them. */
export class LaunchSite {
  readonly runtime: string;
  readonly settings: string;
  /** others, for the condition `own-settings`: who cannot trust the folder can trust these */
  readonly settingsInside = '/etc/cdi-runtime/inside.yaml';
  readonly #folder: string;
  readonly #bundle: string;
  readonly #launch: string;
  readonly #programs: { readonly [what in Started]: string };

  constructor(folder: string) {
    const at = (name: string): string => join(folder, name);
    this.#folder = folder;
    this.#bundle = at('bundle');
    this.#launch = launcher(folder);
    this.runtime = compile('musl-gcc', ['-static', '-s'], 'launched', folder);
    this.#programs = { direct: this.runtime, shim: at('cdi-runtime') };
    this.settings = at('etc/cdi-runtime/config.yaml');
    for (const path of ['bundle', 'etc', 'etc/cdi', 'etc/cdi-runtime']) mkdirSync(at(path));
    this.#write(
      'etc/cdi-runtime/config.yaml',
      `runtime: ${this.runtime}\nspecDirs: [${at('etc/cdi')}]\naudit: { path: ${at('audit.jsonl')} }\n${SETTINGS}`,
    );
    this.#write(
      'etc/cdi-runtime/inside.yaml',
      `runtime: ${this.runtime}\nspecDirs: [/etc/cdi]\naudit: { path: /audit.jsonl }\n${SETTINGS}`,
    );
    this.#write('etc/cdi/vendor.yaml', SPEC);
    this.#write('data', 'data '.repeat(100));
    this.#write('launched.record', '');
    copyFileSync(SHIM, this.#programs.shim);
    // others than root get here, too
    chmodSync(folder, 0o755);
    chmodSync(at('launched.record'), 0o666);
  }

  /** Starts one of the two over a document that is new each time. */
  start(started: Started, command: Command, launch: Launch): Launched {
    const { conditions = [], words = [], owner = 0 } = launch;
    const environment = launch.environment ?? ['A=1', `CDI_RUNTIME_CONFIG=${this.settings}`, 'PATH=/nowhere'];
    const line = command === 'another command' ? ['state', 'id'] : ['create', '--bundle', this.#bundle, 'id'];
    const config = join(this.#bundle, 'config.json');
    writeFileSync(config, command === 'a create with a request' ? ASKING : SILENT);
    for (const path of [this.#bundle, config]) chownSync(path, owner, owner);
    this.#write('launched.record', '');
    const outcome = start(this.#launch, this.#folder, {
      program: this.#programs[started],
      words: ['own name', ...words, ...line],
      environment,
      conditions,
    });
    const record = readFileSync(join(this.#folder, 'launched.record'), 'latin1').split('\n');
    return { outcome, record, config: readFileSync(config, 'utf8') };
  }

  #write(name: string, content: string | Buffer): void {
    writeFileSync(join(this.#folder, name), content);
  }
}

/** In a user namespace no one can tell who put a scratch folder into /tmp. */
const SETTINGS = 'trust: { owner: off }\n';

const SPEC = `cdiVersion: 0.3.0
kind: vendor.com/gpu
devices: [{ name: gpu0, containerEdits: { env: [GPU=gpu0] } }]
`;

function entries(words: readonly string[]): Buffer {
  return Buffer.from(words.map((word) => `${word}\0`).join(''), 'latin1');
}

/** Makes fixtures/launch.c in a folder. */
export function launcher(folder: string): string {
  return compile('gcc', [], 'launch', folder);
}

/** A program of `<name>.c` and its parts `<name>-*.c`. */
function compile(compiler: string, flags: readonly string[], name: string, folder: string): string {
  const program = join(folder, name);
  const sources = readdirSync(FIXTURES).filter((file) => file === `${name}.c` || file.startsWith(`${name}-`));
  const args = ['-Wall', '-Wextra', '-Werror', '-O1', ...flags, '-o', program, ...sources];
  const { status, stderr, error } = spawnSync(compiler, args, { cwd: FIXTURES, encoding: 'utf8' });
  assert.equal(status, 0, `${compiler}: ${stderr ?? error}`);
  return program;
}
