// The specs of some directories, kept between queries and compared with the directories at each.
import type { Spec } from '../cdi/spec.ts';
import type { SpecSource } from '../cdi/validate.ts';
import { type FileContent, isFailure, type SpecHost } from '../host/host.ts';
import { CdiError } from '../text/error.ts';
import { quote } from '../text/quote.ts';
import { type DeviceIndex, indexDevices } from './device-index.ts';
import { type Locate, locateInContent, locateInFile } from './field-places.ts';
import { listSpecs, type Scan, type ScanLimits, scanSpecs } from './scan.ts';
import { loadSpec, makeReadError, readSpecFile, type SpecFile } from './spec-file.ts';

/** Judges specs that keep the rules of CDI further. */
export interface SpecJudge {
  /** rises whenever specs that were judged before may come out differently now */
  generation(): number;
  /** @throws {CdiError} which is then what is wrong with the spec's file */
  judge(spec: Spec, source: SpecSource): void;
}

/** A file as it was last loaded. */
interface CachedFile {
  readonly path: string;
  readonly identity: string;
  /** the digest of a file that was so young that its next change may leave no trace in its times */
  readonly young: string | undefined;
  /** what came of it by the rules of CDI */
  readonly found: SpecFile | CdiError;
  /** and as it was judged further */
  readonly result: SpecFile | CdiError;
}

/** Times of files are no finer than this, in milliseconds, on any file system that matters. */
const YOUNG = 2000;

/** What was found at the last look. */
export interface Snapshot {
  readonly scan: Scan;
  readonly index: DeviceIndex;
}

/** Loads specs, and again only those that changed. */
export class SpecCache {
  readonly #host: SpecHost;
  readonly #limits: ScanLimits;
  readonly #judge: SpecJudge;
  #generation: number;
  #files = new Map<string, CachedFile>();
  #snapshot: Snapshot | undefined;

  constructor(host: SpecHost, limits: ScanLimits, judge: SpecJudge) {
    this.#host = host;
    this.#limits = limits;
    this.#judge = judge;
    this.#generation = judge.generation();
  }

  /** Forgets all files, so that the next look loads them again. */
  forget(): void {
    this.#files = new Map();
    this.#snapshot = undefined;
  }

  /** What the last look found, by today's judgement; undefined where there was none. */
  kept(): Snapshot | undefined {
    this.#judgeAnew();
    return this.#snapshot;
  }

  /** Looks at the directories; the same snapshot as before when nothing has changed. */
  look(directories: readonly string[]): Snapshot {
    this.#judgeAnew();
    const files = new Map<string, CachedFile>();
    let changed = false;
    const load = (path: string, priority: number): SpecFile => {
      const key = `${priority} ${path}`;
      const before = this.#files.get(key);
      const now = this.#load(path, priority, before);
      files.set(key, now);
      changed ||= before?.result !== now.result;
      if (now.result instanceof CdiError) throw now.result;
      return now.result;
    };
    const scan = scanSpecs(directories, this.#limits, { list: (directory) => listSpecs(this.#host, directory), load });
    changed ||= files.size !== this.#files.size || !isSameStop(scan, this.#snapshot?.scan);
    this.#files = files;
    if (changed || this.#snapshot === undefined) this.#snapshot = { scan, index: indexDevices(scan.specs) };
    return this.#snapshot;
  }

  /** Judges the files that are known once more where that may matter; the directories are not looked at. */
  #judgeAnew(): void {
    const generation = this.#judge.generation();
    if (generation === this.#generation) return;
    this.#generation = generation;
    const specs: SpecFile[] = [];
    const errors = new Map<string, CdiError>();
    // In the order of the last look, as its specs and errors must be.
    for (const [key, file] of this.#files) {
      const places = locateInFile(this.#host, file.path, file.identity, this.#limits.spec);
      const result = this.#judged(file.found, places);
      this.#files.set(key, { ...file, result });
      if (result instanceof CdiError) errors.set(file.path, result);
      else specs.push(result);
    }
    if (this.#snapshot === undefined) return;
    this.#snapshot = { scan: { ...this.#snapshot.scan, specs, errors }, index: indexDevices(specs) };
  }

  #load(path: string, priority: number, before: CachedFile | undefined): CachedFile {
    const stamp = this.#host.stamp(path);
    const isKnown = !isFailure(stamp) && before?.identity === stamp.identity && before.young === undefined;
    return isKnown ? before : this.#fresh(path, priority, before);
  }

  #fresh(path: string, priority: number, before: CachedFile | undefined): CachedFile {
    try {
      const file = readSpecFile(this.#host, path, this.#limits.spec);
      // Of the file that was opened: the path may have led to another one when it was looked at.
      const { identity, modified } = this.#host.stampOf(file);
      const isYoung = this.#host.now() - modified < YOUNG;
      const digest = isYoung || before?.young !== undefined ? this.#host.digest(file) : '';
      const young = isYoung ? digest : undefined;
      if (before?.young === digest && before.identity === identity) return { ...before, young };
      const found = this.#loaded(file, priority);
      const result = this.#judged(found, locateInContent(this.#host, file));
      return { path, identity, young, found, result: keepSameError(before?.result, result) };
    } catch (error) {
      if (!(error instanceof CdiError)) throw error;
      // That it cannot be read may end without a trace in the file: it is tried again each time.
      const result = keepSameError(before?.result, error);
      return { path, identity: '', young: undefined, found: result, result };
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

function isSameStop(one: Scan, other: Scan | undefined): boolean {
  const isSame = one.stopped?.directory === other?.stopped?.directory && one.stopped?.errno === other?.stopped?.errno;
  return isSame && one.missing.join('\n') === other?.missing.join('\n');
}

/** Directories that no one can watch, and why: those that are missing or closed to this user (corpus NOTES 32). */
export function findDirectoryErrors(host: SpecHost, directories: readonly string[]): ReadonlyMap<string, CdiError> {
  const errors = new Map<string, CdiError>();
  for (const directory of directories) {
    const entries = host.listDirectory(directory);
    // A plain file in its place can be watched, though it holds no specs.
    if (!isFailure(entries) || (entries.errno === 'ENOTDIR' && !isFailure(host.stamp(directory)))) continue;
    const what = `watch spec directory ${quote(directory)}`;
    errors.set(directory, new CdiError('CANNOT_READ', { what, path: directory, why: makeReadError(entries.errno, 0) }));
  }
  return errors;
}
