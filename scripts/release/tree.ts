// The files of a package before they are packed: a list, and how it becomes a folder that is the same each time.
import { chmodSync, copyFileSync, globSync, lutimesSync, mkdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

export interface Entry {
  /** below the root of the host, without a slash in front */
  readonly path: string;
  /** what is in it: a text, or another file, or for a link where it leads; undefined for a folder */
  readonly text?: string | Uint8Array;
  readonly from?: string;
  readonly link?: string;
  /** 0644 for files, 0755 for folders */
  readonly mode?: number;
}

/** Writes the entries into a folder that has nothing else then, all with one time. */
export function writeTree(folder: string, entries: readonly Entry[], seconds: number): void {
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  for (const { path, text, from, link, mode } of entries) {
    const place = join(folder, path);
    const isFolder = text === undefined && from === undefined && link === undefined;
    mkdirSync(isFolder ? place : dirname(place), { recursive: true });
    if (link !== undefined) symlinkSync(link, place);
    else if (from !== undefined) copyFileSync(from, place);
    else if (text !== undefined) writeFileSync(place, text);
    if (link === undefined) chmodSync(place, mode ?? (isFolder ? 0o755 : 0o644));
  }
  const all = globSync('**', { cwd: folder, withFileTypes: true });
  for (const found of all) {
    const path = join(found.parentPath, found.name);
    // whatever the umask
    if (found.isDirectory()) chmodSync(path, 0o755);
    lutimesSync(path, seconds, seconds);
  }
  chmodSync(folder, 0o755);
  lutimesSync(folder, seconds, seconds);
}
