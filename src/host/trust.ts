// Who could have written what a path leads to: judged by owners and modes of all that is on the way.
import { quote } from '../text/quote.ts';
import { type Failure, type Host, isFailure, type PathInfo } from './host.ts';

/** As many as the kernel follows (path_resolution(7)). */
const MOST_LINKS = 40;

/** In a user namespace, what belongs to ids outside it shows as this one's. */
export const OVERFLOW_ID = 65534;

const WRITABLE_BY_GROUP = 0o020;
const WRITABLE_BY_ALL = 0o002;
const STICKY = 0o1000;

export interface Trail {
  /** what a path leads to, links followed */
  readonly end: PathInfo | Failure;
  /** where that stands, or would stand if it were there */
  readonly place: string;
  /** the path as it is asked for, and as each link makes it read */
  readonly spellings: readonly string[];
  /** why somebody other than root and this user has a say in what the path leads to, or in what is written there */
  readonly problem: string | undefined;
  /** why somebody else could have the path lead to another thing, whoever may write in the one that is there */
  readonly choice: string | undefined;
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
    const own = opened === undefined ? undefined : this.#ownProblem(opened, path, path);
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
    let next = 0;
    let choice = isFailure(around) ? undefined : this.#ownProblem(around, directory, path);
    const spellings = [path];
    const finish = (end: Trail['end'], place: string, own?: string): Trail => {
      return { end, place: joinPath(place, rest.slice(next)), spellings, problem: choice ?? own, choice };
    };
    for (;;) {
      const name = rest[next];
      if (name === undefined || isFailure(around)) return finish(around, directory);
      next += 1;
      if (name === '..') {
        directory = getParent(directory);
        around = this.#look(directory);
        continue;
      }
      const at = directory === '/' ? `/${name}` : `${directory}/${name}`;
      const info = this.#look(at);
      if (isFailure(info)) {
        choice ??= isShared(around) ? describeMissing(around, directory) : undefined;
        return finish(info, at);
      }
      // What is at the end may be anybody's to write in: whose it is counts where anybody may put things.
      if (info.kind !== 'link' && next === rest.length) {
        choice ??= this.#placeProblem(around, info, at, path);
        return finish(info, at, this.#entryProblem(around, info, at, path));
      }
      choice ??= this.#entryProblem(around, info, at, path);
      if (info.kind === 'link') {
        const target = spellings.length > MOST_LINKS ? { errno: 'ELOOP' } : this.#host.readLink(at);
        if (isFailure(target)) return finish(target, at);
        rest = [...splitPath(target), ...rest.slice(next)];
        next = 0;
        if (target.startsWith('/')) directory = '/';
        around = this.#look(directory);
        spellings.push(joinPath(directory, rest));
      } else if (info.kind === 'directory') {
        directory = at;
        around = info;
      } else {
        return finish({ errno: 'ENOTDIR' }, at);
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

  /**
   * @param around the directory that the entry is in
   * @param path that is asked for
   */
  #entryProblem(around: PathInfo, info: PathInfo, at: string, path: string): string | undefined {
    if (isShared(around)) return this.#placeProblem(around, info, at, path) ?? this.#modeProblem(info, at, path);
    // What a link says cannot be changed, and who may put another in its place was judged with the directory.
    return info.kind === 'link' ? undefined : this.#ownProblem(info, at, path);
  }

  /** A sticky directory is anybody's to put things into: only an entry's own owner tells who did. */
  #placeProblem(around: PathInfo, info: PathInfo, at: string, path: string): string | undefined {
    return isShared(around) && !this.#isRootOrUser(info.uid) ? describeOwner(info, at, path) : undefined;
  }

  #ownProblem(info: PathInfo, at: string, path: string): string | undefined {
    return this.#isOurs(info.uid) ? this.#modeProblem(info, at, path) : describeOwner(info, at, path);
  }

  #modeProblem(info: PathInfo, at: string, path: string): string | undefined {
    const { kind, mode } = info;
    // A link's mode means nothing, of a sticky directory the entries are judged, and what is no file holds no text.
    if (kind === 'link' || kind === 'other' || (kind === 'directory' && (mode & STICKY) !== 0)) return undefined;
    if ((mode & (WRITABLE_BY_ALL | WRITABLE_BY_GROUP)) === 0) return undefined;
    const writers = `${describeWriters(info)} (mode ${mode.toString(8).padStart(4, '0')})`;
    return `${describePath(info, at, path)} can be written by ${writers}`;
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

function describeWriters({ gid, mode }: Pick<PathInfo, 'gid' | 'mode'>): string {
  return (mode & WRITABLE_BY_ALL) !== 0 ? 'everybody' : `group ${gid}`;
}

function describeMissing(around: PathInfo, directory: string): string {
  return `it is not there, and ${describeWriters(around)} may put it into directory ${quote(directory)}`;
}

function describeOwner(info: PathInfo, at: string, path: string): string {
  return `${describePath(info, at, path)} belongs to user ${info.uid}`;
}

function describePath({ kind }: PathInfo, at: string, path: string): string {
  if (at === path && at !== '/') return 'it';
  return `${kind === 'other' ? 'path' : kind} ${quote(at)}`;
}

function getParent(directory: string): string {
  return directory.slice(0, directory.lastIndexOf('/')) || '/';
}

/** Below a directory without links on the way to it, so that `..` behind it leads where it reads. */
function joinPath(directory: string, names: readonly string[]): string {
  const [first, ...rest] = names;
  if (first === '..') return joinPath(getParent(directory), rest);
  return first === undefined ? directory : `${directory === '/' ? '' : directory}/${names.join('/')}`;
}

function splitPath(path: string): string[] {
  return path.split('/').filter((name) => name !== '' && name !== '.');
}
