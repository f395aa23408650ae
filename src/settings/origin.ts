// Where the value of a setting comes from: the last file that says it, or the default.
import type { Position } from '../text/error.ts';
import type { SettingsFile } from './settings-file.ts';

/** A place in a file; `at` is undefined where the file says it through a merge key. */
export interface Origin {
  readonly path: string;
  readonly at: Position | undefined;
}

/**
 * @param keys of a value that replaces what was there before (`['policy', 'rules']`), or of what lies in one
 *   (`['policy', 'rules', 2]`)
 * @returns undefined for a default
 */
export function findOrigin(files: readonly SettingsFile[], keys: readonly (string | number)[]): Origin | undefined {
  const file = files.findLast(({ part }) => hasValue(part, keys));
  return file === undefined ? undefined : { path: file.path, at: file.locate(keys) };
}

function hasValue(part: unknown, [key, ...rest]: readonly (string | number)[]): boolean {
  if (key === undefined) return part !== undefined;
  // A list is replaced as a whole: the last one that there is holds, however long it is.
  if (Array.isArray(part)) return true;
  if (typeof part !== 'object' || part === null || !Object.hasOwn(part, key)) return false;
  return hasValue(Object.entries(part).find(([name]) => name === String(key))?.[1], rest);
}
