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
    let choice = isFailure(around) ? undefined : this.#ownProblem(around, () => 'directory "/"');
    const spellings = [path];
    const finish = (end: Trail['end'], place: string, own?: string): Trail => {
      return { end, place, spellings, problem: choice ?? own, choice };
    };
    for (;;) {
      const [name, ...others] = rest;
      if (name === undefined || isFailure(around)) return finish(around, joinPath(directory, rest));
      rest = others;
      if (name === '..') {
        directory = getParent(directory);
        around = this.#look(directory);
        continue;
      }
      const at = joinPath(directory, [name]);
      const info = this.#look(at);
      if (isFailure(info)) {
        choice ??= isShared(around) ? describeMissing(around, directory) : undefined;
        return finish(info, joinPath(at, rest));
      }
      const what = (): string => (at === path ? 'it' : describePath(info, at));
      const isEnd = info.kind !== 'link' && rest.length === 0;
      // What is at the end may be anybody's to write in: whose it is counts where anybody may put things.
      choice ??= isEnd ? this.#placeProblem(around, info, what) : this.#entryProblem(around, info, what);
      if (isEnd) return finish(info, at, this.#entryProblem(around, info, what));
      if (info.kind === 'link') {
        const target = spellings.length > MOST_LINKS ? { errno: 'ELOOP' } : this.#host.readLink(at);
        if (isFailure(target)) return finish(target, joinPath(at, rest));
        rest = [...splitPath(target), ...others];
        if (target.startsWith('/')) directory = '/';
        around = this.#look(directory);
        spellings.push(joinPath(directory, rest));
      } else if (info.kind === 'directory') {
        directory = at;
        around = info;
      } else {
        return finish({ errno: 'ENOTDIR' }, joinPath(at, rest));
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
    if (isShared(around)) return this.#placeProblem(around, info, what) ?? this.#modeProblem(info, what);
    // What a link says cannot be changed, and who may put another in its place was judged with the directory.
    return info.kind === 'link' ? undefined : this.#ownProblem(info, what);
  }

  /** A sticky directory is anybody's to put things into: only an entry's own owner tells who did. */
  #placeProblem(around: PathInfo, info: PathInfo, what: () => string): string | undefined {
    return isShared(around) && !this.#isRootOrUser(info.uid) ? describeOwner(info, what) : undefined;
  }

  #ownProblem(info: PathInfo, what: () => string): string | undefined {
    return this.#isOurs(info.uid) ? this.#modeProblem(info, what) : describeOwner(info, what);
  }

  #modeProblem({ kind, gid, mode }: PathInfo, what: () => string): string | undefined {
    // A link's mode means nothing, of a sticky directory the entries are judged, and what is no file holds no text.
    if (kind === 'link' || kind === 'other' || (kind === 'directory' && (mode & STICKY) !== 0)) return undefined;
    if ((mode & (WRITABLE_BY_ALL | WRITABLE_BY_GROUP)) === 0) return undefined;
    return `${what()} can be written by ${describeWriters({ gid, mode })} (mode ${mode.toString(8).padStart(4, '0')})`;
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

function describeOwner({ uid }: PathInfo, what: () => string): string {
  return `${what()} belongs to user ${uid}`;
}

function describePath({ kind }: PathInfo, path: string): string {
  return `${kind === 'other' ? 'path' : kind} ${quote(path)}`;
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
