// What is wrong with the files of a look at the spec directories.
import type { CdiError } from '../text/error.ts';
import { makeConflictError } from './resolve.ts';
import type { Snapshot } from './spec-cache.ts';

/** By path: why a file is in error, and each conflict at all files that are in it. */
export function collectFileErrors({ scan, index }: Snapshot): Map<string, CdiError[]> {
  const errors = new Map([...scan.errors].map(([path, error]) => [path, [error]]));
  for (const [name, files] of index.conflicts) {
    for (const path of files) errors.set(path, [...(errors.get(path) ?? []), makeConflictError(name, files, path)]);
  }
  return errors;
}
