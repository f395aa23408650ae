// What is in folders of an engine's state, where such a folder may be missing or another user's.
import { readdirSync } from 'node:fs';
import { readErrno } from './errno.ts';
import { readBytes } from './read-bytes.ts';

export interface FolderEntries {
  readonly names: readonly string[];
  /** the kernel's name for why it cannot be read; undefined also where it is missing */
  readonly errno: string | undefined;
}

export function readFolder(path: string): FolderEntries {
  try {
    return { names: readdirSync(path).sort(), errno: undefined };
  } catch (error) {
    const errno = readErrno(error);
    return { names: [], errno: errno === 'ENOENT' || errno === 'ENOTDIR' ? undefined : errno };
  }
}

/** A text of an engine; undefined where it is gone or cannot be read. */
export function tryReadText(path: string): string | undefined {
  try {
    return readBytes(path).toString('utf8');
  } catch {
    return undefined;
  }
}

/** A JSON document of an engine; undefined where there is none. */
export function tryReadJson(path: string): unknown {
  try {
    return JSON.parse(readBytes(path).toString('utf8'));
  } catch {
    return undefined;
  }
}
