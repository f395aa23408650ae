// What was written into an engine's files, kept by the caller so that it can be taken back exactly.
import type { FileChange } from './engine.ts';

export interface RecordedFile {
  readonly path: string;
  /** the text before our first change; undefined where there was no file */
  readonly original: string | undefined;
  /** the text after our last change */
  readonly written: string | undefined;
  /** whether no one else changed the file between our changes */
  readonly exact: boolean;
}

export type EngineRecord = readonly RecordedFile[];

/** Adds changes that were written to what was written before. */
export function amendRecord(record: EngineRecord, changes: readonly FileChange[]): EngineRecord {
  const files = new Map(record.map((file) => [file.path, file]));
  for (const { path, before, after } of changes) {
    const known = files.get(path);
    files.set(path, {
      path,
      original: known === undefined ? before : known.original,
      written: after,
      exact: known === undefined || (known.exact && known.written === before),
    });
  }
  return [...files.values()];
}
