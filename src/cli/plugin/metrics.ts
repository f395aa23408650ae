// Figures of the device plugin, as Prometheus reads them.
import { Counter, Gauge, Registry } from 'prom-client';

const PREFIX = 'cdi_runtime_device_plugin_';

export interface Figures {
  readonly healthy: number;
  readonly unhealthy: number;
  readonly isRegistered: boolean;
}

export class PluginMetrics {
  readonly #registry = new Registry();
  readonly #allocations: Counter<'resource' | 'outcome'>;
  readonly #registrations: Counter<'resource' | 'outcome'>;

  /** @param read what is so at the moment, by resource, and how much is wrong with specs */
  constructor(read: () => { readonly resources: ReadonlyMap<string, Figures>; readonly errors: number }) {
    const registers = [this.#registry];
    const devices: Gauge<'resource' | 'health'> = new Gauge({
      name: `${PREFIX}devices`,
      help: 'Devices of a resource, each once however many share it',
      labelNames: ['resource', 'health'],
      registers,
      collect: () => {
        for (const [resource, { healthy, unhealthy }] of read().resources) {
          devices.set({ resource, health: 'healthy' }, healthy);
          devices.set({ resource, health: 'unhealthy' }, unhealthy);
        }
      },
    });
    const registered: Gauge<'resource'> = new Gauge({
      name: `${PREFIX}registered`,
      help: 'Whether the kubelet listens for the devices of a resource',
      labelNames: ['resource'],
      registers,
      collect: () => {
        for (const [resource, { isRegistered }] of read().resources) registered.set({ resource }, Number(isRegistered));
      },
    });
    const errors: Gauge = new Gauge({
      name: `${PREFIX}registry_errors`,
      help: 'What is wrong with the specs that concern the resources',
      registers,
      collect: () => errors.set(read().errors),
    });
    this.#allocations = new Counter({
      name: `${PREFIX}allocations_total`,
      help: 'Containers that asked for devices of a resource',
      labelNames: ['resource', 'outcome'],
      registers,
    });
    this.#registrations = new Counter({
      name: `${PREFIX}registrations_total`,
      help: 'Registrations of a resource with a kubelet',
      labelNames: ['resource', 'outcome'],
      registers,
    });
  }

  countAllocation(resource: string, outcome: 'given' | 'refused'): void {
    this.#allocations.inc({ resource, outcome });
  }

  countRegistration(resource: string, outcome: 'taken' | 'failed'): void {
    this.#registrations.inc({ resource, outcome });
  }

  async write(): Promise<{ readonly type: string; readonly text: string }> {
    return { type: this.#registry.contentType, text: await this.#registry.metrics() };
  }
}
