// The registry of CDI devices: what engines, runtimes and tools ask for devices, specs and their errors.
import type { ContainerEdits, Device, DeviceNode, Spec } from '../cdi/spec.ts';
import { joinEdits } from '../edits/apply.ts';
import type { DeviceLookup } from '../edits/device-lookup.ts';
import { fillDeviceNode } from '../edits/device-node.ts';
import { nodeHost } from '../host/node.ts';
import { editObject, editText } from '../inject/inject-document.ts';
import { deviceLookup } from '../inject/plan.ts';
import { conflictError, resolveDevices, unresolvedError } from '../registry/resolve.ts';
import { directoryErrors, type Snapshot, SpecCache } from '../registry/spec-cache.ts';
import type { SpecFile } from '../registry/spec-file.ts';
import { removeSpecFile, writeSpecFile } from '../registry/spec-store.ts';
import { compareBytes } from '../text/byte-order.ts';
import type { CdiError } from '../text/error.ts';
import { cleanPath } from '../text/path.ts';
import { UnresolvedDevicesError } from './unresolved-devices-error.ts';

/** Static, packaged specs. */
export const DEFAULT_STATIC_DIR = '/etc/cdi';

/** Specs made by programs, which win over static ones. */
export const DEFAULT_DYNAMIC_DIR = '/var/run/cdi';

export const DEFAULT_SPEC_DIRS: readonly string[] = [DEFAULT_STATIC_DIR, DEFAULT_DYNAMIC_DIR];

export interface RegistryOptions {
  /** in order of rising priority; an empty list means the default ones */
  readonly specDirs?: readonly string[] | undefined;
  /** whether each query looks for changes first; by default it does */
  readonly autoRefresh?: boolean | undefined;
}

/** A device of the registry. */
export interface RegistryDevice {
  /** `vendor.com/class=name` */
  readonly qualifiedName: string;
  /** its own edits only; after an injection with what the host told about its nodes */
  readonly device: Device;
  /** the spec that defines it */
  readonly spec: SpecFile;
}

/** Bounds that only protect against accidents: unlike the shim, a program may have all the specs it wants. */
const LIMITS = { spec: 64 * 1024 * 1024, specs: 1_000_000 };

/**
 * The specs and devices of some directories. Each query sees the directories as they are then, unless
 * `autoRefresh` is off. Nothing runs in the background, and nothing keeps the process alive.
 */
export class Registry {
  readonly #host = nodeHost();
  readonly #lookup: DeviceLookup = deviceLookup(this.#host);
  readonly #cache = new SpecCache(this.#host, LIMITS, () => {});
  /** what the host told about a spec's nodes, kept until the spec is loaded again, as in Go */
  readonly #filled = new WeakMap<DeviceNode, DeviceNode>();
  #directories: readonly string[] = DEFAULT_SPEC_DIRS;
  #autoRefresh = true;
  #snapshot: Snapshot;

  constructor(options: RegistryOptions = {}) {
    this.#set(options);
    this.#snapshot = this.#cache.look(this.#directories);
  }

  /** Changes directories or refreshing, and looks anew; without options nothing happens. Go Cache.Configure. */
  configure(options: RegistryOptions): void {
    if (options.specDirs === undefined && options.autoRefresh === undefined) return;
    this.#set(options);
    this.refresh();
  }

  /**
   * Looks at the directories: in manual mode all files are read anew, else those that changed.
   *
   * @returns what is wrong with files; devices of other files are not harmed
   * @see Go Cache.Refresh
   */
  refresh(): readonly CdiError[] {
    if (!this.#autoRefresh) this.#cache.forget();
    this.#snapshot = this.#cache.look(this.#directories);
    return [...this.#fileErrors().values()].flat();
  }

  /**
   * Injects devices into an OCI runtime specification: all of them, or none.
   *
   * @param spec an object, which is changed in place, or JSON text
   * @param devices qualified names, as an array or one by one; none is fine
   * @returns the object itself, or the new text
   * @throws {UnresolvedDevicesError} with the devices and why they do not resolve
   * @throws {CdiError} where a device's edits cannot be made
   * @see Go Cache.InjectDevices
   */
  injectDevices<T extends object | string>(spec: T, ...devices: readonly (string | readonly string[])[]): T;
  injectDevices(spec: object | string, ...devices: readonly (string | readonly string[])[]): object | string {
    const edits = this.#resolve(devices.flat());
    if (typeof spec === 'string') return editText(spec, edits, this.#lookup);
    editObject(spec, edits, this.#lookup);
    return spec;
  }

  /** The qualified names of all devices that resolve, sorted. */
  listDevices(): string[] {
    return [...this.#current().index.devices.keys()].sort(compareBytes);
  }

  /** The vendors of all loaded specs, sorted. */
  listVendors(): string[] {
    return distinct(this.#current().scan.specs.map((spec) => spec.vendor));
  }

  /** The classes of all loaded specs, sorted. */
  listClasses(): string[] {
    return distinct(this.#current().scan.specs.map((spec) => spec.class));
  }

  /** A device by its qualified name; undefined if it does not resolve. */
  getDevice(name: string): RegistryDevice | undefined {
    const found = this.#current().index.devices.get(name);
    if (found === undefined) return undefined;
    const device = { ...found.device, containerEdits: this.#known(found.device.containerEdits) };
    return { qualifiedName: name, device, spec: found.file };
  }

  /** The loaded specs of a vendor, in loading order. */
  getVendorSpecs(vendor: string): readonly SpecFile[] {
    return this.#current().scan.specs.filter((spec) => spec.vendor === vendor);
  }

  /** What is wrong, by the path of a file or, with auto-refresh, of a directory. */
  getErrors(): ReadonlyMap<string, readonly CdiError[]> {
    this.#current();
    const errors = this.#fileErrors();
    for (const [path, error] of this.getSpecDirErrors()) errors.set(path, [...(errors.get(path) ?? []), error]);
    return errors;
  }

  /** What is wrong with a loaded spec: the conflicts that its devices are in. */
  getSpecErrors(spec: SpecFile): readonly CdiError[] {
    return this.getErrors().get(spec.path) ?? [];
  }

  getSpecDirectories(): readonly string[] {
    return [...this.#directories];
  }

  /** With auto-refresh: the directories that cannot be watched, since they are missing or closed, and why. */
  getSpecDirErrors(): ReadonlyMap<string, CdiError> {
    return this.#autoRefresh ? directoryErrors(this.#host, this.#directories) : new Map();
  }

  /**
   * Writes a spec into the last directory; `name` decides the format (`.json`, else YAML).
   *
   * @returns the file's path
   * @throws {CdiError} for a spec that breaks a rule, or CANNOT_WRITE
   * @see Go Cache.WriteSpec
   */
  writeSpec(spec: Spec, name: string): string {
    return writeSpecFile(this.#host, this.#directories, spec, name);
  }

  /** Removes a spec from the last directory; one that is not there is fine. Go Cache.RemoveSpec. */
  removeSpec(name: string): void {
    removeSpecFile(this.#host, this.#directories, name);
  }

  #set({ specDirs, autoRefresh }: RegistryOptions): void {
    if (specDirs !== undefined)
      this.#directories = (specDirs.length === 0 ? DEFAULT_SPEC_DIRS : specDirs).map(cleanPath);
    if (autoRefresh !== undefined) this.#autoRefresh = autoRefresh;
  }

  #current(): Snapshot {
    if (this.#autoRefresh) this.#snapshot = this.#cache.look(this.#directories);
    return this.#snapshot;
  }

  #fileErrors(): Map<string, CdiError[]> {
    const { scan, index } = this.#snapshot;
    const errors = new Map([...scan.errors].map(([path, error]) => [path, [error]]));
    for (const [name, files] of index.conflicts) {
      for (const path of files) errors.set(path, [...(errors.get(path) ?? []), conflictError(name, files, path)]);
    }
    return errors;
  }

  #resolve(names: readonly string[]): ContainerEdits {
    const { scan, index } = this.#current();
    const { edits, unresolved } = resolveDevices(index, names);
    if (unresolved.length > 0) {
      const reasons = unresolved.map((name) => unresolvedError(name, scan, index, this.#directories));
      throw new UnresolvedDevicesError(unresolved, reasons);
    }
    return this.#fill(joinEdits(edits.map((sourced) => sourced.edits)));
  }

  /** Edits with their nodes filled from the host, which is remembered node by node. */
  #fill(edits: ContainerEdits): ContainerEdits {
    if (edits.deviceNodes === undefined) return edits;
    const deviceNodes = edits.deviceNodes.map((node) => {
      const filled = fillDeviceNode(this.#filled.get(node) ?? node, this.#lookup);
      this.#filled.set(node, filled);
      return filled;
    });
    return { ...edits, deviceNodes };
  }

  #known(edits: ContainerEdits): ContainerEdits {
    if (edits.deviceNodes === undefined) return edits;
    return { ...edits, deviceNodes: edits.deviceNodes.map((node) => this.#filled.get(node) ?? node) };
  }
}

function distinct(names: readonly string[]): string[] {
  return [...new Set(names)].sort(compareBytes);
}

let shared: Registry | undefined;

/**
 * The registry that all callers of a process share; options given later configure it anew.
 *
 * @see Go GetRegistry, GetDefaultCache
 */
export function getRegistry(options: RegistryOptions = {}): Registry {
  if (shared === undefined) shared = new Registry(options);
  else shared.configure(options);
  return shared;
}
