// What a kubelet asks about one resource, over its connections: which devices there are, and what a container gets.
import type { Socket } from 'node:net';
import {
  type ConnectionInjector,
  Server,
  ServerCredentials,
  type ServerUnaryCall,
  type ServerWritableStream,
  type sendUnaryData,
  status,
} from '@grpc/grpc-js';
import { quote } from '../../text/quote.ts';
import type { PluginDevice } from './look.ts';
import {
  type Answer,
  type Empty,
  type PreferenceRequest,
  readAllocations,
  readEmpty,
  readPreferenceRequests,
  type Unit,
  writeAnswers,
  writeEmpty,
  writeOptions,
  writePreferences,
  writeUnits,
} from './messages.ts';
import { choosePreferred } from './preference.ts';

export interface ServiceSource {
  readonly resource: string;
  units(): readonly Unit[];
  find(id: string): PluginDevice | undefined;
  /** for devices by their qualified names */
  answer(devices: readonly string[]): Answer;
  /** a container got its devices, or was refused */
  onAllocation(outcome: 'given' | 'refused', devices: readonly string[], why?: string): void;
  /** a kubelet begins to listen, or no one does any more */
  onListeners(count: number): void;
}

type UnitStream = ServerWritableStream<Empty, readonly Unit[]>;

const PATH = '/v1beta1.DevicePlugin';

/** A server without a socket of its own: it is handed connections. */
export class DeviceService {
  readonly #source: ServiceSource;
  readonly #server = new Server();
  readonly #injector: ConnectionInjector;
  /** those that listen, and whether they wait for room for the newest list */
  readonly #streams = new Map<UnitStream, 'idle' | 'full' | 'late'>();

  constructor(source: ServiceSource) {
    this.#source = source;
    this.#server.register(`${PATH}/GetDevicePluginOptions`, answerAlways({}), writeOptions, readEmpty, 'unary');
    this.#server.register(`${PATH}/PreStartContainer`, answerAlways({}), writeEmpty, readEmpty, 'unary');
    const listen = (stream: UnitStream): void => this.#listen(stream);
    this.#server.register(`${PATH}/ListAndWatch`, listen, writeUnits, readEmpty, 'serverStream');
    this.#server.register(
      `${PATH}/GetPreferredAllocation`,
      (
        { request }: ServerUnaryCall<readonly PreferenceRequest[], readonly (readonly string[])[]>,
        reply: sendUnaryData<readonly (readonly string[])[]>,
      ) =>
        reply(
          null,
          request.map((wish) => choosePreferred(wish, (id) => this.#place(id))),
        ),
      writePreferences,
      readPreferenceRequests,
      'unary',
    );
    this.#server.register(
      `${PATH}/Allocate`,
      (
        { request }: ServerUnaryCall<readonly (readonly string[])[], readonly Answer[]>,
        reply: sendUnaryData<readonly Answer[]>,
      ) => this.#allocate(request, reply),
      writeAnswers,
      readAllocations,
      'unary',
    );
    this.#injector = this.#server.createConnectionInjector(ServerCredentials.createInsecure());
  }

  connect(connection: Socket): void {
    this.#injector.injectConnection(connection);
  }

  /** How many listen. */
  count(): number {
    return this.#streams.size;
  }

  /** Tells all who listen what there is now. */
  tell(): void {
    for (const stream of this.#streams.keys()) this.#send(stream);
  }

  close(): void {
    this.#injector.destroy();
    this.#server.forceShutdown();
  }

  #listen(stream: UnitStream): void {
    const end = (): void => {
      if (this.#streams.delete(stream)) this.#source.onListeners(this.#streams.size);
    };
    stream.on('cancelled', end);
    stream.on('error', end);
    stream.on('close', end);
    stream.on('drain', () => {
      const isLate = this.#streams.get(stream) === 'late';
      if (this.#streams.has(stream)) this.#streams.set(stream, 'idle');
      if (isLate) this.#send(stream);
    });
    this.#streams.set(stream, 'idle');
    this.#send(stream);
    this.#source.onListeners(this.#streams.size);
  }

  /** Who reads slowly gets the newest list when there is room, and none of those between. */
  #send(stream: UnitStream): void {
    if (this.#streams.get(stream) !== 'idle') this.#streams.set(stream, 'late');
    else if (!stream.write(this.#source.units())) this.#streams.set(stream, 'full');
  }

  #place(id: string): { readonly device: string; readonly numaNode: number | undefined } | undefined {
    const device = this.#source.find(id);
    return device && { device: device.name, numaNode: device.numaNode };
  }

  /** All containers of a request get their devices, or none does. */
  #allocate(containers: readonly (readonly string[])[], reply: sendUnaryData<readonly Answer[]>): void {
    const { resource, onAllocation, answer } = this.#source;
    const lists: string[][] = [];
    for (const ids of containers) {
      const names = new Set<string>();
      for (const id of ids) {
        const device = this.#source.find(id);
        const why = device === undefined ? 'there is no such device' : device.trouble;
        if (device !== undefined && why === undefined) {
          names.add(device.name);
          continue;
        }
        const details = `cannot allocate ${quote(id)} of ${quote(resource)}: ${why}`;
        onAllocation('refused', [...ids], details);
        reply({ code: device === undefined ? status.NOT_FOUND : status.FAILED_PRECONDITION, details });
        return;
      }
      lists.push([...names]);
    }
    for (const names of lists) onAllocation('given', names);
    reply(null, lists.map(answer));
  }
}

function answerAlways<T>(value: T): (call: ServerUnaryCall<Empty, T>, reply: sendUnaryData<T>) => void {
  return (_, reply) => reply(null, value);
}
