// Who could have written what a path leads to: judged by owners and modes of all that is on the way.
import { quote } from '../text/quote.ts';
import { type Failure, type Host, isFailure, type PathInfo } from './host.ts';

/** As many as the kernel follows (path_resolution(7)). */
const MOST_LINKS = 40;

/** In a user namespace, what belongs to ids outside it shows as this one's. */
const OVERFLOW_ID = 65534;

const WRITABLE_BY_GROUP = 0o020;
const WRITABLE_BY_ALL = 0o002;
const STICKY = 0o1000;

export interface Trail {
  /** what a path leads to, links followed */
  readonly end: PathInfo | Failure;
  /** where that stands, or would stand if it were there */
  readonly place: string;
  /** why somebody other than root and this user has a say in that */
  readonly problem: string | undefined;
}

/** Judges paths of one host. What it saw of a path it keeps: what may change in between needs a new one. */
export class Trust {
  readonly #host: Host;
  readonly #seen = new Map<string, PathInfo | Failure>();
  readonly #trails = new Map<string, Trail>();
  #namespace: boolean | undefined;

  constructor(host: Host) {
    this.#host = host;
  }

  /**
   * Why somebody other than root and this user could have written what a path leads to; undefined where no one could.
   *
   * @param opened what was opened by the path, which need not be what stands there now
   */
  problem(path: string, opened?: PathInfo): string | undefined {
    const own = opened === undefined ? undefined : this.#ownProblem(opened, () => 'it');
    return own ?? this.trail(path).problem;
  }

  /**
   * Follows an absolute path. Every directory and every link on the way counts: whoever may change one of them chooses
   * the rest.
   */
  trail(path: string): Trail {
    let trail = this.#trails.get(path);
    if (trail === undefined) {
      trail = this.#follow(path);
      this.#trails.set(path, trail);
    }
    return trail;
  }

  #follow(path: string): Trail {
    let directory = '/';
    let around = this.#look(directory);
    let rest = splitPath(path);
    let links = 0;
    let problem = isFailure(around) ? undefined : this.#ownProblem(around, () => 'directory "/"');
    for (;;) {
      const [name, ...others] = rest;
      if (name === undefined || isFailure(around)) return { end: around, place: joinPath(directory, rest), problem };
      rest = others;
      if (name === '..') {
        directory = directory.slice(0, directory.lastIndexOf('/')) || '/';
        around = this.#look(directory);
        continue;
      }
      const at = joinPath(directory, [name]);
      const info = this.#look(at);
      if (isFailure(info)) return { end: info, place: joinPath(at, rest), problem };
      problem ??= this.#entryProblem(around, info, () => (at === path ? 'it' : describePath(info, at)));
      if (info.kind === 'link') {
        const target = ++links > MOST_LINKS ? { errno: 'ELOOP' } : this.#host.readLink(at);
        if (isFailure(target)) return { end: target, place: joinPath(at, rest), problem };
        rest = [...splitPath(target), ...others];
        if (target.startsWith('/')) directory = '/';
        around = this.#look(directory);
      } else if (info.kind === 'directory') {
        directory = at;
        around = info;
      } else {
        return { end: rest.length === 0 ? info : { errno: 'ENOTDIR' }, place: joinPath(at, rest), problem };
      }
    }
  }

  #look(path: string): PathInfo | Failure {
    const seen = this.#seen.get(path);
    if (seen !== undefined) return seen;
    const info = this.#host.pathInfo(path);
    this.#seen.set(path, info);
    return info;
  }

  /** @param around the directory that the entry is in */
  #entryProblem(around: PathInfo, info: PathInfo, what: () => string): string | undefined {
    // A sticky directory is anybody's to put things into: only an entry's own owner tells who did.
    if (isShared(around))
      return this.#isRootOrUser(info.uid) ? this.#modeProblem(info, what) : describeOwner(info, what);
    // What a link says cannot be changed, and who may put another in its place was judged with the directory.
    return info.kind === 'link' ? undefined : this.#ownProblem(info, what);
  }

  #ownProblem(info: PathInfo, what: () => string): string | undefined {
    return this.#isOurs(info.uid) ? this.#modeProblem(info, what) : describeOwner(info, what);
  }

  #modeProblem({ kind, gid, mode }: PathInfo, what: () => string): string | undefined {
    // A link's mode means nothing, of a sticky directory the entries are judged, and what is no file holds no text.
    if (kind === 'link' || kind === 'other' || (kind === 'directory' && (mode & STICKY) !== 0)) return undefined;
    if ((mode & (WRITABLE_BY_ALL | WRITABLE_BY_GROUP)) === 0) return undefined;
    const by = (mode & WRITABLE_BY_ALL) !== 0 ? 'everybody' : `group ${gid}`;
    return `${what()} can be written by ${by} (mode ${mode.toString(8).padStart(4, '0')})`;
  }

  /** Root, this user, or (in a user namespace) somebody outside, whom no one inside can be. */
  #isOurs(uid: number): boolean {
    if (this.#isRootOrUser(uid)) return true;
    if (uid !== OVERFLOW_ID) return false;
    this.#namespace ??= this.#host.inUserNamespace();
    return this.#namespace;
  }

  #isRootOrUser(uid: number): boolean {
    return uid === 0 || uid === this.#host.ids().uid;
  }
}

/** Whether others may put entries into a directory, and only take away their own. */
function isShared({ mode }: PathInfo): boolean {
  return (mode & STICKY) !== 0 && (mode & (WRITABLE_BY_ALL | WRITABLE_BY_GROUP)) !== 0;
}

function describeOwner({ uid }: PathInfo, what: () => string): string {
  return `${what()} belongs to user ${uid}`;
}

function describePath({ kind }: PathInfo, path: string): string {
  return `${kind === 'other' ? 'path' : kind} ${quote(path)}`;
}

function joinPath(directory: string, rest: readonly string[]): string {
  return rest.length === 0 ? directory : `${directory === '/' ? '' : directory}/${rest.join('/')}`;
}

function splitPath(path: string): string[] {
  return path.split('/').filter((name) => name !== '' && name !== '.');
}
