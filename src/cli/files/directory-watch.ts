// Changes in directories, those to come included: all that is above them is watched, too, so that none is missed.
import { statSync, watch } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { readErrno } from './errno.ts';

/** Changes that come together, as when a tool writes several files, are told together. */
const TOGETHER_MS = 100;
/**
 * How often it is looked whether other directories stand there: what a link leads to changes unseen, and some cannot be
 * watched, since they are closed to this user or no more watches are to be had.
 */
const LOOK_AGAIN_MS = 2000;

/** What matters of a directory. */
interface Interest {
  /** whether it is one of those that are asked for, so that all names in it matter */
  readonly isWhole: boolean;
  /** those of its directories that lead to one that is asked for */
  readonly names: ReadonlySet<string>;
}

interface Watched {
  readonly inode: number;
  readonly close: () => void;
}

/** Watches until it is closed. */
export class DirectoryWatch {
  readonly #interests: ReadonlyMap<string, Interest>;
  readonly #onChange: () => void;
  readonly #onRefused: (directory: string, errno: string) => void;
  readonly #refused = new Set<string>();
  readonly #watched = new Map<string, Watched>();
  readonly #looking: NodeJS.Timeout;
  #waiting: NodeJS.Timeout | undefined;

  /**
   * @param directories absolute
   * @param onChange is called soon after a change in one of them, and once for changes that come together
   * @param onRefused is called once for a directory, above them as well, that cannot be watched
   */
  constructor(
    directories: readonly string[],
    onChange: () => void,
    onRefused: (directory: string, errno: string) => void,
  ) {
    this.#interests = listInterests(directories);
    this.#onChange = onChange;
    this.#onRefused = onRefused;
    this.#arm();
    this.#looking = setInterval(() => {
      if (this.#arm()) this.#settle();
    }, LOOK_AGAIN_MS);
  }

  close(): void {
    clearInterval(this.#looking);
    clearTimeout(this.#waiting);
    this.#forget('/');
  }

  /** Watches what is there now. @returns whether that is something else than before, or cannot be watched */
  #arm(): boolean {
    let isOther = false;
    for (const [directory, interest] of this.#interests) {
      const inode = readInode(directory);
      if (this.#watched.get(directory)?.inode === inode) continue;
      this.#forget(directory);
      if (inode !== undefined) this.#begin(directory, inode, interest);
      isOther = true;
    }
    return isOther;
  }

  #begin(directory: string, inode: number, { isWhole, names }: Interest): void {
    try {
      const watcher = watch(directory, (event, name) => {
        const leads = name === null || names.has(name);
        // Another directory stands there now, and its inode may be the same.
        if (event === 'rename' && leads) this.#forget(name === null ? directory : join(directory, name));
        if (isWhole || leads) this.#settle();
      });
      watcher.on('error', () => this.#forget(directory));
      this.#watched.set(directory, { inode, close: () => watcher.close() });
      this.#refused.delete(directory);
    } catch (error) {
      // It is looked at again and again.
      const errno = readErrno(error);
      if (errno === 'ENOENT' || this.#refused.has(directory)) return;
      this.#refused.add(directory);
      this.#onRefused(directory, errno);
    }
  }

  /** Ends the watches of a directory and of those below it. */
  #forget(directory: string): void {
    const below = directory === '/' ? '/' : `${directory}/`;
    for (const [path, { close }] of this.#watched) {
      if (path !== directory && !path.startsWith(below)) continue;
      this.#watched.delete(path);
      close();
    }
  }

  #settle(): void {
    this.#waiting ??= setTimeout(() => {
      this.#waiting = undefined;
      this.#arm();
      this.#onChange();
    }, TOGETHER_MS);
  }
}

/** By path, those above before those below. */
function listInterests(directories: readonly string[]): ReadonlyMap<string, Interest> {
  const names = new Map<string, Set<string>>();
  for (const directory of directories) {
    names.set(directory, names.get(directory) ?? new Set());
    for (let path = directory; path !== '/'; path = dirname(path)) {
      const above = names.get(dirname(path)) ?? new Set();
      names.set(dirname(path), above.add(basename(path)));
    }
  }
  const sorted = [...names].sort(([a], [b]) => a.length - b.length);
  return new Map(sorted.map(([path, set]) => [path, { isWhole: directories.includes(path), names: set }]));
}

function readInode(path: string): number | undefined {
  try {
    const status = statSync(path);
    return status.isDirectory() ? status.ino : undefined;
  } catch {
    return undefined;
  }
}
