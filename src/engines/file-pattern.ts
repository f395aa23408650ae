// The files of an engine by pattern, in the order in which engines read them.
import { compareBytes } from '../text/byte-order.ts';

export function getBaseName(path: string): string {
  return path.slice(path.lastIndexOf('/') + 1);
}

export function getFolder(path: string): string {
  return path.slice(0, path.lastIndexOf('/'));
}

/** The paths that fit a pattern, in byte order. `*` and `?` stop at a slash; a last part `**` is everything below. */
export function filterPaths(paths: Iterable<string>, pattern: string): string[] {
  const source = pattern
    .replace(/[.+^${}()|[\]\\]/g, '\\$&')
    .replace(/\/\*\*$/, '/\0')
    .replaceAll('*', '[^/]*')
    .replaceAll('?', '[^/]')
    .replaceAll('\0', '.+');
  const fits = new RegExp(`^${source}$`, 's');
  return [...paths].filter((path) => fits.test(path)).sort(compareParts);
}

/** By the parts of the path, as a walk through folders meets them. */
function compareParts(a: string, b: string): number {
  return compareBytes(a.replaceAll('/', '\0'), b.replaceAll('/', '\0'));
}
