// The specs of some directories, kept between queries and compared with the directories at each.
import { failed, type SpecHost, type Stamp } from '../host/host.ts';
import { CdiError } from '../text/error.ts';
import { quote } from '../text/quote.ts';
import { type DeviceIndex, indexDevices } from './device-index.ts';
import { listSpecs, type Scan, type ScanLimits, scanSpecs } from './scan.ts';
import { loadSpec, readFailure, readSpecFile, type SpecFile } from './spec-file.ts';

/** A file as it was last loaded. */
interface Loaded {
  readonly identity: string;
  /** the text of a file that was so young that its next change may leave no trace in its times */
  readonly young: string | undefined;
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
  readonly #check: (file: SpecFile) => void;
  #files = new Map<string, Loaded>();
  #snapshot: Snapshot | undefined;

  /** @param check judges a loaded spec further; what it throws is the file's error */
  constructor(host: SpecHost, limits: ScanLimits, check: (file: SpecFile) => void) {
    this.#host = host;
    this.#limits = limits;
    this.#check = check;
  }

  /** Forgets all files, so that the next look loads them anew. */
  forget(): void {
    this.#files = new Map();
    this.#snapshot = undefined;
  }

  /** Looks at the directories; the same snapshot as before when nothing has changed. */
  look(directories: readonly string[]): Snapshot {
    const files = new Map<string, Loaded>();
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
    changed ||= files.size !== this.#files.size || !sameStop(scan, this.#snapshot?.scan);
    this.#files = files;
    if (changed || this.#snapshot === undefined) this.#snapshot = { scan, index: indexDevices(scan.specs) };
    return this.#snapshot;
  }

  #load(path: string, priority: number, before: Loaded | undefined): Loaded {
    const stamp = this.#host.stamp(path);
    if (failed(stamp)) return this.#fresh(path, priority, before, undefined);
    if (before?.identity === stamp.identity && before.young === undefined) return before;
    return this.#fresh(path, priority, before, stamp);
  }

  #fresh(path: string, priority: number, before: Loaded | undefined, stamp: Stamp | undefined): Loaded {
    const identity = stamp?.identity ?? '';
    const isYoung = stamp !== undefined && this.#host.now() - stamp.modified < YOUNG;
    try {
      const file = readSpecFile(this.#host, path, this.#limits.spec);
      const text = this.#host.text(file);
      const young = isYoung ? text : undefined;
      if (before?.young === text && before.identity === identity) return { identity, young, result: before.result };
      const result = loadSpec(this.#host, file, priority);
      this.#check(result);
      return { identity, young, result };
    } catch (error) {
      if (!(error instanceof CdiError)) throw error;
      const same = before?.result instanceof CdiError && before.result.message === error.message;
      return { identity, young: isYoung ? '' : undefined, result: same ? before.result : error };
    }
  }
}

function sameStop(one: Scan, other: Scan | undefined): boolean {
  return one.stopped?.directory === other?.stopped?.directory && one.missing.join('\n') === other?.missing.join('\n');
}

/** Directories that nobody can watch, and why: those that are missing or closed to this user (corpus NOTES 32). */
export function directoryErrors(host: SpecHost, directories: readonly string[]): ReadonlyMap<string, CdiError> {
  const errors = new Map<string, CdiError>();
  for (const directory of directories) {
    const entries = host.listDirectory(directory);
    // A plain file in its place can be watched, though it holds no specs.
    if (!failed(entries) || (entries.errno === 'ENOTDIR' && !failed(host.stamp(directory)))) continue;
    const what = `watch spec directory ${quote(directory)}`;
    errors.set(directory, new CdiError('CANNOT_READ', { what, path: directory, why: readFailure(entries.errno, 0) }));
  }
  return errors;
}
