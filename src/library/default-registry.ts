// The registry that all callers of a process share, and the functions that use it.
import type { CdiError } from '../text/error.ts';
import type { Edited } from './container-edits.ts';
import { Registry, type RegistryOptions } from './registry.ts';
import type { Names } from './registry-view.ts';

let shared: Registry | undefined;

/**
 * The registry that all callers of a process share, made at the first call; options given later configure it again.
 *
 * @throws {CdiError} BAD_SCHEMA, CANNOT_READ for a schema that does not load; nothing is made or changed then
 * @see Go cdi.GetDefaultCache, and cdi.GetRegistry of older releases
 */
export function getRegistry(options: RegistryOptions = {}): Registry {
  if (shared === undefined) shared = new Registry(options);
  else shared.configure(options);
  return shared;
}

/**
 * `Registry.configure` of the shared registry.
 *
 * @throws {CdiError} BAD_SCHEMA, CANNOT_READ for a schema that does not load; nothing is changed then
 * @see Go cdi.Configure
 */
export function configure(options?: RegistryOptions): void {
  getRegistry(options);
}

/**
 * `Registry.refresh` of the shared registry.
 *
 * @returns what is wrong with files
 * @see Go cdi.Refresh
 */
export function refresh(): readonly CdiError[] {
  return getRegistry().refresh();
}

/**
 * `Registry.injectDevices` of the shared registry: all devices, or none.
 *
 * @param ociSpec an object, which is changed in place, or JSON text
 * @param devices qualified names, as an array or one by one
 * @returns the object itself, or the new text
 * @throws {UnresolvedDevicesError}
 * @throws {CdiError} BAD_BUNDLE, BAD_JSON, BAD_DEVICE_NODE
 * @see Go cdi.InjectDevices
 */
export function injectDevices<T extends object | string>(ociSpec: T, ...devices: readonly Names[]): Edited<T> {
  return getRegistry().injectDevices(ociSpec, ...devices);
}

/** `Registry.getErrors` of the shared registry. Go cdi.GetErrors. */
export function getErrors(): ReadonlyMap<string, readonly CdiError[]> {
  return getRegistry().getErrors();
}
