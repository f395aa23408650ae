// Runtimes of containerd's CRI plugin: which binary one runs, which is the default, and the table of ours.
import type { ContainerdConfig } from './containerd-config.ts';
import type { WireOptions } from './engine.ts';
import { isRuncShim, RUNC_SHIM } from './runc-shim.ts';
import { getString, getStrings, getTable, isTable, type TomlTable } from './toml-file.ts';

/** The runtime that containerd has by itself. */
export const BUILT_IN = 'runc';

export function makeRuntimeKeys(name: string): readonly string[] {
  return ['containerd', 'runtimes', name];
}

export function getRuntime(cri: TomlTable, name: string): TomlTable | undefined {
  return getTable(cri, makeRuntimeKeys(name));
}

/** The binary that the runc shim is told to run; undefined where nothing is said, and for other shims. */
export function readBinary(runtime: TomlTable | undefined): string | undefined {
  if (runtime === undefined || !isRuncLike(runtime)) return undefined;
  // Runtime is what BinaryName was called before runc.v1
  return getString(runtime, ['options', 'BinaryName']) || getString(runtime, ['options', 'Runtime']) || undefined;
}

/** The present default: its name where a file says it, its table where a file has one. */
export function findDefaultRuntime(loaded: ContainerdConfig): {
  readonly name: string | undefined;
  readonly table: TomlTable | undefined;
} {
  const old = findOldDefault(loaded);
  if (old !== undefined) return { name: 'default', table: old };
  const name = getString(loaded.effective, ['containerd', 'default_runtime_name']) || undefined;
  return { name, table: getRuntime(loaded.effective, name ?? BUILT_IN) };
}

/** Up to containerd 1.7 a deprecated table wins over `default_runtime_name` as soon as it has a type. */
export function findOldDefault({ effective, merges }: ContainerdConfig): TomlTable | undefined {
  const table = merges ? undefined : getTable(effective, ['containerd', 'default_runtime']);
  return table !== undefined && getString(table, ['runtime_type']) ? table : undefined;
}

/** What a file without any runtime has to say of the built-in one. */
export function makeBuiltInRuntime(): TomlTable {
  return { runtime_type: RUNC_SHIM };
}

/** The table of our runtime: it runs containers as the present default does, through another binary. */
export function makeOurRuntime(loaded: ContainerdConfig, options: WireOptions): TomlTable {
  const known = getRuntime(loaded.effective, options.runtimeName);
  const passed = options.passAnnotations ? keepAnnotations(known ?? {}) : {};
  if (known !== undefined) return { ...passed, options: { BinaryName: options.path } };
  const present = [findDefaultRuntime(loaded).table, getRuntime(loaded.effective, BUILT_IN)].find(isRuncLike) ?? {};
  const presentOptions = present['options'];
  return {
    ...copySettings(present, NOT_TAKEN_OVER),
    runtime_type: RUNC_SHIM,
    ...passed,
    options: {
      ...(isTable(presentOptions) ? copySettings(presentOptions, ['Runtime']) : {}),
      BinaryName: options.path,
    },
  };
}

/** With annotations pods request devices, and of our runtime the administrator has listed none yet; the rest is of old shims. */
const NOT_TAKEN_OVER = ['options', 'pod_annotations', 'container_annotations', 'runtime_engine', 'runtime_root'];

/** Without what is not taken over, and without empty values: they mean what a new runtime has anyway. */
function copySettings(table: TomlTable, left: readonly string[]): TomlTable {
  const isEmpty = (value: unknown): boolean =>
    value === '' || value === false || value === 0n || (Array.isArray(value) && value.length === 0);
  return Object.fromEntries(Object.entries(table).filter(([key, value]) => !left.includes(key) && !isEmpty(value)));
}

function keepAnnotations(known: TomlTable): TomlTable {
  const withOurs = (key: string): string[] => [...new Set([...getStrings(known, [key]), 'cdi.k8s.io/*'])];
  return { pod_annotations: withOurs('pod_annotations'), container_annotations: withOurs('container_annotations') };
}

function isRuncLike(runtime: TomlTable | undefined): boolean {
  if (runtime === undefined) return false;
  const type = getString(runtime, ['runtime_type']);
  // a file that is merged may leave the type to the built-in runc
  return type === undefined || type === '' || isRuncShim(type);
}
