// One resource and the kubelet: its socket is kept in place, and it is registered with each kubelet that comes, and again
// where the kubelet does not listen any more.
import { createHash } from 'node:crypto';
import { statSync } from 'node:fs';
import { join } from 'node:path';
import type { Logger } from 'pino';
import { quote } from '../../text/quote.ts';
import { DeviceService, type ServiceSource } from './device-service.ts';
import { fitsSocketPath, PluginSocket } from './plugin-socket.ts';
import { registerResource } from './register.ts';

const KUBELET_SOCKET = 'kubelet.sock';

/** After a failure: quickly at first, since a kubelet that starts is there before it answers. */
const FIRST_RETRY_MS = 100;
const LAST_RETRY_MS = 5000;
/** In this time a kubelet that took a registration has begun to listen. */
const LISTENS_IN_MS = 5000;

/** Whether containers can be given the resource, or why not. */
export type EndpointState = 'registered' | 'waiting for the kubelet' | 'waiting for another device plugin' | 'failing';

export interface EndpointOptions extends Omit<ServiceSource, 'onListeners'> {
  /** of the kubelet */
  readonly directory: string;
  readonly log: Logger;
  onRegistration(outcome: 'taken' | 'failed'): void;
}

export class Endpoint {
  readonly #options: EndpointOptions;
  readonly #service: DeviceService;
  readonly #socket: PluginSocket;
  /** the kubelet's socket with which it is registered */
  #kubelet: string | undefined;
  /** ends when a kubelet that took a registration should listen */
  #patience: NodeJS.Timeout | undefined;
  #state: EndpointState = 'waiting for the kubelet';
  #told: string | undefined;
  #isBusy = false;
  #isOld = false;
  readonly #end = new AbortController();
  #retryMs = FIRST_RETRY_MS;
  #waiting: NodeJS.Timeout | undefined;

  constructor(options: EndpointOptions) {
    this.#options = options;
    const onListeners = (count: number): void => this.#onListeners(count);
    this.#service = new DeviceService({ ...options, onListeners });
    const path = join(options.directory, nameSocket(options.directory, options.resource));
    this.#socket = new PluginSocket(
      path,
      (connection) => this.#service.connect(connection),
      () => this.check(),
    );
  }

  get resource(): string {
    return this.#options.resource;
  }

  get state(): EndpointState {
    return this.#service.count() > 0 && this.#state !== 'failing' ? 'registered' : this.#state;
  }

  /** Tells the kubelet what there is now. */
  tell(): void {
    this.#service.tell();
  }

  /** Looks whether all is as it should be, and does what is to be done: to be called after changes in the directory. */
  check(): void {
    this.#retryMs = FIRST_RETRY_MS;
    this.#settle();
  }

  close(): void {
    this.#end.abort();
    clearTimeout(this.#waiting);
    this.#endPatience();
    this.#socket.close();
    this.#service.close();
  }

  #onListeners(count: number): void {
    const { log, resource } = this.#options;
    if (this.#end.signal.aborted) return;
    if (count > 0) {
      log.info({ resource }, `the kubelet listens for ${quote(resource)}`);
      return;
    }
    log.warn({ resource }, `the kubelet listens no more for ${quote(resource)}`);
    this.#kubelet = undefined;
    this.#endPatience();
    this.#state = 'waiting for the kubelet';
    this.#again();
  }

  #endPatience(): void {
    clearTimeout(this.#patience);
    this.#patience = undefined;
  }

  #again(): void {
    clearTimeout(this.#waiting);
    this.#waiting = setTimeout(() => this.#settle(), this.#retryMs);
    this.#retryMs = Math.min(this.#retryMs * 2, LAST_RETRY_MS);
  }

  /** One at a time: what comes meanwhile is looked at afterwards. */
  #settle(): void {
    this.#isOld = true;
    if (this.#isBusy) return;
    this.#isBusy = true;
    clearTimeout(this.#waiting);
    void this.#work();
  }

  async #work(): Promise<void> {
    while (this.#isOld && !this.#end.signal.aborted) {
      this.#isOld = false;
      try {
        await this.#step();
        this.#told = undefined;
      } catch (error) {
        this.#fail(error);
      }
    }
    this.#isBusy = false;
    if (this.#end.signal.aborted) this.#socket.close();
  }

  async #step(): Promise<void> {
    const { directory, resource, log, onRegistration } = this.#options;
    // The kubelet has to call at the new one.
    if (!this.#socket.isHeld()) this.#kubelet = undefined;
    if (!(await this.#socket.take())) {
      if (this.#state !== 'waiting for another device plugin') {
        log.warn(
          { resource, path: this.#socket.path },
          `another device plugin has ${quote(resource)}: it is waited for`,
        );
      }
      this.#state = 'waiting for another device plugin';
      return;
    }
    const socket = join(directory, KUBELET_SOCKET);
    const kubelet = readState(socket);
    if (kubelet === undefined || this.#end.signal.aborted) {
      this.#state = 'waiting for the kubelet';
      this.#kubelet = undefined;
      return;
    }
    if (kubelet === this.#kubelet && (this.#service.count() > 0 || this.#patience !== undefined)) return;
    this.#endPatience();
    await registerResource(
      socket,
      { endpoint: this.#socket.path.slice(directory.length + 1), resource },
      this.#end.signal,
    );
    this.#kubelet = kubelet;
    this.#state = 'waiting for the kubelet';
    onRegistration('taken');
    log.info({ resource, path: this.#socket.path }, `the kubelet took ${quote(resource)}`);
    // One that took it and does not listen has lost it again.
    if (this.#end.signal.aborted) return;
    this.#patience = setTimeout(() => {
      this.#patience = undefined;
      // Where kubelets come and go, or others take the resource, each time waits longer.
      if (this.#service.count() > 0) this.#retryMs = FIRST_RETRY_MS;
      this.#settle();
    }, LISTENS_IN_MS);
  }

  #fail(error: unknown): void {
    if (!(error instanceof Error)) throw error;
    if (this.#end.signal.aborted) return;
    const { resource, log, onRegistration } = this.#options;
    const why = 'details' in error ? String(error.details) : 'code' in error ? String(error.code) : error.message;
    const message = `cannot register ${quote(resource)}: ${quote(this.#socket.path)}: ${why}; it is tried again`;
    if (this.#told !== message) log.error({ resource, path: this.#socket.path, why }, message);
    this.#told = message;
    this.#state = 'failing';
    onRegistration('failed');
    this.#again();
  }
}

/** A domain has no `_`, so that no two resources have one name; in place of one too long stands its digest. */
function nameSocket(directory: string, resource: string): string {
  const name = `cdi-runtime_${resource.replace('/', '_')}.sock`;
  if (fitsSocketPath(join(directory, name))) return name;
  return `cdi-runtime_${createHash('sha256').update(resource).digest('hex').slice(0, 16)}.sock`;
}

/** Which socket it is: a kubelet makes a new one at its start. */
function readState(path: string): string | undefined {
  const status = statSync(path, { bigint: true, throwIfNoEntry: false });
  return status && `${status.dev}:${status.ino}:${status.ctimeNs}`;
}
