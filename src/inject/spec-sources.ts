// The specs that an injection reads: judged before they are trusted, and kept to tell where an edit is from.
import { qualifiedName } from '../cdi/device-name.ts';
import type { Spec } from '../cdi/spec.ts';
import type { EditSource } from '../edits/edit.ts';
import { FIX_TRUST } from '../edits/finding.ts';
import { type FileContent, type Host, isFailure } from '../host/host.ts';
import { Trust } from '../host/trust.ts';
import type { SpecWords } from '../registry/resolve.ts';
import { listMentioning, planFullScan, planScanOfKinds, type ScanLimits, type ScanWay } from '../registry/scan.ts';
import { loadSpec, readSpecFile, type SpecFile } from '../registry/spec-file.ts';
import { readSpecWords } from '../registry/spec-words.ts';
import type { Settings } from '../settings/settings.ts';
import { CdiError, type Position } from '../text/error.ts';
import { quote } from '../text/quote.ts';

/** More files that do not mention the vendor are not parsed only for a hint. */
const MOST_FOR_A_HINT = 100;

interface LoadedSource {
  readonly file: FileContent;
  readonly spec: SpecFile;
  /** of its devices, by their names; made when the first one is looked for */
  places?: ReadonlyMap<string, number>;
  readonly locate: (field: readonly (string | number)[]) => Position | undefined;
}

/** Loads specs once each, and remembers their files. */
export class SpecSources {
  readonly #host: Host;
  readonly #limits: ScanLimits;
  readonly #owner: Settings['trust']['owner'];
  readonly #loaded = new Map<string, LoadedSource>();
  /** what files say that are in error */
  readonly words: SpecWords;
  #trust: Trust;

  constructor(host: Host, limits: ScanLimits, owner: Settings['trust']['owner']) {
    this.#host = host;
    this.#limits = limits;
    this.#owner = owner;
    this.#trust = new Trust(host);
    this.words = readSpecWords(host, limits.spec);
  }

  /** What paths are judged by; what was seen before the last scan began is forgotten. */
  get trust(): Trust {
    return this.#trust;
  }

  /** Only the files that may define a device of one of these kinds; the others are read, not parsed. */
  ofKinds(kinds: readonly string[]): ScanWay {
    return this.#way(planScanOfKinds(this.#host, this.#limits, kinds).list);
  }

  /** Every file, for those who list. */
  every(): ScanWay {
    return this.#way(planFullScan(this.#host, this.#limits).list);
  }

  /** The files that mention one of the vendors, good and bad, and some others: one may be why a device does not resolve. */
  forReason(vendors: readonly string[]): ScanWay {
    const every = planFullScan(this.#host, this.#limits);
    const list: ScanWay['list'] = (directory) => {
      const all = every.list(directory);
      const mentioning = listMentioning(this.#host, directory, this.#limits, vendors);
      if (isFailure(all) || isFailure(mentioning)) return all;
      const wanted = new Set(mentioning.names);
      const names = all.names.filter((name, place) => place < MOST_FOR_A_HINT || wanted.has(name));
      return { count: all.count, names };
    };
    return this.#way(list);
  }

  #way(list: ScanWay['list']): ScanWay {
    this.#trust = new Trust(this.#host);
    return { list, load: this.#load };
  }

  /** SHA-256 of a spec file as it was read. */
  digest(path: string): string | undefined {
    const loaded = this.#loaded.get(path);
    return loaded === undefined ? undefined : this.#host.digest(loaded.file);
  }

  /** The vendor of a spec that was loaded. */
  vendor(path: string): string {
    return this.#loaded.get(path)?.spec.vendor ?? '';
  }

  /** Where a field of some edits stands in their spec. */
  locate({ path, device }: EditSource, field: readonly (string | number)[]): Position | undefined {
    const loaded = this.#loaded.get(path);
    if (loaded === undefined) return undefined;
    return loaded.locate(
      device === undefined
        ? ['containerEdits', ...field]
        : [...this.#devicePath(loaded, device), 'containerEdits', ...field],
    );
  }

  /** Where a device stands in its spec. */
  locateDevice(path: string, device: string): Position | undefined {
    const loaded = this.#loaded.get(path);
    return loaded?.locate(this.#devicePath(loaded, device));
  }

  #devicePath(loaded: LoadedSource, device: string): readonly (string | number)[] {
    const { vendor, class: className, spec } = loaded.spec;
    loaded.places ??= listPlaces(spec);
    return ['devices', loaded.places.get(device.slice(qualifiedName(vendor, className, '').length)) ?? -1];
  }

  readonly #load = (path: string, priority: number): SpecFile => {
    const file = readSpecFile(this.#host, path, this.#limits.spec);
    if (this.#owner === 'strict') {
      const problem = this.#trust.problem(path, this.#host.fileInfo(file));
      if (problem !== undefined) throw makeUntrustedSpec(path, problem);
    }
    let place: LoadedSource['locate'] = () => undefined;
    const spec = loadSpec(this.#host, file, priority, (locate) => {
      place = locate;
    });
    this.#loaded.set(path, { file, spec, locate: place });
    return spec;
  };
}

function listPlaces({ devices }: Spec): ReadonlyMap<string, number> {
  const places = new Map<string, number>();
  for (const { name } of devices) places.set(name, places.size);
  return places;
}

function makeUntrustedSpec(path: string, why: string): CdiError {
  return new CdiError('UNTRUSTED', { what: `trust spec ${quote(path)}`, path, why, hint: FIX_TRUST });
}
