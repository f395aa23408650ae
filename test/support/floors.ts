// The floors of src, and which of them are the core.
import { globSync } from 'node:fs';
import { resolve } from 'node:path';

/** Lowest first. A room is a folder, or a loose file. */
export const FLOORS: readonly (readonly string[])[] = [
  ['text'],
  ['host', 'oci', 'schema'],
  ['edits'],
  ['cdi'],
  ['settings'],
  ['registry', 'bundle', 'requests', 'policy', 'leases'],
  ['inject', 'engines', 'generate'],
  ['runtime', 'library'],
  ['cli', 'index.ts'],
  ['web'],
];

const CORE = new Set(FLOORS.slice(0, 7).flat());

/** Whether a test file, by its path from the top, is about a folder below the doors. */
export function isOfCore(file: string): boolean {
  const [top, folder = ''] = file.split('/');
  return top === 'test' && CORE.has(folder);
}

/** What test/core.test.ts runs in one process. */
export function listCoreTests(): readonly string[] {
  const files = globSync('test/**/!(*.system).test.ts', { cwd: resolve(import.meta.dirname, '../..') });
  return files.filter(isOfCore).sort();
}
