// The shape of a CDI specification, as CDI 1.1 has it (SPEC.md "CDI JSON Specification").

import type { ContainerEdits } from '../edits/kinds.ts';

/** A spec of the form that any reader makes of it; what its words are is not said. */
export interface Spec {
  /**
   * the version of CDI that a reader needs, such as `0.6.0`: readers refuse what is newer than they are. CDI
   * "Specification version"
   */
  readonly cdiVersion: string;
  /** `vendor.com/class`: whose devices these are, and of which sort. CDI "Kind" */
  readonly kind: string;
  /**
   * notes of the vendor by name, as Kubernetes writes its annotations; nothing of them reaches a container. From
   * 0.6.0. CDI "CDI JSON Specification"
   */
  readonly annotations?: Readonly<Record<string, string>> | undefined;
  /** what can be asked for; at least one, no two of a name. CDI "CDI Devices" */
  readonly devices: readonly Device[];
  /** edits that come once with whichever of the devices, before those of the first one. CDI "OCI Edits" */
  readonly containerEdits?: ContainerEdits | undefined;
}

/** A device of a spec. */
export interface Device {
  /** the part behind the `=` of `vendor.com/class=name`; letters, digits and `_-.:`. CDI "CDI Devices" */
  readonly name: string;
  /** notes of the vendor on this device; nothing of them reaches a container. From 0.6.0. CDI "CDI Devices" */
  readonly annotations?: Readonly<Record<string, string>> | undefined;
  /** what changes in a container that gets the device; not empty. CDI "OCI Edits" */
  readonly containerEdits: ContainerEdits;
}
