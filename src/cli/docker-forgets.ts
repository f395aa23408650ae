// dockerd keeps a key that is gone from its file: while it reads, the file says the default of such a key instead.
import type { EngineConfig } from '../engines/engine.ts';
import { isObject } from '../engines/json-file.ts';
import type { EnginePlace } from './engine-place.ts';
import { allOrNothing } from './host-changes.ts';
import { inRoot } from './host-root.ts';

const DEFAULTS = { runtimes: {}, 'default-runtime': 'runc' };

/**
 * Lets the daemon read, by `read`, a file in which nothing is left to be taken for unchanged; then the file is as it was.
 *
 * @throws {CdiError} CANNOT_WRITE
 */
export async function withDefaultsSaid<T>(
  { files, root }: EnginePlace,
  { texts }: EngineConfig,
  read: () => Promise<T>,
): Promise<T> {
  const before = texts.get(files.main);
  const object: unknown = JSON.parse((before ?? '').replace(/^\uFEFF/, '').trim() || '{}');
  const said = isObject(object) ? { ...DEFAULTS, ...object } : DEFAULTS;
  const text = `${JSON.stringify(said)}\n`;
  const path = inRoot(root, files.main);
  const replace = (from: string | undefined, to: string | undefined): void =>
    allOrNothing('reload docker', (changes) => changes.put(path, from, to));
  replace(before, text);
  try {
    return await read();
  } finally {
    replace(text, before);
  }
}
