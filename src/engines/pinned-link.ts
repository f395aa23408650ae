// Pinned links: cdi-runc, cdi-crun, cdi-NAME lead to the shim, and their name tells it which real runtime to run.
import { getBaseName } from './file-pattern.ts';

const PREFIX = 'cdi-';
/** the shim under its own name, which pins nothing */
const SHIM = 'cdi-runtime';

export function namePinnedLink(runtime: string): string {
  return `${PREFIX}${runtime}`;
}

/** Whether a runtime's path leads to the shim, told by its base name. */
export function isOurs(path: string | undefined): path is string {
  return path !== undefined && /^cdi-[\w.-]+$/.test(getBaseName(path));
}

/** The real runtime behind the path of a runtime; undefined for the shim under its own name. */
export function findRealRuntime(path: string): string | undefined {
  const name = getBaseName(path);
  if (name === SHIM || name === '') return undefined;
  return isOurs(path) ? name.slice(PREFIX.length) : name;
}
