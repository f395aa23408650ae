// Specs as one writes them: where the specification has a fixed set of words, the types have it too.
import type * as form from '../cdi/spec.ts';
import type { DeviceType, DeviceNode as FormOfNode } from '../edits/device-node.ts';
import type { Hook as FormOfHook } from '../edits/hook.ts';
import type { HookName } from '../edits/hook-names.ts';
import type { Version } from '../edits/kind.ts';
import type { ContainerEdits as FormOfEdits } from '../edits/kinds.ts';

/** A spec that keeps the rules, or is about to be written. Go specs.Spec. */
export interface Spec extends form.Spec {
  readonly cdiVersion: Version | `v${Version}`;
  readonly devices: readonly Device[];
  readonly containerEdits?: ContainerEdits | undefined;
}

/** A device of a spec. Go specs.Device. */
export interface Device extends form.Device {
  readonly containerEdits: ContainerEdits;
}

/** What changes in a container. Go specs.ContainerEdits. */
export interface ContainerEdits extends FormOfEdits {
  readonly deviceNodes?: readonly DeviceNode[] | undefined;
  readonly hooks?: readonly Hook[] | undefined;
}

/** A device node. Go specs.DeviceNode. */
export interface DeviceNode extends FormOfNode {
  /** absent or empty: as on the host */
  readonly type?: DeviceType | '' | undefined;
}

/** A hook. Go specs.Hook. */
export interface Hook extends FormOfHook {
  readonly hookName: HookName;
}

/** Specs that were loaded or validated are known to keep to these types. */
export function narrowSpec(valid: form.Spec): Spec;
export function narrowSpec(valid: form.Spec): form.Spec {
  return valid;
}
