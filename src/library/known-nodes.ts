// What the host told about the device nodes of loaded specs.

import type { DeviceLookup } from '../edits/device-lookup.ts';
import type { DeviceNode } from '../edits/device-node.ts';
import { fillDeviceNode } from '../edits/device-node.ts';
import type { ContainerEdits } from '../edits/kinds.ts';

/** It is kept until a spec is loaded again, as in Go, where it is written into the loaded spec. */
export class KnownNodes {
  readonly lookup: DeviceLookup;
  /** by the node as it was loaded */
  readonly #filled = new WeakMap<DeviceNode, DeviceNode>();

  constructor(lookup: DeviceLookup) {
    this.lookup = lookup;
  }

  /**
   * Edits with their nodes filled from the host.
   *
   * @throws {CdiError} BAD_DEVICE_NODE; what was filled before stays known, and of that node what was seen
   */
  fill(edits: ContainerEdits): ContainerEdits {
    if (!edits.deviceNodes) return edits;
    const deviceNodes = edits.deviceNodes.map((node) => {
      const known = this.#filled.get(node) ?? node;
      const keep = (filled: DeviceNode): void => {
        if (filled !== known) this.#filled.set(node, filled);
      };
      return fillDeviceNode(known, this.lookup, keep);
    });
    return { ...edits, deviceNodes };
  }

  /** Edits with what is known of their nodes so far; the same object where that is nothing. */
  known<T extends ContainerEdits>(edits: T): T {
    if (edits.deviceNodes?.some((node) => this.#filled.has(node)) !== true) return edits;
    return { ...edits, deviceNodes: edits.deviceNodes.map((node) => this.#filled.get(node) ?? node) };
  }
}
