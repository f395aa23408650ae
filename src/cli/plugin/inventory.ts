// The devices of all resources, followed as specs and nodes come, go and change.
import type { Logger } from 'pino';
import { CdiError } from '../../text/error.ts';
import { quote } from '../../text/quote.ts';
import type { Context } from '../command.ts';
import { DirectoryWatch } from '../files/directory-watch.ts';
import { resolveInRoot } from '../files/host-root.ts';
import type { KeptMemory } from './kept-memory.ts';
import { type Look, lookAtDevices, type Offer } from './look.ts';
import type { Resource } from './resource.ts';

const NOTHING: Offer = { devices: [], units: [], byId: new Map(), surplus: 0 };

export interface InventoryOptions {
  readonly context: Context;
  /** where the host's `/` is: empty for this host */
  readonly root: string;
  readonly resources: readonly Resource[];
  readonly log: Logger;
  readonly kept: KeptMemory;
  /** after a look that found something else than the one before */
  onChange(): void;
}

/** It looks at once, and again after each change, until it is closed. */
export class Inventory {
  readonly #options: InventoryOptions;
  readonly #specs: DirectoryWatch;
  #host: { readonly directories: string; readonly watch: DirectoryWatch } | undefined;
  #last: Look;
  #failure: string | undefined;

  constructor(options: InventoryOptions) {
    this.#options = options;
    this.#last = { offers: new Map(), errors: [], directories: [], memory: options.kept.read() };
    this.#specs = this.#watch(options.context.specDirs());
    this.#look();
  }

  offer(resource: string): Offer {
    return this.#last.offers.get(resource) ?? NOTHING;
  }

  /** What is wrong with specs. */
  errors(): readonly string[] {
    return [...this.#last.errors, ...this.failures()];
  }

  /** Why the registry could not be looked at. */
  failures(): readonly string[] {
    return this.#failure === undefined ? [] : [this.#failure];
  }

  close(): void {
    this.#specs.close();
    this.#host?.watch.close();
  }

  #look(): void {
    const before = this.#last;
    const troubles = this.errors();
    // What other directories say may be newer than what was looked at.
    do this.#lookOnce();
    while (this.#watchHost());
    // before a kubelet hears of them
    this.#options.kept.write(this.#last.memory);
    this.#tell(before, troubles);
  }

  #lookOnce(): void {
    const { context, resources, root } = this.#options;
    try {
      this.#last = lookAtDevices(context, resources, `${root}/sys`, this.#last.memory);
      this.#failure = undefined;
    } catch (error) {
      // What was there stays: a kubelet that is told of no devices takes them from who has them.
      if (!(error instanceof CdiError)) throw error;
      this.#failure = error.message;
    }
  }

  /** @returns whether other directories are watched now than before */
  #watchHost(): boolean {
    const directories = this.#last.directories.join('\n');
    if (directories === (this.#host?.directories ?? '')) return false;
    const watch = this.#watch(this.#last.directories);
    this.#host?.watch.close();
    this.#host = { directories, watch };
    return true;
  }

  #watch(directories: readonly string[]): DirectoryWatch {
    const { root, log } = this.#options;
    const places = directories.map((directory) => (root === '' ? directory : resolveInRoot(root, directory)));
    return new DirectoryWatch(
      places,
      () => this.#look(),
      (path, errno) => log.warn({ path, errno }, `directory ${quote(path)} cannot be watched (${errno})`),
    );
  }

  #tell(before: Look, troubles: readonly string[]): void {
    const { resources, log, onChange } = this.#options;
    for (const message of this.errors()) if (!troubles.includes(message)) log.error(message);
    let isOther = troubles.join('\n') !== this.errors().join('\n');
    for (const { name: resource } of resources) {
      const [old, now] = [before.offers.get(resource) ?? NOTHING, this.offer(resource)];
      const known = new Map(old.devices.map((device) => [device.name, device]));
      for (const { name, trouble, numaNode } of now.devices) {
        const last = known.get(name);
        known.delete(name);
        if (last !== undefined && last.trouble === trouble && last.numaNode === numaNode) continue;
        isOther = true;
        const facts = { resource, device: name };
        if (trouble !== undefined)
          log.warn({ ...facts, why: trouble }, `device ${quote(name)} is unhealthy: ${trouble}`);
        else log.info(facts, `device ${quote(name)} is healthy`);
      }
      for (const name of known.keys()) log.info({ resource, device: name }, `device ${quote(name)} is gone`);
      if (known.size > 0) isOther = true;
      if (now.surplus > 0 && now.surplus !== old.surplus) {
        log.error({ resource, surplus: now.surplus }, `${now.surplus} devices of ${quote(resource)} are too many`);
      }
    }
    if (isOther) onChange();
  }
}
