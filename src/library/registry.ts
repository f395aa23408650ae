// The registry of CDI devices: what engines and tools ask for devices, specs and their errors.
import type { ContainerEdits, Device } from '../cdi/spec.ts';
import { joinEdits } from '../edits/apply.ts';
import { nodeHost } from '../host/node.ts';
import { editObject, editText } from '../inject/inject-document.ts';
import { deviceLookup } from '../inject/plan.ts';
import { type DeviceIndex, indexDevices } from '../registry/device-index.ts';
import { resolveDevices, unresolvedError } from '../registry/resolve.ts';
import { type Scan, scanSpecs } from '../registry/scan.ts';
import type { SpecFile } from '../registry/spec-file.ts';
import { compareBytes } from '../text/byte-order.ts';
import { CdiError } from '../text/error.ts';
import { cleanPath } from '../text/path.ts';

/** Where specs are looked for by default: static ones, and those made by programs, which win. */
export const DEFAULT_SPEC_DIRS: readonly string[] = ['/etc/cdi', '/var/run/cdi'];

export interface RegistryOptions {
  /** in order of rising priority; empty means the default ones */
  readonly specDirs?: readonly string[] | undefined;
}

/** A device of the registry, with the spec that defines it. */
export interface RegistryDevice {
  /** `vendor.com/class=name` */
  readonly qualifiedName: string;
  readonly device: Device;
  readonly spec: SpecFile;
}

/** Devices that were asked for and do not resolve; `reasons` has an error for each, in order. */
export class UnresolvedDevicesError extends CdiError {
  /** in request order, as often as requested */
  readonly devices: readonly string[];
  readonly reasons: readonly CdiError[];

  constructor(devices: readonly string[], reasons: readonly CdiError[]) {
    const [first] = reasons;
    super(first?.code ?? 'UNRESOLVED_DEVICE', {
      what: first?.what ?? 'inject devices',
      why: reasons.length > 1 ? `${first?.why}; ${reasons.length - 1} more do not resolve either` : (first?.why ?? ''),
      hint: first?.hint,
      path: first?.path,
      cause: first,
    });
    this.devices = devices;
    this.reasons = reasons;
  }
}

const LIMITS = { spec: 64 * 1024 * 1024, specs: 1_000_000 };

/** A cache of the specs in a list of directories. */
export class Registry {
  readonly #host = nodeHost();
  #directories: readonly string[];
  #scan: Scan;
  #index: DeviceIndex;

  constructor(options: RegistryOptions = {}) {
    this.#directories = cleanDirectories(options.specDirs);
    this.#scan = scanSpecs(this.#host, this.#directories, LIMITS);
    this.#index = indexDevices(this.#scan.specs);
  }

  /** Reads the directories anew; returns what is wrong with the files in them. Go Cache.Refresh. */
  refresh(): readonly CdiError[] {
    this.#scan = scanSpecs(this.#host, this.#directories, LIMITS);
    this.#index = indexDevices(this.#scan.specs);
    return [...this.#scan.errors.values()];
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
    const lookup = deviceLookup(this.#host);
    if (typeof spec === 'string') return editText(spec, edits, lookup);
    editObject(spec, edits, lookup);
    return spec;
  }

  #resolve(names: readonly string[]): ContainerEdits {
    const { edits, unresolved } = resolveDevices(this.#index, names);
    if (unresolved.length > 0) {
      const reasons = unresolved.map((name) => unresolvedError(name, this.#scan, this.#index, this.#directories));
      throw new UnresolvedDevicesError(unresolved, reasons);
    }
    return joinEdits(edits.map((sourced) => sourced.edits));
  }

  /** The qualified names of all devices that resolve, sorted. Go Cache.ListDevices. */
  listDevices(): string[] {
    return [...this.#index.devices.keys()].sort(compareBytes);
  }

  /** A device by its qualified name. Go Cache.GetDevice. */
  getDevice(name: string): RegistryDevice | undefined {
    const found = this.#index.devices.get(name);
    return found === undefined ? undefined : { qualifiedName: name, device: found.device, spec: found.file };
  }
}

function cleanDirectories(directories: readonly string[] | undefined): readonly string[] {
  const given = directories === undefined || directories.length === 0 ? DEFAULT_SPEC_DIRS : directories;
  return given.map(cleanPath);
}
