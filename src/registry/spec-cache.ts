// The specs of some directories, kept between queries and compared with the directories at each.
import { type Failure, isFailure, type SpecHost } from '../host/host.ts';
import { CdiError } from '../text/error.ts';
import { quote } from '../text/quote.ts';
import { type DeviceTable, indexDevices } from './device-index.ts';
import { areFew, patchIndex, patchSpecs, type SpecChange } from './patch-index.ts';
import type { Scan, ScanLimits } from './scan.ts';
import { type FileChange, type Look, SpecDirectory } from './spec-directory.ts';
import { makeReadError, type SpecFile } from './spec-file.ts';
import { type SpecJudge, SpecLoader } from './spec-loader.ts';

/** What was found at the last look. */
export interface Snapshot {
  readonly scan: Scan;
  readonly index: DeviceTable;
  /** directories that no one can watch, and the errno name why: those that are missing or closed (corpus NOTES 32) */
  readonly unwatchable: ReadonlyMap<string, string>;
}

/** What is wrong with whole directories. */
type Trouble = Pick<Snapshot, 'unwatchable'> & Pick<Scan, 'stopped' | 'missing'>;

const NO_TROUBLE: Trouble = { unwatchable: new Map(), stopped: undefined, missing: [] };

/** Loads specs, and again only those that changed. */
export class SpecCache {
  readonly #host: SpecHost;
  readonly #limits: ScanLimits;
  readonly #judge: SpecJudge;
  readonly #loader: SpecLoader;
  #generation: number;
  /** by priority */
  #directories: readonly SpecDirectory[] = [];
  #trouble = NO_TROUBLE;
  #snapshot: Snapshot | undefined;
  /** files since the snapshot; undefined where it is to be made anew */
  #changes: FileChange[] | undefined;

  constructor(host: SpecHost, limits: ScanLimits, judge: SpecJudge) {
    this.#host = host;
    this.#limits = limits;
    this.#judge = judge;
    this.#loader = new SpecLoader(host, limits.spec, judge);
    this.#generation = judge.generation();
  }

  /** Forgets all files, so that the next look loads them again; ends what was begun to watch them. */
  forget(): void {
    for (const directory of this.#directories) directory.close();
    this.#directories = [];
    this.#snapshot = undefined;
    this.#changes = undefined;
  }

  /** What the last look found, by today's judgement; undefined where there was none. */
  kept(): Snapshot | undefined {
    this.#judgeAnew();
    return this.#snapshot && this.#take();
  }

  /** Looks at the directories; the same snapshot as before when nothing has changed. */
  look(directories: readonly string[], how: Look = 'changed'): Snapshot {
    this.#judgeAnew();
    this.#arrange(directories);
    const unwatchable = new Map<string, string>();
    const missing: string[] = [];
    let stopped: Trouble['stopped'];
    let room = this.#limits.specs;
    for (const directory of this.#directories) {
      const { path } = directory;
      if (stopped !== undefined) directory.close();
      const failure = stopped === undefined ? directory.look(how, room) : findFailure(this.#host, path);
      room -= directory.size;
      if (failure === undefined) continue;
      if (!isFileInPlace(this.#host, path, failure)) unwatchable.set(path, failure.errno);
      if (stopped !== undefined) continue;
      if (failure.errno === 'ENOENT') missing.push(path);
      else stopped = { directory: path, errno: failure.errno };
    }
    const trouble = { unwatchable, stopped, missing };
    if (!isSame(trouble, this.#trouble)) {
      this.#trouble = trouble;
      this.#changes = undefined;
    }
    return this.#take();
  }

  /** Keeps the directories that stay what they were. */
  #arrange(paths: readonly string[]): void {
    const before = this.#directories;
    if (paths.length === before.length && paths.every((path, i) => path === before[i]?.path)) return;
    for (const directory of before) directory.close();
    this.#directories = paths.map((path, i) => new SpecDirectory(path, i, this.#host, this.#limits, this.#loader));
    this.#changes = undefined;
  }

  /** Judges the files that are known once more where that may matter; the directories are not looked at. */
  #judgeAnew(): void {
    const generation = this.#judge.generation();
    if (generation === this.#generation) return;
    this.#generation = generation;
    for (const directory of this.#directories) directory.judgeAgain();
    this.#changes = undefined;
  }

  /** The snapshot of what is known. */
  #take(): Snapshot {
    for (const directory of this.#directories) {
      for (const change of directory.takeChanges()) this.#changes?.push(change);
    }
    if (this.#snapshot !== undefined && this.#changes?.length === 0) return this.#snapshot;
    const { unwatchable, stopped, missing } = this.#trouble;
    const { specs, errors, index } = this.#patched(this.#snapshot) ?? this.#collected();
    this.#snapshot = { scan: { specs, errors, stopped, missing }, index, unwatchable };
    this.#changes = [];
    return this.#snapshot;
  }

  /** What was found before, with its changes, where they are few and all of good specs. */
  #patched(before: Snapshot | undefined): Found | undefined {
    const changes = this.#changes?.map(readChange);
    if (before === undefined || changes === undefined || !changes.every(isOfSpecs) || !areFew(changes))
      return undefined;
    const specs = patchSpecs(before.scan.specs, changes);
    return { specs, errors: before.scan.errors, index: patchIndex(before.index, specs, changes) };
  }

  #collected(): Found {
    const specs: SpecFile[] = [];
    const errors = new Map<string, CdiError>();
    for (const directory of this.#directories) {
      for (const { path, result } of directory.files()) {
        if (result instanceof CdiError) errors.set(path, result);
        else specs.push(result);
      }
    }
    return { specs, errors, index: indexDevices(specs) };
  }
}

type Found = Pick<Scan, 'specs' | 'errors'> & Pick<Snapshot, 'index'>;

function readChange({ before, now }: FileChange) {
  return { before: before?.result, now: now?.result };
}

function isOfSpecs(change: ReturnType<typeof readChange>): change is SpecChange {
  return !(change.before instanceof CdiError) && !(change.now instanceof CdiError);
}

/** Why a directory cannot be read that is not searched. */
function findFailure(host: SpecHost, path: string): Failure | undefined {
  const entries = host.listDirectory(path);
  return isFailure(entries) ? entries : undefined;
}

/** A plain file in a directory's place can be watched, though it holds no specs. */
function isFileInPlace(host: SpecHost, path: string, { errno }: Failure): boolean {
  return errno === 'ENOTDIR' && !isFailure(host.stamp(path));
}

function isSame(one: Trouble, other: Trouble): boolean {
  const spell = ({ unwatchable, stopped, missing }: Trouble): string =>
    [...unwatchable, stopped?.directory, stopped?.errno, ...missing].join('\n');
  return spell(one) === spell(other);
}

/** What is wrong with directories that no one can watch. */
export function makeDirectoryErrors({ unwatchable }: Snapshot): Map<string, CdiError> {
  const errors = new Map<string, CdiError>();
  for (const [path, errno] of unwatchable) {
    const what = `watch spec directory ${quote(path)}`;
    errors.set(path, new CdiError('CANNOT_READ', { what, path, why: makeReadError(errno, 0) }));
  }
  return errors;
}
