// A stand-in of a kubelet's device manager, over the true protocol: it takes registrations as that one does, listens to
// each plugin, and accounts for the devices that it gives to containers.
import { readdirSync, rmSync } from 'node:fs';
import { join, resolve } from 'node:path';
import {
  Client,
  type ClientReadableStream,
  credentials,
  Server,
  ServerCredentials,
  type ServerUnaryCall,
  type sendUnaryData,
  status,
} from '@grpc/grpc-js';
import { loadSync, type MethodDefinition } from '@grpc/proto-loader';

const PROTO = resolve(import.meta.dirname, '../cli/plugin/device-plugin.proto');
const API = loadSync(PROTO, { keepCase: true, longs: Number, defaults: true });

interface RegisterRequest {
  readonly version: string;
  readonly endpoint: string;
  readonly resource_name: string;
  readonly options: { readonly pre_start_required: boolean; readonly get_preferred_allocation_available: boolean };
}

interface Device {
  readonly ID: string;
  readonly health: string;
  readonly topology: { readonly nodes: readonly { readonly ID: number }[] } | null;
}

export interface ContainerAnswer {
  readonly annotations: Readonly<Record<string, string>>;
  readonly cdi_devices: readonly { readonly name: string }[];
}

interface Reply {
  readonly devices?: readonly Device[];
  readonly container_responses?: readonly (ContainerAnswer & { readonly deviceIDs?: readonly string[] })[];
}

interface Plugin {
  readonly client: Client;
  readonly stream: ClientReadableStream<Reply>;
  readonly request: RegisterRequest;
  devices: readonly Device[];
}

/** A method of the public definition. */
export function methodOf(service: string, name: string): MethodDefinition<object, object> {
  const methods = new Map<string, MethodDefinition<object, object>>(Object.entries(API[`v1beta1.${service}`] ?? {}));
  const method = methods.get(name);
  if (method === undefined) throw new Error(`${name} is not in the API`);
  return method;
}

/** As Kubernetes' IsExtendedResourceName and IsQualifiedName have it. */
export function isExtendedResourceName(name: string): boolean {
  if (!name.includes('/') || name.includes('kubernetes.io/') || name.startsWith('requests.')) return false;
  const [prefix = '', last = '', ...others] = `requests.${name}`.split('/');
  const label = '[a-z0-9]([-a-z0-9]*[a-z0-9])?';
  const isDomain = prefix.length <= 253 && new RegExp(`^${label}(\\.${label})*$`).test(prefix);
  const isName = last.length <= 63 && /^([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]$/.test(last);
  return others.length === 0 && isDomain && isName;
}

/** Listens at `kubelet.sock` of a folder, until it is stopped. */
export class Kubelet {
  readonly folder: string;
  readonly #server = new Server();
  readonly #plugins = new Map<string, Plugin>();
  /** the container that has a device, by resource and ID: a kubelet's checkpoint */
  readonly #held = new Map<string, number>();
  readonly registrations: string[] = [];
  readonly refused: string[] = [];
  #containers = 0;
  #toRefuse: string[] = [];
  #changed: (() => void)[] = [];

  private constructor(folder: string) {
    this.folder = folder;
    const register = methodOf('Registration', 'Register');
    this.#server.register(
      register.path,
      (call: ServerUnaryCall<RegisterRequest, object>, reply: sendUnaryData<object>) => this.#register(call, reply),
      register.responseSerialize,
      (bytes: Buffer): RegisterRequest => Object.assign(makeEmptyRequest(), register.requestDeserialize(bytes)),
      'unary',
    );
  }

  /** As a kubelet does at its start: all sockets and files in the folder go. */
  static async start(folder: string): Promise<Kubelet> {
    for (const entry of readdirSync(folder, { withFileTypes: true }))
      if (!entry.isDirectory()) rmSync(join(folder, entry.name));
    const kubelet = new Kubelet(folder);
    await new Promise<void>((succeed, fail) => {
      const socket = `unix:${join(folder, 'kubelet.sock')}`;
      kubelet.#server.bindAsync(socket, ServerCredentials.createInsecure(), (error) =>
        error === null ? succeed() : fail(error),
      );
    });
    return kubelet;
  }

  stop(): void {
    for (const { client, stream } of this.#plugins.values()) {
      stream.cancel();
      client.close();
    }
    this.#plugins.clear();
    this.#server.forceShutdown();
  }

  /** Ends what it listens to, as where a plugin was found to be gone. */
  drop(resource: string): void {
    this.#plugins.get(resource)?.stream.cancel();
  }

  /** Refuses so many registrations. */
  refuseNext(count: number, why: string): void {
    this.#toRefuse = Array.from({ length: count }, () => why);
  }

  resources(): readonly string[] {
    return [...this.#plugins.keys()].sort();
  }

  request(resource: string): RegisterRequest | undefined {
    return this.#plugins.get(resource)?.request;
  }

  /** `ID health node` of each device. */
  devices(resource: string): readonly string[] {
    const devices = this.#plugins.get(resource)?.devices ?? [];
    return devices.map(({ ID, health, topology }) =>
      [ID, health, ...(topology?.nodes ?? []).map((node) => node.ID)].join(' '),
    );
  }

  /** Waits until something holds; what it hears from plugins makes it look again. */
  async until(holds: () => boolean, what: string): Promise<void> {
    const end = AbortSignal.timeout(60_000);
    while (!holds()) {
      await new Promise<void>((succeed, fail) => {
        this.#changed.push(succeed);
        end.addEventListener('abort', () => fail(new Error(`${what}: does not come`)), { once: true });
      });
    }
  }

  /** Waits for the devices of a resource. */
  async untilDevices(resource: string, devices: readonly string[]): Promise<void> {
    const wanted = devices.join();
    await this.until(() => this.devices(resource).join() === wanted, `${resource} has ${wanted}`);
  }

  /** Gives a container so many devices, as the device manager does: asks for a preference, then allocates. */
  async give(
    resource: string,
    count: number,
  ): Promise<{ readonly ids: readonly string[]; readonly answer: ContainerAnswer }> {
    const container = ++this.#containers;
    const free = (this.#plugins.get(resource)?.devices ?? [])
      .filter(({ ID, health }) => health === 'Healthy' && !this.#held.has(`${resource} ${ID}`))
      .map(({ ID }) => ID);
    if (free.length < count) throw new Error(`requested ${count} of ${resource}, available ${free.length}`);
    // Before any answer, as behind the device manager's lock.
    const reserved = free.slice(0, count);
    for (const id of reserved) this.#held.set(`${resource} ${id}`, container);
    try {
      return { ids: reserved, answer: await this.allocate(resource, reserved) };
    } catch (error) {
      for (const id of reserved) this.#held.delete(`${resource} ${id}`);
      throw error;
    }
  }

  async prefer(resource: string, available: readonly string[], mustInclude: readonly string[], size: number) {
    const request = { available_deviceIDs: available, must_include_deviceIDs: mustInclude, allocation_size: size };
    const { container_responses: [first] = [] } = await this.#call(resource, 'GetPreferredAllocation', [request]);
    return first?.deviceIDs ?? [];
  }

  async allocate(resource: string, ids: readonly string[]): Promise<ContainerAnswer> {
    const { container_responses: [answer] = [] } = await this.#call(resource, 'Allocate', [{ devices_ids: ids }]);
    if (answer === undefined) throw new Error('no container was answered');
    return answer;
  }

  async options(resource: string): Promise<object> {
    return await this.#call(resource, 'GetDevicePluginOptions', undefined);
  }

  #call(resource: string, name: string, containers: readonly object[] | undefined): Promise<Reply> {
    const plugin = this.#plugins.get(resource);
    const method = methodOf('DevicePlugin', name);
    if (plugin === undefined) throw new Error(`no plugin has ${resource}`);
    const request = containers === undefined ? {} : { container_requests: containers };
    const read = (bytes: Buffer): Reply => method.responseDeserialize(bytes);
    return new Promise((succeed, fail) => {
      const options = { deadline: Date.now() + 60_000 };
      plugin.client.makeUnaryRequest(method.path, method.requestSerialize, read, request, options, (error, reply) => {
        if (error === null) succeed(reply ?? {});
        else fail(error);
      });
    });
  }

  /** @see Kubernetes pkg/kubelet/cm/devicemanager/plugin/v1beta1/server.go */
  #register({ request }: ServerUnaryCall<RegisterRequest, object>, reply: sendUnaryData<object>): void {
    const refuse = (details: string): void => {
      this.refused.push(details);
      reply({ code: status.UNKNOWN, details });
    };
    const { version, endpoint, resource_name: resource } = request;
    const busy = this.#toRefuse.pop();
    if (busy !== undefined) {
      refuse(busy);
      return;
    }
    if (version !== 'v1beta1') {
      refuse(`requested API version "${version}" is not supported by kubelet`);
      return;
    }
    if (!isExtendedResourceName(resource)) {
      refuse(`the ResourceName "${resource}" is invalid`);
      return;
    }
    const client = new Client(`unix:${join(this.folder, endpoint)}`, credentials.createInsecure(), {
      'grpc.default_authority': 'localhost',
      'grpc.use_local_subchannel_pool': 1,
    });
    client.waitForReady(Date.now() + 10_000, (error) => {
      if (error !== undefined) {
        refuse(`failed to dial device plugin: ${error.message}`);
        return;
      }
      const method = methodOf('DevicePlugin', 'ListAndWatch');
      const read = (bytes: Buffer): Reply => method.responseDeserialize(bytes);
      const stream = client.makeServerStreamRequest(method.path, method.requestSerialize, read, {});
      const plugin: Plugin = { client, stream, request, devices: [] };
      stream.on('data', ({ devices = [] }: Reply) => {
        plugin.devices = devices;
        this.#tell();
      });
      stream.on('error', () => {
        client.close();
        if (this.#plugins.get(resource) === plugin) this.#plugins.delete(resource);
        this.#tell();
      });
      // A newer one takes the place of the one before.
      const before = this.#plugins.get(resource);
      this.#plugins.set(resource, plugin);
      before?.client.close();
      before?.stream.cancel();
      this.registrations.push(resource);
      reply(null, {});
      this.#tell();
    });
  }

  #tell(): void {
    const waiting = this.#changed;
    this.#changed = [];
    for (const look of waiting) look();
  }
}

function makeEmptyRequest(): RegisterRequest {
  const options = { pre_start_required: false, get_preferred_allocation_available: false };
  return { version: '', endpoint: '', resource_name: '', options };
}
