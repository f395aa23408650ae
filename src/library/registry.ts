// The registry of CDI devices: what engines, runtimes and tools ask for devices, specs and their errors.
// Symbol.dispose, for programs without the types of Node:
/// <reference lib="esnext.disposable" preserve="true" />

import type { Spec } from '../cdi/spec.ts';
import { createNodeHost } from '../host/node.ts';
import { parseYaml } from '../host/yaml.ts';
import { collectFileErrors } from '../registry/file-errors.ts';
import { type Snapshot, SpecCache } from '../registry/spec-cache.ts';
import { removeSpecFile, writeSpecFile } from '../registry/spec-store.ts';
import type { CdiError } from '../text/error.ts';
import { cleanPath } from '../text/path.ts';
import type { Edited } from './container-edits.ts';
import { KnownNodes } from './known-nodes.ts';
import { type LoadedDevice, type LoadedSpec, LoadedSpecs } from './loaded-spec.ts';
import { RegistryJudge } from './registry-judge.ts';
import { type Names, RegistryView } from './registry-view.ts';
import type { SchemaChoice } from './schema.ts';
import { LARGEST_SPEC } from './spec.ts';
import { DEFAULT_SPEC_DIRS } from './spec-dirs.ts';
import { demandPath, takeNames, takeOptions, takeSpec } from './taken.ts';

/** How a registry works. Go Option. */
export interface RegistryOptions {
  /** in order of rising priority; null and an empty list mean the default ones. Go WithSpecDirs */
  readonly specDirs?: readonly string[] | null | undefined;
  /** whether each query looks for changes first; by default it does. Go WithAutoRefresh */
  readonly autoRefresh?: boolean | undefined;
  /** what specs are held against besides the rules of CDI; by default what `activeSchema()` gives at that time */
  readonly schema?: SchemaChoice | undefined;
  /** the schema that counts, if it is there and valid, as long as no one chose one; by default DEFAULT_EXTERNAL_SCHEMA */
  readonly externalSchema?: string | undefined;
}

/** The queries about devices. Go RegistryDeviceDB. */
export type RegistryDeviceDB = Pick<Registry, 'getDevice' | 'listDevices'>;

/** The queries about specs, and their writing. Go RegistrySpecDB. */
export type RegistrySpecDB = Pick<
  Registry,
  'listVendors' | 'listClasses' | 'getVendorSpecs' | 'getSpecErrors' | 'writeSpec' | 'removeSpec'
>;

/** Bounds that only protect against accidents: unlike the shim, a program may have all the specs it wants. */
const LIMITS = { spec: LARGEST_SPEC, specs: 1_000_000 };

/**
 * The specs and devices of some directories. Each query sees the directories as they are then, unless
 * `autoRefresh` is off; directories of many files are watched for that. Nothing keeps the process alive.
 *
 * @see Go cdi.Cache, and cdi.Registry of older releases
 */
export class Registry {
  readonly #host = createNodeHost();
  readonly #judge = new RegistryJudge();
  readonly #cache = new SpecCache(this.#host, LIMITS, this.#judge);
  readonly #loaded = new LoadedSpecs(new KnownNodes(this.#host));
  #last: { readonly snapshot: Snapshot; readonly view: RegistryView } | undefined;
  #directories: readonly string[] = DEFAULT_SPEC_DIRS;
  #autoRefresh = true;

  /**
   * Looks at the directories once, as Go does.
   *
   * @throws {CdiError} BAD_SCHEMA, CANNOT_READ for a schema that does not load
   * @see Go cdi.NewCache
   */
  constructor(options: RegistryOptions = {}) {
    this.#set(options);
    this.look();
  }

  /**
   * Changes what the options name, and looks again; without options nothing happens.
   *
   * @throws {CdiError} BAD_SCHEMA, CANNOT_READ for a schema that does not load; nothing is changed then
   * @see Go Cache.Configure
   */
  configure(options: RegistryOptions = {}): void {
    if (Object.values(readOptions(options)).every((option) => option === undefined)) return;
    this.#set(options);
    this.refresh();
  }

  /**
   * Looks at the directories and at every file: in manual mode all are read again, else those that changed. What is in
   * error does no harm to the devices of other files.
   *
   * @returns what is wrong with files, for callers who want to stop then
   * @see Go Cache.Refresh
   */
  refresh(): readonly CdiError[] {
    if (!this.#autoRefresh) this.#cache.forget();
    const snapshot = this.#cache.look(this.#directories, this.#autoRefresh ? 'every' : 'once');
    return [...collectFileErrors(snapshot).values()].flat();
  }

  /**
   * What the directories hold now, as something that stays so: any number of queries and injections cost no further
   * look at a directory. Each query of the registry is one of a view that is made for it.
   */
  look(): RegistryView {
    const kept = this.#autoRefresh ? undefined : this.#cache.kept();
    return this.#view(kept ?? this.#cache.look(this.#directories, this.#autoRefresh ? 'changed' : 'once'));
  }

  /**
   * Injects devices into an OCI runtime specification: all of them, or none.
   *
   * @param ociSpec an object, which is changed in place, or JSON text
   * @param devices qualified names, as an array or one by one; none is fine
   * @returns the object itself, or the new text
   * @throws {UnresolvedDevicesError} with the devices and why they do not resolve
   * @throws {CdiError} BAD_BUNDLE, BAD_JSON, BAD_DEVICE_NODE where a device's edits cannot be made
   * @see Go Cache.InjectDevices
   */
  injectDevices<T extends object | string>(ociSpec: T, ...devices: readonly Names[]): Edited<T> {
    return this.look().injectDevices(ociSpec, ...devices);
  }

  /** The qualified names of all devices that resolve, sorted. Go Cache.ListDevices. */
  listDevices(): string[] {
    return this.look().listDevices();
  }

  /** The vendors of all loaded specs, sorted. Go Cache.ListVendors. */
  listVendors(): string[] {
    return this.look().listVendors();
  }

  /** The classes of all loaded specs, sorted. Go Cache.ListClasses. */
  listClasses(): string[] {
    return this.look().listClasses();
  }

  /** A device by its qualified name; undefined if it does not resolve. Go Cache.GetDevice. */
  getDevice(name: string): LoadedDevice | undefined {
    return this.look().getDevice(name);
  }

  /** The loaded specs of a vendor, in loading order. Go Cache.GetVendorSpecs. */
  getVendorSpecs(vendor: string): readonly LoadedSpec[] {
    return this.look().getVendorSpecs(vendor);
  }

  /** What is wrong, by the path of a file or, with auto-refresh, of a directory. Go Cache.GetErrors. */
  getErrors(): ReadonlyMap<string, readonly CdiError[]> {
    return this.look().getErrors();
  }

  /** What is wrong with a loaded spec: the conflicts that its devices are in. Go Cache.GetSpecErrors. */
  getSpecErrors(spec: Pick<LoadedSpec, 'path'>): readonly CdiError[] {
    return this.look().getSpecErrors(spec);
  }

  /** The directories in use, in order of rising priority. Go Cache.GetSpecDirectories. */
  getSpecDirectories(): readonly string[] {
    return [...this.#directories];
  }

  /**
   * With auto-refresh: the directories that cannot be watched, since they are missing or closed, and why.
   *
   * @see Go Cache.GetSpecDirErrors
   */
  getSpecDirErrors(): ReadonlyMap<string, CdiError> {
    return this.look().getSpecDirErrors();
  }

  /**
   * Writes a spec, judged as when it is loaded, into the last directory; `name` decides the format (`.json`, else
   * YAML).
   *
   * @returns the file's path
   * @throws {CdiError} for a spec that breaks a rule, or CANNOT_WRITE
   * @see Go Cache.WriteSpec
   */
  writeSpec(spec: Spec, name: string): string {
    demandPath(name, 'write a spec');
    return writeSpecFile(this.#host, this.#directories, takeSpec(spec), name, this.#judge, parseYaml);
  }

  /**
   * Removes a spec from the last directory; one that is not there is fine.
   *
   * @throws {CdiError} CANNOT_WRITE
   * @see Go Cache.RemoveSpec
   */
  removeSpec(name: string): void {
    demandPath(name, 'remove a spec');
    removeSpecFile(this.#host, this.#directories, name);
  }

  /** This registry, as what is asked about devices. Go Registry.DeviceDB of older releases. */
  deviceDB(): RegistryDeviceDB {
    return this;
  }

  /** This registry, as what is asked about specs. Go Registry.SpecDB of older releases. */
  specDB(): RegistrySpecDB {
    return this;
  }

  /**
   * Lets go of all that is remembered, and of the watches. A later query looks at the directories again, so that the
   * shared registry may be closed, too. Go's cache has no end.
   */
  close(): void {
    this.#last = undefined;
    this.#cache.forget();
  }

  /** `close()`, for `using`. */
  [Symbol.dispose](): void {
    this.close();
  }

  /** The same one as long as nothing changes. */
  #view(snapshot: Snapshot): RegistryView {
    if (this.#last?.snapshot === snapshot) return this.#last.view;
    const view = new RegistryView(snapshot, this.#directories, this.#loaded, this.#autoRefresh);
    this.#last = { snapshot, view };
    return view;
  }

  #set(options: RegistryOptions): void {
    const { specDirs, autoRefresh, schema, externalSchema } = readOptions(options);
    this.#judge.choose(schema, externalSchema);
    if (specDirs !== undefined) this.#directories = (specDirs?.length ? specDirs : DEFAULT_SPEC_DIRS).map(cleanPath);
    if (autoRefresh !== undefined) this.#autoRefresh = autoRefresh;
    this.#last = undefined;
  }
}

/** @throws {CdiError} BAD_ARGUMENT */
function readOptions(options: RegistryOptions): RegistryOptions {
  const what = 'make a registry';
  const { specDirs, autoRefresh, schema, externalSchema } = takeOptions(options, what);
  if (externalSchema !== undefined) demandPath(externalSchema, what);
  if (specDirs === undefined || specDirs === null) return { specDirs, autoRefresh, schema, externalSchema };
  const directories = takeNames(specDirs, what);
  for (const directory of directories) demandPath(directory, what);
  return { specDirs: directories, autoRefresh, schema, externalSchema };
}
