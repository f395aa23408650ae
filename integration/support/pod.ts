// Pods as a kubelet runs them through the Container Runtime Interface, with what became of their containers.
import { mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import type { Cri } from './cri.ts';
import { IMAGE } from './image.ts';

export interface PodOptions {
  /** the runtime class's; none: the default */
  readonly handler?: string;
  readonly annotations?: Readonly<Record<string, string>>;
  readonly namespace?: string;
}

export interface ContainerOptions {
  readonly name?: string;
  readonly image?: string;
  readonly annotations?: Readonly<Record<string, string>>;
  readonly env?: Readonly<Record<string, string>>;
  /** what a device plugin answered */
  readonly devices?: readonly string[];
  readonly tty?: boolean;
  readonly privileged?: boolean;
}

export interface Ended {
  readonly status: number;
  /** its standard output, as it is in the log that a kubelet reads */
  readonly output: string;
}

/** The host's network: no plugin of the network is needed. */
const NETWORK = { namespace_options: { network: 'NODE' } };
const SHORTEST_MS = 10;

/** A pod that runs, until it is removed with all its containers. */
export class Pod {
  readonly id: string;
  readonly #cri: Cri;
  readonly #config: object;
  readonly #logs: string;
  #count = 0;

  private constructor(cri: Cri, id: string, config: object, logs: string) {
    this.#cri = cri;
    this.id = id;
    this.#config = config;
    this.#logs = logs;
  }

  /** @param folder where its logs may be */
  static async start(cri: Cri, folder: string, name: string, options: PodOptions = {}): Promise<Pod> {
    const logs = join(folder, 'pods', name);
    mkdirSync(logs, { recursive: true });
    const config = {
      metadata: { name, uid: name, namespace: options.namespace ?? 'tests' },
      log_directory: logs,
      annotations: options.annotations ?? {},
      linux: { security_context: NETWORK },
    };
    const request = { config, runtime_handler: options.handler ?? '' };
    const { pod_sandbox_id: id = '' } = await cri.call('RunPodSandbox', request);
    return new Pod(cri, id, config, logs);
  }

  /** Starts a container and gives its ID. */
  async start(script: string, options: ContainerOptions = {}): Promise<string> {
    const id = await this.create(script, options);
    await this.#cri.call('StartContainer', { container_id: id });
    return id;
  }

  async create(script: string, options: ContainerOptions = {}): Promise<string> {
    this.#count += 1;
    const {
      name = `container${this.#count}`,
      image = IMAGE,
      annotations = {},
      env = {},
      devices = [],
      tty = false,
      privileged = false,
    } = options;
    const config = {
      metadata: { name },
      image: { image },
      command: ['sh', '-c', script],
      envs: Object.entries(env).map(([key, value]) => ({ key, value })),
      annotations,
      log_path: `${name}.log`,
      tty,
      linux: { security_context: { ...NETWORK, privileged } },
      CDI_devices: devices.map((device) => ({ name: device })),
    };
    const request = { pod_sandbox_id: this.id, config, sandbox_config: this.#config };
    const { container_id: id = '' } = await this.#cri.call('CreateContainer', request);
    return id;
  }

  /** Runs a container to its end. */
  async run(script: string, options: ContainerOptions = {}): Promise<Ended> {
    const name = options.name ?? `run${this.#count + 1}`;
    const id = await this.start(script, { ...options, name });
    const status = await this.ended(id);
    return { status, output: this.output(name) };
  }

  /** What the container of this name has said so far. */
  output(name: string): string {
    return readLog(join(this.#logs, `${name}.log`));
  }

  /** Waits until a container has ended, and gives its exit status. */
  async ended(id: string): Promise<number> {
    for (let wait = SHORTEST_MS; ; wait *= 2) {
      const { status } = await this.#cri.call('ContainerStatus', { container_id: id });
      if (status?.state === 'CONTAINER_EXITED') return status.exit_code;
      await pause(wait);
    }
  }

  async exec(id: string, script: string): Promise<Ended> {
    const request = { container_id: id, cmd: ['sh', '-c', script], timeout: 10 };
    const { stdout = '', exit_code: status = -1 } = await this.#cri.call('ExecSync', request);
    return { status, output: stdout };
  }

  async stop(id: string): Promise<void> {
    await this.#cri.call('StopContainer', { container_id: id, timeout: 0 });
  }

  async remove(): Promise<void> {
    await this.#cri.call('StopPodSandbox', { pod_sandbox_id: this.id });
    await this.#cri.call('RemovePodSandbox', { pod_sandbox_id: this.id });
  }
}

/** Each line of a log is a time, a stream, whether the line is whole, and the line. */
function readLog(file: string): string {
  const lines = readFileSync(file, 'utf8').split('\n');
  return lines
    .map((line) => /^\S+ stdout [FP] (.*)$/.exec(line.replace(/\r$/, '')))
    .map((match) => (match === null ? '' : `${match[1]}\n`))
    .join('');
}
