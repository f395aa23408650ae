// What a registry found at one moment, and what is asked of that.
import { gatherEdits } from '../edits/apply.ts';
import { createNodeHost } from '../host/node.ts';
import { collectFileErrors } from '../registry/file-errors.ts';
import { makeUnresolvedError, resolveDevices } from '../registry/resolve.ts';
import { makeDirectoryErrors, type Snapshot } from '../registry/spec-cache.ts';
import { readSpecWords } from '../registry/spec-words.ts';
import { compareBytes } from '../text/byte-order.ts';
import type { CdiError } from '../text/error.ts';
import { applyGathered, type Edited } from './container-edits.ts';
import type { LoadedDevice, LoadedSpec, LoadedSpecs } from './loaded-spec.ts';
import { LARGEST_SPEC } from './spec.ts';
import { takeNames, takeOptions } from './taken.ts';
import { UnresolvedDevicesError } from './unresolved-devices-error.ts';

/** Qualified names: one, several, or none. */
export type Names = string | readonly string[] | null | undefined;

/**
 * The specs and devices as they were when a registry looked: a view never changes, whatever happens to the files, the
 * registry and its options. Only the device nodes of the host are looked up when they are injected first. What it
 * holds goes with it.
 *
 * @see Registry.look
 */
export class RegistryView {
  readonly #snapshot: Snapshot;
  readonly #directories: readonly string[];
  readonly #loaded: LoadedSpecs;
  readonly #isWatching: boolean;
  #devices: readonly string[] | undefined;
  #vendors: readonly string[] | undefined;
  #classes: readonly string[] | undefined;
  #errors: ReadonlyMap<string, readonly CdiError[]> | undefined;

  /** Made by `Registry.look`. */
  constructor(snapshot: Snapshot, directories: readonly string[], loaded: LoadedSpecs, isWatching: boolean) {
    this.#snapshot = snapshot;
    this.#directories = directories;
    this.#loaded = loaded;
    this.#isWatching = isWatching;
    Object.freeze(this);
  }

  /**
   * Injects devices into an OCI runtime specification, as `Registry.injectDevices` does: all of them, or none.
   *
   * @param ociSpec an object, which is changed in place, or JSON text
   * @param devices qualified names, as an array or one by one; none is fine
   * @returns the object itself, or the new text
   * @throws {UnresolvedDevicesError} with the devices and why they do not resolve
   * @throws {CdiError} BAD_BUNDLE, BAD_JSON, BAD_DEVICE_NODE where a device's edits cannot be made
   */
  injectDevices<T extends object | string>(ociSpec: T, ...devices: readonly Names[]): Edited<T> {
    const names = devices.every(isText) ? devices : takeNames(devices, 'read the names of devices');
    const { edits, unresolved } = resolveDevices(this.#snapshot.index, names);
    if (unresolved.length > 0) this.#refuse(unresolved);
    const { nodes } = this.#loaded;
    const filled = edits.map((sourced) => ({ ...sourced, edits: nodes.fill(sourced.edits) }));
    return applyGathered(gatherEdits(filled), ociSpec, nodes.lookup);
  }

  /** The qualified names of all devices that resolve, sorted. */
  listDevices(): string[] {
    // The rules of names leave only ASCII, which the engine sorts as bytes by itself.
    this.#devices ??= [...this.#snapshot.index.devices.keys()].sort();
    return [...this.#devices];
  }

  /** The vendors of all loaded specs, sorted. */
  listVendors(): string[] {
    this.#vendors ??= sortDistinct(this.#snapshot.scan.specs.map((spec) => spec.vendor));
    return [...this.#vendors];
  }

  /** The classes of all loaded specs, sorted. */
  listClasses(): string[] {
    this.#classes ??= sortDistinct(this.#snapshot.scan.specs.map((spec) => spec.class));
    return [...this.#classes];
  }

  /** A device by its qualified name; undefined if it does not resolve. */
  getDevice(name: string): LoadedDevice | undefined {
    const found = this.#snapshot.index.devices.get(name);
    return found && this.#loaded.of(found.file).getDevice(found.device.name);
  }

  /** The loaded specs of a vendor, in loading order. */
  getVendorSpecs(vendor: string): readonly LoadedSpec[] {
    const specs = this.#snapshot.scan.specs.filter((spec) => spec.vendor === vendor);
    return specs.map((file) => this.#loaded.of(file));
  }

  /** What is wrong, by the path of a file or, with auto-refresh, of a directory. */
  getErrors(): ReadonlyMap<string, readonly CdiError[]> {
    if (this.#errors === undefined) {
      const errors = collectFileErrors(this.#snapshot);
      for (const [path, error] of this.getSpecDirErrors()) errors.set(path, [...(errors.get(path) ?? []), error]);
      this.#errors = errors;
    }
    return new Map(this.#errors);
  }

  /** What is wrong with a loaded spec: the conflicts that its devices are in. */
  getSpecErrors(spec: Pick<LoadedSpec, 'path'>): readonly CdiError[] {
    return this.getErrors().get(takeOptions(spec, 'find the errors of a spec').path ?? '') ?? [];
  }

  /** The directories that were looked at, in order of rising priority. */
  getSpecDirectories(): readonly string[] {
    return [...this.#directories];
  }

  /** With auto-refresh: the directories that could not be watched, since they were missing or closed, and why. */
  getSpecDirErrors(): ReadonlyMap<string, CdiError> {
    return this.#isWatching ? makeDirectoryErrors(this.#snapshot) : new Map();
  }

  #refuse([first, ...others]: readonly string[]): never {
    const { scan, index } = this.#snapshot;
    const words = readSpecWords(createNodeHost(), LARGEST_SPEC);
    const reason = (name: string) => makeUnresolvedError(name, scan, index, this.#directories, words);
    throw new UnresolvedDevicesError([reason(first ?? ''), ...others.map(reason)]);
  }
}

function isText(name: Names): name is string {
  return typeof name === 'string';
}

function sortDistinct(names: readonly string[]): string[] {
  return [...new Set(names)].sort(compareBytes);
}
