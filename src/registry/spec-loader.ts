// One spec file after another: loaded, judged, and loaded again only where it is another one by now.
import type { Spec } from '../cdi/spec.ts';
import type { SpecSource } from '../cdi/validate.ts';
import { type FileContent, isFailure, type SpecHost, type Stamp } from '../host/host.ts';
import { CdiError } from '../text/error.ts';
import { quote } from '../text/quote.ts';
import { type Locate, locateInContent, locateInFile } from './field-places.ts';
import { loadSpec, readSpecFile, type SpecFile } from './spec-file.ts';

/** Judges specs that keep the rules of CDI further. */
export interface SpecJudge {
  /** rises whenever specs that were judged before may come out differently now */
  generation(): number;
  /** @throws {CdiError} which is then what is wrong with the spec's file */
  judge(spec: Spec, source: SpecSource): void;
}

/** A file as it was last loaded. */
export interface CachedFile {
  readonly path: string;
  readonly identity: string;
  /** the digest of a file that was so young that its next change may leave no trace in its times */
  readonly young: string | undefined;
  /** whether it may change without a change in its directory: behind a link, by another name */
  readonly isShared: boolean;
  /** what came of it by the rules of CDI */
  readonly found: SpecFile | CdiError;
  /** and as it was judged further */
  readonly result: SpecFile | CdiError;
}

/** Times of files are no finer than this, in milliseconds, on any file system that matters. */
const YOUNG = 2000;

/** Whether a next change may leave the times as they are. */
export function isYoung(host: SpecHost, { modified }: Stamp): boolean {
  return host.now() - modified < YOUNG;
}

export class SpecLoader {
  readonly #host: SpecHost;
  readonly #most: number;
  readonly #judge: SpecJudge;

  /** @param most bytes of a file */
  constructor(host: SpecHost, most: number, judge: SpecJudge) {
    this.#host = host;
    this.#most = most;
    this.#judge = judge;
  }

  /**
   * The very file of before where it has not changed.
   *
   * @param isWatched whether a change since it was loaded would have been told: its times are believed, then, however
   *   young it was
   */
  load(path: string, priority: number, before: CachedFile | undefined, isWatched = false): CachedFile {
    if (before === undefined || (before.young !== undefined && !isWatched)) return this.#fresh(path, priority, before);
    const stamp = this.#host.stamp(path);
    const isKnown = !isFailure(stamp) && before.identity === stamp.identity;
    return isKnown ? before : this.#fresh(path, priority, before);
  }

  /** A file that was loaded before, by today's judgement. */
  judgeAgain(file: CachedFile): CachedFile {
    const places = locateInFile(this.#host, file.path, file.identity, this.#most);
    return { ...file, result: this.#judged(file.found, places) };
  }

  #fresh(path: string, priority: number, before: CachedFile | undefined): CachedFile {
    try {
      const file = readSpecFile(this.#host, path, this.#most);
      // Of the file that was opened: the path may have led to another one when it was looked at.
      const stamp = this.#host.stampOf(file);
      const { identity, names } = stamp;
      const isNew = isYoung(this.#host, stamp);
      const digest = isNew || before?.young !== undefined ? this.#host.digest(file) : '';
      const young = isNew ? digest : undefined;
      const info = this.#host.pathInfo(path);
      const isShared = names > 1 || isFailure(info) || info.kind !== 'file';
      if (before?.young === digest && before.identity === identity) return { ...before, young, isShared };
      const found = this.#loaded(file, priority);
      const result = this.#judged(found, locateInContent(this.#host, file));
      return { path, identity, young, isShared, found, result: keepSameError(before?.result, result) };
    } catch (error) {
      if (!(error instanceof CdiError)) throw error;
      // That it cannot be read may end without a trace in the file: it is tried again each time.
      const result = keepSameError(before?.result, error);
      return { path, identity: '', young: undefined, isShared: true, found: result, result };
    }
  }

  #loaded(file: FileContent, priority: number): SpecFile | CdiError {
    try {
      return loadSpec(this.#host, file, priority);
    } catch (error) {
      if (error instanceof CdiError) return error;
      throw error;
    }
  }

  #judged(found: SpecFile | CdiError, locate: Locate): SpecFile | CdiError {
    if (found instanceof CdiError) return found;
    const { path } = found;
    try {
      this.#judge.judge(found.spec, { what: `load spec ${quote(path)}`, path, locate });
      return found;
    } catch (error) {
      if (error instanceof CdiError) return error;
      throw error;
    }
  }
}

/** The error of before where it says the same, so that nothing seems to have changed. */
function keepSameError<T extends SpecFile | CdiError>(before: SpecFile | CdiError | undefined, now: T): T | CdiError {
  const isSame = before instanceof CdiError && now instanceof CdiError && before.message === now.message;
  return isSame ? before : now;
}
