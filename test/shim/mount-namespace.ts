// A mount namespace of its own for a test file: what is mounted there is seen by no one else, and goes with it.
import assert from 'node:assert/strict';
import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { readlinkSync } from 'node:fs';
import { after } from 'node:test';

const PATH = '/usr/sbin:/usr/bin:/sbin:/bin';

export function hasMountNamespaces(): boolean {
  return spawnSync('unshare', ['--mount', 'mount', '-t', 'tmpfs', 'x', '/mnt'], { env: { PATH } }).status === 0;
}

export class MountNamespace {
  readonly #holder: ChildProcess;

  /** It ends when the file's tests are done. */
  constructor() {
    this.#holder = spawn('unshare', ['--mount', '--propagation', 'private', 'cat'], { env: { PATH } });
    after(() => this.#holder.kill('SIGKILL'));
    const own = readlinkSync('/proc/self/ns/mnt');
    // unshare has to get that far first
    while (readlinkSync(`/proc/${this.#holder.pid}/ns/mnt`) === own) spawnSync('sleep', ['0.01']);
  }

  /** What starts a program in here, with the root as its current folder. */
  get prefix(): readonly string[] {
    return ['nsenter', '--mount', `--target=${this.#holder.pid}`];
  }

  /** A path in here, as it is to be named out there. */
  path(inside: string): string {
    return `/proc/${this.#holder.pid}/root${inside}`;
  }

  /** Runs a program in here. @returns whether it ended well */
  try(program: string, ...args: readonly string[]): boolean {
    const [tool = '', ...words] = [...this.prefix, program, ...args];
    return spawnSync(tool, words, { env: { PATH } }).status === 0;
  }

  /** Mounts in here what every machine can. */
  mount(...args: readonly string[]): true {
    assert.ok(this.try('mount', ...args), `mount ${args.join(' ')}`);
    return true;
  }
}
