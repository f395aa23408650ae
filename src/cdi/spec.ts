// The shape of a CDI specification, as CDI 1.1 has it (SPEC.md "CDI JSON Specification").

import type { ContainerEdits } from '../edits/kinds.ts';

/** A spec of the form that any reader makes of it; what its words are is not said. */
export interface Spec {
  readonly cdiVersion: string;
  /** `vendor.com/class` */
  readonly kind: string;
  readonly annotations?: Readonly<Record<string, string>> | undefined;
  readonly devices: readonly Device[];
  /** edits that come once with whichever of the devices */
  readonly containerEdits?: ContainerEdits | undefined;
}

/** A device of a spec. */
export interface Device {
  readonly name: string;
  readonly annotations?: Readonly<Record<string, string>> | undefined;
  readonly containerEdits: ContainerEdits;
}
