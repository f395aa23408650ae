// Changes to files of a host that are made one after the other, and are all taken back when one of them fails: at once,
// or by the next command where this one is killed.
import * as fs from 'node:fs';
import { dirname } from 'node:path';
import { CdiError } from '../../text/error.ts';
import { quote, quoteList } from '../../text/quote.ts';
import { readErrno } from './errno.ts';
import { beginJournal, type Journal, type JournalPlace } from './journal.ts';
import { readBytes } from './read-bytes.ts';
import { readTarget, type Step, setText, takeBackStep, wasChangedSince } from './step.ts';

/** Who changes files. */
export interface Work extends JournalPlace {
  /** is told what went wrong and does no harm, a sentence each */
  warn(warning: string): void;
}

/** Does work that changes files; where it fails, all of it is taken back. */
export async function runOrUndo<T>(work: Work, change: (changes: HostChanges) => T | Promise<T>): Promise<T> {
  const journal = beginJournal(work);
  const changes = new HostChanges(work, journal);
  try {
    const result = await change(changes);
    changes.end();
    return result;
  } catch (error) {
    const left = changes.undo();
    if (left.length === 0) {
      changes.end();
      throw error;
    }
    if (!(error instanceof CdiError)) throw error;
    const why = `${error.why}, and ${quoteList(left)} could not be put back`;
    throw new CdiError('CANNOT_WRITE', {
      what: work.what,
      why,
      path: left[0],
      hint: 'run it again, which tries once more',
      cause: error,
    });
  } finally {
    journal.close();
  }
}

/** Paths are those of this machine, after all links. */
export class HostChanges {
  readonly #work: Pick<Work, 'what' | 'warn'>;
  readonly #journal: Journal | undefined;
  readonly #steps: Step[] = [];

  /** @param journal none where there is one step, which is done or not */
  constructor(work: Pick<Work, 'what' | 'warn'>, journal?: Journal) {
    this.#work = work;
    this.#journal = journal;
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
      throw new CdiError('CANNOT_WRITE', { what: this.#work.what, path, why, hint: 'run it again' });
    }
    const status = fs.statSync(path, { throwIfNoEntry: false });
    const step = { kind: 'put', path, before: before ?? null, after: after ?? null, mode: status?.mode } as const;
    this.#make(step, () => {
      const unsynced = setText(path, step.after, mode);
      if (unsynced !== undefined)
        this.#work.warn(`${quote(path)} is written, but may not outlive a power cut now (${unsynced})`);
    });
  }

  /** Makes a directory with its parents. @returns those that were not there, the outermost first */
  makeDirectory(path: string): readonly string[] {
    if (fs.existsSync(path)) return [];
    const made = this.makeDirectory(dirname(path));
    this.#make({ kind: 'makeFolder', path }, () => fs.mkdirSync(path, { mode: 0o755 }));
    return [...made, path];
  }

  makeLink(path: string, target: string): void {
    this.#make({ kind: 'make', path, target }, () => fs.symlinkSync(target, path));
  }

  /** Removes a link; fine where it is gone. */
  removeLink(path: string): void {
    const target = readTarget(path);
    if (target !== undefined) this.#make({ kind: 'remove', path, target }, () => fs.unlinkSync(path));
  }

  /** Removes a directory; where somebody has put something into it, it is theirs. @returns whether it is gone */
  removeEmptyDirectory(path: string): boolean {
    const status = fs.statSync(path, { throwIfNoEntry: false });
    if (status === undefined) return true;
    const { uid, gid } = status;
    this.#note({ kind: 'removeFolder', path, mode: status.mode & 0o7777, uid, gid });
    try {
      fs.rmdirSync(path);
      return true;
    } catch (error) {
      this.#steps.pop();
      const errno = readErrno(error);
      if (IN_USE.includes(errno)) return false;
      throw this.#makeError(path, errno);
    }
  }

  /** Takes everything back, the last change first. @returns paths that could not be put back */
  undo(): readonly string[] {
    const left: string[] = [];
    for (const step of this.#steps.splice(0).reverse()) {
      try {
        if (wasChangedSince(step)) left.push(step.path);
        else takeBackStep(step);
      } catch {
        left.push(step.path);
      }
    }
    return left;
  }

  /** Nothing is left to be taken back. */
  end(): void {
    try {
      this.#journal?.end();
    } catch (error) {
      throw this.#makeError('its journal', readErrno(error));
    }
  }

  #make(step: Step, work: () => void): void {
    this.#note(step);
    try {
      work();
    } catch (error) {
      // a link or a folder that was not made may be somebody else's by now
      if (step.kind !== 'put') this.#steps.pop();
      throw this.#makeError(step.path, readErrno(error));
    }
  }

  /** Written down before it is done. */
  #note(step: Step): void {
    try {
      this.#journal?.note(step);
    } catch (error) {
      throw this.#makeError(step.path, readErrno(error));
    }
    this.#steps.push(step);
  }

  #makeError(path: string, errno: string): CdiError {
    const isMount = errno === 'EBUSY';
    const why = isMount ? `${quote(path)} is a mount of its own` : `${quote(path)} cannot be written (${errno})`;
    const hint = isMount ? 'mount its folder instead' : HINTS[errno];
    return new CdiError('CANNOT_WRITE', { what: this.#work.what, path, why, hint });
  }
}

/** Something is in it, or mounted on it. */
const IN_USE = ['ENOTEMPTY', 'EEXIST', 'EBUSY'];

const HINTS: Readonly<Record<string, string>> = {
  EACCES: 'run it as root',
  EPERM: 'run it as root',
  EROFS: 'its file system is read-only: change it where the host keeps its configuration',
  ENOSPC: 'free some space',
};

/** @throws {CdiError} CANNOT_READ */
export function readIfThere(path: string): string | undefined {
  const what = `read ${quote(path)}`;
  const problem = (why: string): CdiError => new CdiError('CANNOT_READ', { what, path, why });
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(readBytes(path, LARGEST));
  } catch (error) {
    const errno = readErrno(error);
    if (errno === 'ENOENT' || errno === 'ENOTDIR') return undefined;
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
