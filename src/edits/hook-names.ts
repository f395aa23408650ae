// The hooks of the runtime spec that CDI may add to.

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
