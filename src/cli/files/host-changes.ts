// Changes to files of a host that are made one after the other, and are all taken back when one of them fails.
import * as fs from 'node:fs';
import { dirname } from 'node:path';
import { CdiError } from '../../text/error.ts';
import { quote, quoteList } from '../../text/quote.ts';
import { readErrno } from './errno.ts';
import { putFile } from './put-file.ts';
import { readBytes } from './read-bytes.ts';

interface Step {
  readonly path: string;
  undo(): void;
}

/**
 * Does work that changes files; where it fails, all of it is taken back.
 *
 * @param what the whole is for, to follow "cannot": `configure docker`
 */
export async function runOrUndo<T>(what: string, work: (changes: HostChanges) => T | Promise<T>): Promise<T> {
  const changes = new HostChanges(what);
  try {
    return await work(changes);
  } catch (error) {
    const left = changes.undo();
    if (left.length === 0 || !(error instanceof CdiError)) throw error;
    const why = `${error.why}, and ${quoteList(left)} could not be put back`;
    throw new CdiError('CANNOT_WRITE', { what, why, path: left[0], hint: error.hint, cause: error });
  }
}

/** Paths are those of this machine, after all links. */
export class HostChanges {
  readonly #what: string;
  readonly #steps: Step[] = [];

  constructor(what: string) {
    this.#what = what;
  }

  /**
   * Puts a text in the place of the one that is expected there; undefined stands for no file.
   *
   * @param mode of a file that was not there before
   * @throws {CdiError} CANNOT_WRITE, also where the file says something else than expected by now
   */
  put(path: string, before: string | undefined, after: string | undefined, mode?: number): void {
    const now = readIfThere(path);
    if (now !== before) {
      const why = `${quote(path)} was changed meanwhile by somebody else`;
      throw new CdiError('CANNOT_WRITE', { what: this.#what, path, why, hint: 'run it again' });
    }
    const status = fs.statSync(path, { throwIfNoEntry: false });
    this.#make(
      path,
      () => set(path, after, mode),
      () => set(path, before, status?.mode),
    );
  }

  /** Makes a directory with its parents. @returns those that were not there, the outermost first */
  makeDirectory(path: string): readonly string[] {
    if (fs.existsSync(path)) return [];
    const made = this.makeDirectory(dirname(path));
    this.#make(
      path,
      () => fs.mkdirSync(path, { mode: 0o755 }),
      () => fs.rmdirSync(path),
    );
    return [...made, path];
  }

  makeLink(path: string, target: string): void {
    this.#make(
      path,
      () => fs.symlinkSync(target, path),
      () => fs.unlinkSync(path),
    );
  }

  /** Removes a link; fine where it is gone. */
  removeLink(path: string): void {
    const target = fs.lstatSync(path, { throwIfNoEntry: false })?.isSymbolicLink() ? fs.readlinkSync(path) : undefined;
    if (target !== undefined)
      this.#make(
        path,
        () => fs.unlinkSync(path),
        () => fs.symlinkSync(target, path),
      );
  }

  /** Removes a directory where nothing is in it, and where that can be done: one that is left harms no one. @returns whether it is gone */
  removeEmptyDirectory(path: string): boolean {
    const status = fs.statSync(path, { throwIfNoEntry: false });
    if (status === undefined) return true;
    try {
      fs.rmdirSync(path);
    } catch {
      return false;
    }
    const undo = (): void => {
      fs.mkdirSync(path, { mode: status.mode & 0o7777 });
      const made = fs.openSync(path, fs.constants.O_DIRECTORY | fs.constants.O_NOFOLLOW);
      fs.fchownSync(made, status.uid, status.gid);
      fs.closeSync(made);
    };
    this.#steps.push({ path, undo });
    return true;
  }

  /** Takes everything back, the last change first. @returns paths that could not be put back */
  undo(): readonly string[] {
    const left: string[] = [];
    for (const { path, undo } of this.#steps.splice(0).reverse()) {
      try {
        undo();
      } catch {
        left.push(path);
      }
    }
    return left;
  }

  #make(path: string, work: () => void, undo: () => void): void {
    try {
      work();
    } catch (error) {
      const errno = readErrno(error);
      const isMount = errno === 'EBUSY';
      const why = isMount ? `${quote(path)} is a mount of its own` : `${quote(path)} cannot be written (${errno})`;
      const hint = isMount ? 'mount its folder instead' : HINTS[errno];
      throw new CdiError('CANNOT_WRITE', { what: this.#what, path, why, hint });
    }
    this.#steps.push({ path, undo });
  }
}

const HINTS: Readonly<Record<string, string>> = {
  EACCES: 'run it as root',
  EPERM: 'run it as root',
  EROFS: 'its file system is read-only: change it where the host keeps its configuration',
  ENOSPC: 'free some space',
};

function set(path: string, text: string | undefined, mode: number | undefined): void {
  if (text === undefined) fs.rmSync(path, { force: true });
  else putFile(path, text, mode);
}

/** @throws {CdiError} CANNOT_READ */
export function readIfThere(path: string): string | undefined {
  const what = `read ${quote(path)}`;
  const problem = (why: string): CdiError => new CdiError('CANNOT_READ', { what, path, why });
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(readBytes(path, LARGEST));
  } catch (error) {
    const errno = readErrno(error);
    if (errno === 'ENOENT') return undefined;
    throw problem(UNREADABLE[errno] ?? `it cannot be read (${errno})`);
  }
}

const UNREADABLE: Readonly<Record<string, string>> = {
  EFTYPE: 'it is no regular file',
  EISDIR: 'it is no regular file',
  EFBIG: 'it is larger than 16 MiB',
  ERR_ENCODING_INVALID_ENCODED_DATA: 'it is not valid UTF-8',
};

const LARGEST = 16 * 1024 * 1024;
