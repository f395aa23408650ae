// The shape of a CDI specification, as CDI 1.1 has it (SPEC.md "CDI JSON Specification").

/** A whole number; beyond 2^53 it is a bigint, so that 64 bits survive. */
export type Integer = number | bigint;

export interface Spec {
  readonly cdiVersion: string;
  /** `vendor.com/class` */
  readonly kind: string;
  readonly annotations?: Readonly<Record<string, string>> | undefined;
  readonly devices: readonly Device[];
  /** edits that come once with whichever of the devices */
  readonly containerEdits?: ContainerEdits | undefined;
}

export interface Device {
  readonly name: string;
  readonly annotations?: Readonly<Record<string, string>> | undefined;
  readonly containerEdits: ContainerEdits;
}

export interface ContainerEdits {
  /** `NAME=value` */
  readonly env?: readonly string[] | undefined;
  readonly deviceNodes?: readonly DeviceNode[] | undefined;
  readonly netDevices?: readonly NetDevice[] | undefined;
  readonly hooks?: readonly Hook[] | undefined;
  readonly mounts?: readonly Mount[] | undefined;
  readonly intelRdt?: IntelRdt | undefined;
  readonly additionalGids?: readonly number[] | undefined;
}

export interface DeviceNode {
  /** in the container */
  readonly path: string;
  /** on the host; absent: the same as `path` */
  readonly hostPath?: string | undefined;
  /** `b`, `c`, `u` or `p`; absent: as on the host */
  readonly type?: string | undefined;
  readonly major?: Integer | undefined;
  readonly minor?: Integer | undefined;
  /** permission bits, decimal (438 is 0o666) */
  readonly fileMode?: number | undefined;
  /** letters of `rwm`, or `none`; absent: `rwm` */
  readonly permissions?: string | undefined;
  readonly uid?: number | undefined;
  readonly gid?: number | undefined;
}

export interface NetDevice {
  readonly hostInterfaceName: string;
  /** in the container */
  readonly name: string;
}

export interface Hook {
  readonly hookName: string;
  readonly path: string;
  readonly args?: readonly string[] | undefined;
  readonly env?: readonly string[] | undefined;
  /** seconds */
  readonly timeout?: Integer | undefined;
}

export interface Mount {
  readonly hostPath: string;
  readonly containerPath: string;
  readonly options?: readonly string[] | undefined;
  readonly type?: string | undefined;
}

export interface IntelRdt {
  readonly closID?: string | undefined;
  readonly l3CacheSchema?: string | undefined;
  readonly memBwSchema?: string | undefined;
  readonly schemata?: readonly string[] | undefined;
  readonly enableMonitoring?: boolean | undefined;
}

/** The runtime spec's hooks that CDI may add to (OCI config "POSIX-platform Hooks"). */
export const HOOK_NAMES = [
  'prestart',
  'createRuntime',
  'createContainer',
  'startContainer',
  'poststart',
  'poststop',
] as const;
export type HookName = (typeof HOOK_NAMES)[number];
