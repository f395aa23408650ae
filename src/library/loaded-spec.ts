// Loaded specs and their devices, as registries and readSpec() hand them out.
import { qualifiedName } from '../cdi/device-name.ts';
import { gatherAlone } from '../edits/apply.ts';
import type { ContainerEdits } from '../edits/kinds.ts';
import type { SpecFile } from '../registry/spec-file.ts';
import { applyGathered, type Edited } from './container-edits.ts';
import type { KnownNodes } from './known-nodes.ts';
import { type Device, narrowSpec, type Spec } from './typed-spec.ts';

/** A spec that was loaded, with the file that it is from. Go cdi.Spec. */
export class LoadedSpec {
  /** of its file. Go Spec.GetPath */
  readonly path: string;
  /** of its directory: the higher one wins. Go Spec.GetPriority */
  readonly priority: number;
  /** the first part of its kind. Go Spec.GetVendor */
  readonly vendor: string;
  /** the second part of its kind. Go Spec.GetClass */
  readonly class: string;
  readonly #spec: Spec;
  readonly #nodes: KnownNodes;
  readonly #devices: ReadonlyMap<string, LoadedDevice>;

  /** @param file of a valid spec */
  constructor({ path, priority, vendor, class: className, spec }: SpecFile, nodes: KnownNodes) {
    this.path = path;
    this.priority = priority;
    this.vendor = vendor;
    this.class = className;
    this.#spec = narrowSpec(spec);
    this.#nodes = nodes;
    const devices = this.#spec.devices.map((device) => [device.name, new LoadedDevice(device, this, nodes)] as const);
    this.#devices = new Map(devices);
  }

  /** Its content; after an injection with what the host told about its device nodes. */
  get spec(): Spec {
    const { containerEdits } = this.#spec;
    const edits = containerEdits && this.#nodes.known(containerEdits);
    const devices = this.#spec.devices.map((device) => completeDevice(device, this.#nodes));
    const isSame = edits === containerEdits && devices.every((device, i) => device === this.#spec.devices[i]);
    return isSame ? this.#spec : { ...this.#spec, containerEdits: edits, devices };
  }

  /** A device by its own name, without vendor and class; undefined where there is none. Go Spec.GetDevice. */
  getDevice(name: string): LoadedDevice | undefined {
    return this.#devices.get(name);
  }

  /**
   * Applies the spec's own edits, without those of its devices, to an OCI runtime specification: an object, which is
   * changed in place as a whole or not at all, or JSON text.
   *
   * @returns the object itself, or the new text
   * @throws {CdiError} BAD_BUNDLE, BAD_JSON, BAD_DEVICE_NODE
   * @see Go Spec.ApplyEdits
   */
  applyEdits<T extends object | string>(ociSpec: T): Edited<T> {
    return applyFilled(this.#spec.containerEdits ?? {}, this.#nodes, ociSpec);
  }
}

/** The loaded specs of files; of each file always the same. */
export class LoadedSpecs {
  readonly nodes: KnownNodes;
  readonly #loaded = new WeakMap<SpecFile, LoadedSpec>();

  constructor(nodes: KnownNodes) {
    this.nodes = nodes;
  }

  of(file: SpecFile): LoadedSpec {
    const known = this.#loaded.get(file);
    if (known !== undefined) return known;
    const loaded = new LoadedSpec(file, this.nodes);
    this.#loaded.set(file, loaded);
    return loaded;
  }
}

/** A device of a loaded spec. Go cdi.Device. */
export class LoadedDevice {
  /** `vendor.com/class=name`. Go Device.GetQualifiedName */
  readonly qualifiedName: string;
  /** the one that defines it. Go Device.GetSpec */
  readonly spec: LoadedSpec;
  readonly #device: Device;
  readonly #nodes: KnownNodes;

  /** Made by `LoadedSpec.getDevice`. */
  constructor(device: Device, spec: LoadedSpec, nodes: KnownNodes) {
    this.qualifiedName = qualifiedName(spec.vendor, spec.class, device.name);
    this.spec = spec;
    this.#device = device;
    this.#nodes = nodes;
  }

  /** Its name and its own edits; after an injection with what the host told about its device nodes. */
  get device(): Device {
    return completeDevice(this.#device, this.#nodes);
  }

  /**
   * Applies the device's own edits, without those of its spec, as `LoadedSpec.applyEdits` does.
   *
   * @returns the object itself, or the new text
   * @throws {CdiError} BAD_BUNDLE, BAD_JSON, BAD_DEVICE_NODE
   * @see Go Device.ApplyEdits
   */
  applyEdits<T extends object | string>(ociSpec: T): Edited<T> {
    return applyFilled(this.#device.containerEdits, this.#nodes, ociSpec);
  }
}

function completeDevice(device: Device, nodes: KnownNodes): Device {
  const containerEdits = nodes.known(device.containerEdits);
  return containerEdits === device.containerEdits ? device : { ...device, containerEdits };
}

function applyFilled<T extends object | string>(edits: ContainerEdits, nodes: KnownNodes, ociSpec: T): Edited<T> {
  return applyGathered(gatherAlone(nodes.fill(edits)), ociSpec, nodes.lookup);
}
