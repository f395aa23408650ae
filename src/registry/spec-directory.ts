// One spec directory, kept between queries: what it holds, and what of it has to be looked at again.
import { type DirectoryWatch, type Failure, isFailure, type SpecHost, type Stamp } from '../host/host.ts';
import { compareBytes } from '../text/byte-order.ts';
import { cleanPath } from '../text/path.ts';
import { isSpecName, listSpecs, makeLimitError, type ScanLimits } from './scan.ts';
import { type CachedFile, isYoung, type SpecLoader } from './spec-loader.ts';

/** A directory with more files is watched; of fewer, each query looks at each. */
const FEW = 8;

/** So many files of a watched directory are looked at in each query, one after another, for what no watch tells. */
const IN_TURN = 4;

/** A file that is another one than at the last look, or came or went. */
export interface FileChange {
  readonly before: CachedFile | undefined;
  readonly now: CachedFile | undefined;
}

/**
 * How to look: at what may have `changed`, with a watch where that pays; at `every` file, whatever is known of it; or
 * `once`, so that no watch pays.
 */
export type Look = 'changed' | 'every' | 'once';

/**
 * What is in a directory is known by its times, as far as they can be believed, and of many files by a watch. Whoever
 * cannot be believed is looked at.
 */
export class SpecDirectory {
  readonly path: string;
  readonly #host: SpecHost;
  readonly #loader: SpecLoader;
  readonly #limits: ScanLimits;
  readonly #priority: number;
  /** its path to put a name behind */
  readonly #parent: string;
  /** as it was before its names were listed */
  #stamp: Stamp | undefined;
  /** whether the stamp would be another one after any change of its names */
  #isSettled = false;
  /** who may have seen other names than another user would */
  #listedBy: number | undefined;
  /** by their bytes */
  #names: readonly string[] = [];
  #files = new Map<string, CachedFile>();
  /** the names of files that may change without a change here */
  readonly #shared = new Set<string>();
  #watch: DirectoryWatch | undefined;
  #changes: FileChange[] = [];
  /** of the name that is looked at next though nothing was told of it */
  #turn = 0;

  constructor(path: string, priority: number, host: SpecHost, limits: ScanLimits, loader: SpecLoader) {
    this.path = path;
    this.#host = host;
    this.#limits = limits;
    this.#loader = loader;
    this.#priority = priority;
    const clean = cleanPath(path);
    this.#parent = clean === '/' ? clean : `${clean}/`;
  }

  /** How many spec files there are. */
  get size(): number {
    return this.#names.length;
  }

  /** The files, by the bytes of their names. */
  *files(): Generator<CachedFile> {
    for (const name of this.#names) {
      const file = this.#files.get(name);
      if (file !== undefined) yield file;
    }
  }

  /** Ends the watch, and forgets all files. */
  close(): void {
    this.#endWatch();
    this.#stamp = undefined;
    this.#names = [];
    for (const name of [...this.#files.keys()]) this.#renew(name, false, false);
  }

  /** Judges all files once more. */
  judgeAgain(): void {
    for (const [name, file] of this.#files) this.#files.set(name, this.#loader.judgeAgain(file));
  }

  /** What came of the looks since this was asked last, in any order. */
  takeChanges(): readonly FileChange[] {
    const changes = this.#changes;
    this.#changes = [];
    return changes;
  }

  /**
   * @param room for so many files
   * @returns why it cannot be looked at; it is as if it were empty then
   * @throws {CdiError} where it has more files
   */
  look(how: Look, room: number): Failure | undefined {
    const failure = this.#look(how, room);
    if (failure !== undefined) this.close();
    return failure;
  }

  #look(how: Look, room: number): Failure | undefined {
    const stamp = this.#host.stamp(this.path);
    if (isFailure(stamp)) return stamp;
    const told = how === 'changed' ? this.#askWatch(stamp) : undefined;
    if (told === undefined) return this.#lookAtAll(stamp, how, room);
    this.#stamp = stamp;
    for (const name of told) {
      if (!isSpecName(name)) continue;
      const info = this.#host.pathInfo(this.#parent + name);
      if (isFailure(info) && info.errno !== 'ENOENT') return this.#lookAtAll(stamp, how, room);
      const isThere = !isFailure(info) && info.kind !== 'directory';
      if (isThere !== this.#files.has(name)) this.#keepNames(withName(this.#names, name, isThere), room);
      this.#renew(name, isThere, false);
    }
    for (const name of this.#shared) if (!told.has(name)) this.#renew(name, true, false);
    for (let i = Math.min(IN_TURN, this.size); i > 0; i--) {
      const name = this.#names[this.#turn++ % this.size];
      if (name !== undefined) this.#renew(name, true, true);
    }
    return undefined;
  }

  /** The names of which a watch tells; undefined where there is none, or it cannot say. */
  #askWatch({ identity, inode }: Stamp): ReadonlySet<string> | undefined {
    const isOurs = inode === this.#stamp?.inode && this.#listedBy === this.#host.ids().uid;
    const told = isOurs ? this.#watch?.changes() : undefined;
    // What left its time here and was not told is about to be.
    return told?.size === 0 && identity !== this.#stamp?.identity ? undefined : told;
  }

  #lookAtAll(stamp: Stamp, how: Look, room: number): Failure | undefined {
    if (how === 'once' || stamp.inode !== this.#stamp?.inode || this.#watch?.isOver() === true) this.#endWatch();
    const isSame = stamp.identity === this.#stamp?.identity && this.#listedBy === this.#host.ids().uid;
    const isListed = this.#isSettled && how === 'changed' && isSame;
    const isMany = (): boolean => this.size > FEW && how !== 'once' && this.#watch === undefined;
    if (isMany()) this.#beginWatch(stamp);
    const failure = isListed ? undefined : this.#list(stamp, room);
    if (failure !== undefined) return failure;
    if (isMany() && this.#beginWatch(stamp)) {
      // What came before the watch was not told.
      const again = this.#list(stamp, room);
      if (again !== undefined) return again;
    }
    const names = new Set(this.#names);
    for (const name of this.#files.keys()) if (!names.has(name)) this.#renew(name, false, false);
    for (const name of names) this.#renew(name, true, false);
    return undefined;
  }

  #beginWatch({ inode }: Stamp): boolean {
    if (!this.#host.isLocal(this.path)) return false;
    const watch = this.#host.watchDirectory(this.path);
    if (isFailure(watch)) return false;
    const stamp = this.#host.stamp(this.path);
    if (isFailure(stamp) || stamp.inode !== inode) watch.close();
    else this.#watch = watch;
    return this.#watch !== undefined;
  }

  #endWatch(): void {
    this.#watch?.close();
    this.#watch = undefined;
  }

  #list(stamp: Stamp, room: number): Failure | undefined {
    const listing = listSpecs(this.#host, this.path);
    if (isFailure(listing)) return listing;
    this.#keepNames(listing.names, room);
    this.#stamp = stamp;
    this.#listedBy = this.#host.ids().uid;
    this.#isSettled = !isYoung(this.#host, stamp) && this.#host.isLocal(this.path);
    return undefined;
  }

  #keepNames(names: readonly string[], room: number): void {
    if (names.length > room) throw makeLimitError(this.path, this.#limits.specs);
    this.#names = names;
  }

  /** Loads a file again where it has changed, or lets go of one that is gone. */
  #renew(name: string, isThere: boolean, isWatched: boolean): void {
    const before = this.#files.get(name);
    if (!isThere) {
      this.#files.delete(name);
      this.#shared.delete(name);
      if (before !== undefined) this.#changes.push({ before, now: undefined });
      return;
    }
    const now = this.#loader.load(this.#parent + name, this.#priority, before, isWatched);
    if (now === before) return;
    this.#files.set(name, now);
    if (now.isShared) this.#shared.add(name);
    else this.#shared.delete(name);
    if (now.result !== before?.result) this.#changes.push({ before, now });
  }
}

/** Names in order, with one more or one less. */
function withName(names: readonly string[], name: string, isThere: boolean): readonly string[] {
  const others = names.filter((other) => other !== name);
  if (!isThere) return others;
  const at = others.findIndex((other) => compareBytes(other, name) > 0);
  return at < 0 ? [...others, name] : [...others.slice(0, at), name, ...others.slice(at)];
}
