// A dockerd of a test's own: data, state and socket in the stage's folder, and no change to the machine's network.
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { must, type Outcome, run, running } from './command.ts';
import { type Daemon, startDaemon } from './daemon.ts';
import type { Stage } from './stage.ts';

const NO_NETWORK = ['--iptables=false', '--ip6tables=false', '--ip-forward=false', '--ip-masq=false', '--bridge=none'];

export interface DockerOptions {
  /** a second one has a folder of its own beside the first's */
  readonly folder?: string;
  readonly storage?: 'overlay2' | 'vfs';
}

export class Docker {
  readonly #stage: Stage;
  readonly #folder: string;
  readonly #storage: string;
  #daemon: Daemon | undefined;

  constructor(stage: Stage, { folder = 'd', storage = 'overlay2' }: DockerOptions = {}) {
    this.#stage = stage;
    this.#folder = join(stage.folder, folder);
    this.#storage = storage;
  }

  /** Writes daemon.json, for the next start or a SIGHUP. */
  configure(config: object): void {
    writeFileSync(`${this.#folder}.json`, JSON.stringify(config));
  }

  async start(): Promise<void> {
    const folder = this.#folder;
    this.#daemon = await startDaemon(
      [
        ...['dockerd', '--config-file', `${folder}.json`, '-H', this.#host, '--pidfile', `${folder}.pid`],
        ...['--data-root', `${folder}/data`, '--exec-root', `${folder}/exec`, '--storage-driver', this.#storage],
        ...['--exec-opt', 'native.cgroupdriver=cgroupfs', ...NO_NETWORK],
      ],
      this.#stage.env,
      `${folder}.log`,
      () => this.run('version').status === 0,
    );
  }

  /** Ends the daemon; its containers live on where it was told so. */
  async stop(): Promise<void> {
    await this.#daemon?.stop();
  }

  /** Has daemon.json read again. */
  reload(): void {
    this.#daemon?.signal('SIGHUP');
  }

  /** A whole command line, its options for this daemon included. */
  commandLine(...args: readonly string[]): string[] {
    return ['docker', ...this.#line(...args)];
  }

  /** As run(), and has to succeed. */
  must(...args: readonly string[]): string {
    return must('docker', this.#line(...args), { env: this.#env });
  }

  run(...args: readonly string[]): Outcome {
    return run('docker', this.#line(...args), { env: this.#env });
  }

  running(...args: readonly string[]): Promise<Outcome> {
    return running('docker', this.#line(...args), { env: this.#env });
  }

  get #host(): string {
    return `unix://${this.#folder}.sock`;
  }

  get #env(): NodeJS.ProcessEnv {
    return { ...this.#stage.env, DOCKER_CONFIG: this.#folder, DOCKER_BUILDKIT: '0' };
  }

  #line(...args: readonly string[]): string[] {
    return ['-H', this.#host, ...args];
  }
}
