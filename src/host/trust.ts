// Who could have written a path: judged by owners and modes of the path itself and of all that leads to it.
import { cleanPath } from '../text/path.ts';
import { quote } from '../text/quote.ts';
import { type Failure, failed, type Host, type PathInfo } from './host.ts';

/** As many as the kernel follows (path_resolution(7)). */
const MOST_LINKS = 40;

/** In a user namespace, what belongs to ids outside it shows as this one's. */
const OVERFLOW_ID = 65534;

const WRITABLE = 0o022;
const STICKY = 0o1000;

/** Judges paths of one host; what it learns of a directory it keeps. */
export class Trust {
  readonly #host: Host;
  readonly #directories = new Map<string, string | undefined>();
  #namespace: boolean | undefined;

  constructor(host: Host) {
    this.#host = host;
  }

  /**
   * Why somebody other than root and this user could have written what a path leads to; undefined where nobody could.
   * Every directory and every link on the way counts, since whoever may change one of them chooses the rest.
   *
   * @param info of the file that was opened, which need not be what stands there now
   */
  problem(path: string, info?: PathInfo): string | undefined {
    const own = info === undefined ? undefined : this.#ownProblem(path, info);
    return own ?? this.#walk(path);
  }

  #walk(path: string): string | undefined {
    let done = '/';
    let rest = cleanPath(path)
      .split('/')
      .filter((part) => part !== '');
    let links = 0;
    const top = this.#directory('/');
    if (top !== undefined) return top;
    for (;;) {
      const [name, ...others] = rest;
      if (name === undefined) return undefined;
      if (name === '..') {
        done = cleanPath(`${done}/..`);
        rest = others;
        continue;
      }
      const at = done === '/' ? `/${name}` : `${done}/${name}`;
      const info = this.#host.pathInfo(at);
      if (failed(info)) return undefined;
      const entry = this.#entryProblem(done, at, info);
      if (entry !== undefined) return entry;
      if (info.kind === 'link') {
        const target = ++links > MOST_LINKS ? ({ errno: 'ELOOP' } satisfies Failure) : this.#host.readLink(at);
        if (failed(target)) return undefined;
        if (target.startsWith('/')) done = '/';
        rest = [...target.split('/').filter((part) => part !== '' && part !== '.'), ...others];
        continue;
      }
      const problem = info.kind === 'directory' ? this.#directory(at, info) : this.#ownProblem(at, info);
      if (problem !== undefined) return problem;
      done = at;
      rest = others;
    }
  }

  /** A directory that others may write to is fine if it is sticky and the entry is not theirs: see `#entryProblem`. */
  #directory(path: string, known?: PathInfo): string | undefined {
    if (this.#directories.has(path)) return this.#directories.get(path);
    const info = known ?? this.#host.pathInfo(path);
    const isSticky = !failed(info) && (info.mode & STICKY) !== 0;
    const problem = failed(info)
      ? undefined
      : this.#ownProblem(path, isSticky ? { ...info, mode: info.mode & ~WRITABLE } : info);
    this.#directories.set(path, problem);
    return problem;
  }

  /** In a sticky directory only an entry's owner can put another in its place. */
  #entryProblem(directory: string, path: string, info: PathInfo): string | undefined {
    if (info.kind === 'link') {
      const above = this.#host.pathInfo(directory);
      const isSticky = !failed(above) && (above.mode & STICKY) !== 0;
      return isSticky && !this.#isOurs(info.uid) ? `link ${quote(path)} belongs to user ${info.uid}` : undefined;
    }
    return undefined;
  }

  #ownProblem(path: string, info: PathInfo): string | undefined {
    const { kind, uid, gid, mode } = info;
    const what =
      `${kind === 'other' ? 'path' : kind === 'file' ? 'it' : kind} ${kind === 'file' ? '' : quote(path)}`.trimEnd();
    if (!this.#isOurs(uid)) return `${what} belongs to user ${uid}`;
    if ((mode & 0o002) !== 0) return `${what} can be written by everybody (mode ${octal(mode)})`;
    if ((mode & 0o020) !== 0) return `${what} can be written by group ${gid} (mode ${octal(mode)})`;
    return undefined;
  }

  /** Root, this user, or (in a user namespace) somebody outside, whom no one inside can be. */
  #isOurs(uid: number): boolean {
    if (uid === 0 || uid === this.#host.ids().uid) return true;
    if (uid !== OVERFLOW_ID) return false;
    this.#namespace ??= this.#host.inUserNamespace();
    return this.#namespace;
  }
}

function octal(mode: number): string {
  return mode.toString(8).padStart(4, '0');
}
