// Specs as one writes them: where the specification has a fixed set of words, the types have it too.
import type * as form from '../cdi/spec.ts';
import type { DeviceType, DeviceNode as FormOfNode } from '../edits/device-node.ts';
import type { Hook as FormOfHook } from '../edits/hook.ts';
import type { HookName } from '../edits/hook-names.ts';
import type { Version } from '../edits/kind.ts';
import type { ContainerEdits as FormOfEdits } from '../edits/kinds.ts';

/** A spec that keeps the rules, or is about to be written. Go specs.Spec. */
export interface Spec extends form.Spec {
  /**
   * the version of CDI that a reader needs, such as `0.6.0`: readers refuse what is newer than they are. CDI
   * "Specification version"
   */
  readonly cdiVersion: Version | `v${Version}`;
  /** what can be asked for; at least one, no two of a name. CDI "CDI Devices" */
  readonly devices: readonly Device[];
  /** edits that come once with whichever of the devices, before those of the first one. CDI "OCI Edits" */
  readonly containerEdits?: ContainerEdits | undefined;
}

/** A device of a spec. Go specs.Device. */
export interface Device extends form.Device {
  /** what changes in a container that gets the device; not empty. CDI "OCI Edits" */
  readonly containerEdits: ContainerEdits;
}

/** What changes in a container. Go specs.ContainerEdits. */
export interface ContainerEdits extends FormOfEdits {
  /** device nodes, each with the cgroup rule that lets it be opened. CDI "OCI Edits"; OCI config-linux "Devices" */
  readonly deviceNodes?: readonly DeviceNode[] | undefined;
  /**
   * programs that the runtime runs at points of the container's life. CDI "OCI Edits"; OCI config "POSIX-platform
   * Hooks"
   */
  readonly hooks?: readonly Hook[] | undefined;
}

/** A device node. Go specs.DeviceNode. */
export interface DeviceNode extends FormOfNode {
  /** `b` (block), `c` or `u` (character) or `p` (named pipe); absent or empty: as on the host. CDI "OCI Edits" */
  readonly type?: DeviceType | '' | undefined;
}

/** A hook. Go specs.Hook. */
export interface Hook extends FormOfHook {
  /** when it runs. CDI "OCI Edits"; OCI config "POSIX-platform Hooks" */
  readonly hookName: HookName;
}

/** Specs that were loaded or validated are known to keep to these types. */
export function narrowSpec(valid: form.Spec): Spec;
export function narrowSpec(valid: form.Spec): form.Spec {
  return valid;
}
