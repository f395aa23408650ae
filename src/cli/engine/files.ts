// The files of an engine as they are now: those that it reads, and those that they name.
import { type Dirent, readdirSync, statSync } from 'node:fs';
import type { CdiReader, EngineConfig, EngineFiles } from '../../engines/engine.ts';
import { filterPaths } from '../../engines/file-pattern.ts';
import { CdiError } from '../../text/error.ts';
import { quote } from '../../text/quote.ts';
import { readErrno } from '../files/errno.ts';
import { readIfThere } from '../files/host-changes.ts';
import { resolveInRoot } from '../files/host-root.ts';

/** Which files of a host are to be read, and by whose rules. */
export interface ReaderPlace {
  readonly engine: CdiReader;
  readonly files: EngineFiles;
  /** where the host's `/` is; empty for this host */
  readonly root: string;
}

/**
 * Reads until no file names another one.
 *
 * @param version of the engine's program, where it is known
 * @throws {CdiError} CANNOT_READ, BAD_ENGINE_CONFIG
 */
export function readEngineConfig({ engine, files, root }: ReaderPlace, version: string | undefined): EngineConfig {
  const texts = new Map<string, string>();
  const known = new Set<string>();
  for (;;) {
    const config: EngineConfig = { files, texts, version };
    const patterns = engine.patterns(config).filter((pattern) => !known.has(pattern));
    if (patterns.length === 0) return config;
    for (const pattern of patterns) {
      known.add(pattern);
      for (const path of listPaths(root, pattern)) {
        const text = readIfThere(resolveInRoot(root, path));
        if (text !== undefined) texts.set(path, text);
      }
    }
  }
}

/** The paths of files that fit a pattern, as the host calls them. */
function listPaths(root: string, pattern: string): string[] {
  if (!/[*?]/.test(pattern)) return [pattern];
  const parts = pattern.split('/');
  const fixed = parts
    .slice(
      0,
      parts.findIndex((part) => /[*?]/.test(part)),
    )
    .join('/');
  const depth = pattern.endsWith('/**') ? Number.POSITIVE_INFINITY : pattern.slice(fixed.length + 1).split('/').length;
  return filterPaths(listFilesBelow(root, fixed, depth), pattern);
}

/** Links to folders are followed in patterns of a known depth alone: a walk through all that is below leaves them be. */
function listFilesBelow(root: string, folder: string, depth: number): string[] {
  return readEntries(resolveInRoot(root, folder)).flatMap((entry) => {
    const path = `${folder}/${entry.name}`;
    const isFolder =
      entry.isDirectory() || (Number.isFinite(depth) && isFolderBehind(entry, resolveInRoot(root, path)));
    if (!isFolder) return [path];
    return depth > 1 ? listFilesBelow(root, path, depth - 1) : [];
  });
}

function isFolderBehind(entry: Dirent, path: string): boolean {
  return entry.isSymbolicLink() && statSync(path, { throwIfNoEntry: false })?.isDirectory() === true;
}

/** None where there is no directory. */
function readEntries(path: string): Dirent[] {
  try {
    return readdirSync(path, { withFileTypes: true });
  } catch (error) {
    const errno = readErrno(error);
    if (errno === 'ENOENT' || errno === 'ENOTDIR') return [];
    throw new CdiError('CANNOT_READ', { what: `list ${quote(path)}`, path, why: `it cannot be read (${errno})` });
  }
}
