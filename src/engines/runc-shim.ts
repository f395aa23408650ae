// containerd's shim for runc-like runtimes: the one whose option BinaryName says which binary it runs.

export const RUNC_SHIM = 'io.containerd.runc.v2';

/** Whether a runtime type is this shim, in its present or its first version, which took the same option. */
export function isRuncShim(type: string | undefined): boolean {
  return type === RUNC_SHIM || type === 'io.containerd.runc.v1';
}
