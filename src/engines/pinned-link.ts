// Pinned links: cdi-runc, cdi-crun, cdi-NAME lead to the shim, and their name tells it which real runtime to run. By
// cdi-default-NAME an engine calls its default runtime: there the environment of images asks for nothing.
import { getBaseName } from './file-pattern.ts';

const PREFIX = 'cdi-';
const DEFAULT_PREFIX = 'cdi-default-';
/** the shim under its own name, which pins nothing */
const SHIM = 'cdi-runtime';

export function namePinnedLink(runtime: string): string {
  return `${PREFIX}${runtime}`;
}

/** The link by which an engine calls its default runtime, beside the one by which the same runtime is chosen. */
export function makeDefaultLink(link: string): string {
  return link.replace(/cdi-(?=[^/]*$)/, DEFAULT_PREFIX);
}

/** Whether a path is that of a default runtime's link, told by its base name. */
export function isDefaultLink(path: string | undefined): boolean {
  return path !== undefined && /^cdi-default-./.test(getBaseName(path));
}

/** Whether a runtime's path leads to the shim, told by its base name. */
export function isOurs(path: string | undefined): path is string {
  return path !== undefined && /^cdi-[\w.-]+$/.test(getBaseName(path));
}

/** The real runtime behind the path of a runtime; undefined for the shim under its own name. */
export function findRealRuntime(path: string): string | undefined {
  const name = getBaseName(path);
  if (name === SHIM || name === '') return undefined;
  if (!isOurs(path)) return name;
  const prefix = isDefaultLink(path) ? DEFAULT_PREFIX : PREFIX;
  return name.slice(prefix.length);
}
