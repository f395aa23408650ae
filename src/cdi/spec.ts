// The shape of a CDI specification, as CDI 1.1 has it (SPEC.md "CDI JSON Specification").

/** A whole number; beyond 2^53 it is a bigint, so that 64 bits survive. */
export type Integer = number | bigint;

/** A version of CDI that a spec may have; older ones are refused. */
export type Version = '0.3.0' | '0.4.0' | '0.5.0' | '0.6.0' | '0.7.0' | '0.8.0' | '1.0.0' | '1.1.0';

/** What a device node is: block, character (`u`: unbuffered) or a named pipe. */
export type DeviceType = 'b' | 'c' | 'u' | 'p';

/** A device node's `permissions` that allow nothing. Go cdi.NoPermissions. */
export const NO_PERMISSIONS = 'none';

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

/** What changes in a container. */
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

/** A device node that the container gets. */
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

/** A network device that moves into the container. Go specs.LinuxNetDevice. */
export interface NetDevice {
  readonly hostInterfaceName: string;
  /** in the container */
  readonly name: string;
}

/** A program that the runtime runs at some point of the container's life. */
export interface Hook {
  readonly hookName: string;
  readonly path: string;
  readonly args?: readonly string[] | undefined;
  readonly env?: readonly string[] | undefined;
  /** seconds */
  readonly timeout?: Integer | undefined;
}

/** A mount in the container. Go specs.Mount. */
export interface Mount {
  readonly hostPath: string;
  readonly containerPath: string;
  readonly options?: readonly string[] | undefined;
  readonly type?: string | undefined;
}

/** The container's class of service for caches and memory. Go specs.IntelRdt. */
export interface IntelRdt {
  readonly closID?: string | undefined;
  readonly l3CacheSchema?: string | undefined;
  readonly memBwSchema?: string | undefined;
  readonly schemata?: readonly string[] | undefined;
  readonly enableMonitoring?: boolean | undefined;
}

/** Runs in the runtime's namespaces before the container's process starts; old. Go cdi.PrestartHook. */
export const PRESTART_HOOK = 'prestart';

/** Runs in the runtime's namespaces when the container's are there. Go cdi.CreateRuntimeHook. */
export const CREATE_RUNTIME_HOOK = 'createRuntime';

/** Runs in the container's namespaces before its root is put in place. Go cdi.CreateContainerHook. */
export const CREATE_CONTAINER_HOOK = 'createContainer';

/** Runs in the container right before its process. Go cdi.StartContainerHook. */
export const START_CONTAINER_HOOK = 'startContainer';

/** Runs in the runtime's namespaces after the container's process has started. Go cdi.PoststartHook. */
export const POSTSTART_HOOK = 'poststart';

/** Runs in the runtime's namespaces after the container is deleted. Go cdi.PoststopHook. */
export const POSTSTOP_HOOK = 'poststop';

/** The name of a hook, as a spec writes it. */
export type HookName =
  | typeof PRESTART_HOOK
  | typeof CREATE_RUNTIME_HOOK
  | typeof CREATE_CONTAINER_HOOK
  | typeof START_CONTAINER_HOOK
  | typeof POSTSTART_HOOK
  | typeof POSTSTOP_HOOK;

/** The runtime spec's hooks that CDI may add to (OCI config "POSIX-platform Hooks"). */
export const HOOK_NAMES: readonly HookName[] = [
  PRESTART_HOOK,
  CREATE_RUNTIME_HOOK,
  CREATE_CONTAINER_HOOK,
  START_CONTAINER_HOOK,
  POSTSTART_HOOK,
  POSTSTOP_HOOK,
];
