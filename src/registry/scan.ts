// The spec directories, once through: which specs there are, and what is wrong with the others.
import { type Failure, type Host, isFailure } from '../host/host.ts';
import { CdiError } from '../text/error.ts';
import { cleanPath } from '../text/path.ts';
import { quote } from '../text/quote.ts';
import { loadSpec, makeReadError, readSpecFile, type SpecFile } from './spec-file.ts';

export interface ScanLimits {
  /** bytes of one spec file */
  readonly spec: number;
  /** spec files in all directories */
  readonly specs: number;
}

export interface Scan {
  /** in order: by directory, then by the bytes of the name */
  readonly specs: readonly SpecFile[];
  /** what is wrong, by path */
  readonly errors: ReadonlyMap<string, CdiError>;
  /** the directory that ended the scan, and the errno name why; later directories were not looked at */
  readonly stopped: { readonly directory: string; readonly errno: string } | undefined;
  /** directories that are not there */
  readonly missing: readonly string[];
}

/** Characters by which YAML and JSON could spell a kind differently from how it reads. */
const OTHER_SPELLINGS = '\\!&*';

/** The spec files of a directory that are to be loaded, and how many it has in all. */
interface Listing {
  readonly count: number;
  /** by their bytes */
  readonly names: readonly string[];
}

/** How a scan goes about its directories and files. */
export interface ScanWay {
  list(directory: string): Listing | Failure;
  /** undefined for a file that does not matter; throws a CdiError for one that is in error */
  load(path: string, priority: number): SpecFile | undefined;
}

/**
 * Loads the specs of all directories, in order of rising priority. A directory that is missing is skipped, one
 * that cannot be read ends the scan (corpus NOTES 28 to 33).
 */
export function scanSpecs(directories: readonly string[], limits: ScanLimits, way: ScanWay): Scan {
  const specs: SpecFile[] = [];
  const errors = new Map<string, CdiError>();
  const missing: string[] = [];
  let count = 0;
  for (const [priority, directory] of directories.entries()) {
    const listing = way.list(directory);
    if (isFailure(listing)) {
      if (listing.errno !== 'ENOENT') return { specs, errors, stopped: { directory, errno: listing.errno }, missing };
      missing.push(directory);
      continue;
    }
    count += listing.count;
    if (count > limits.specs) throw makeLimitError(directory, limits.specs);
    const parent = cleanPath(directory);
    for (const name of listing.names) {
      const path = parent === '/' ? `/${name}` : `${parent}/${name}`;
      try {
        const spec = way.load(path, priority);
        if (spec !== undefined) specs.push(spec);
      } catch (error) {
        if (!(error instanceof CdiError)) throw error;
        errors.set(path, error);
      }
    }
  }
  return { specs, errors, stopped: undefined, missing };
}

export function isSpecName(name: string): boolean {
  return name.endsWith('.yaml') || name.endsWith('.json');
}

/** The names of all spec files in a directory. */
export function listSpecs(host: Host, directory: string): Listing | Failure {
  const entries = host.listDirectory(directory);
  if (isFailure(entries)) return entries;
  const files = entries.filter(({ name, directory: isDirectory }) => {
    return !isDirectory && isSpecName(name);
  });
  return { count: files.length, names: files.map((file) => file.name) };
}

/** Loads every file. */
export function planFullScan(host: Host, limits: ScanLimits): ScanWay {
  return {
    list: (directory) => listSpecs(host, directory),
    load: (path, priority) => loadSpec(host, readSpecFile(host, path, limits.spec), priority),
  };
}

/** Loads only the files that may define a device of one of these kinds; the others are read, not parsed. */
export function planScanOfKinds(host: Host, limits: ScanLimits, kinds: readonly string[]): ScanWay {
  return { ...planFullScan(host, limits), list: (directory) => listMentioning(host, directory, limits, kinds) };
}

/** The spec files in a directory that may mention one of the words, and those that cannot be read. */
export function listMentioning(
  host: Host,
  directory: string,
  limits: ScanLimits,
  words: readonly string[],
): Listing | Failure {
  if (host.namesMentioning !== undefined) {
    return host.namesMentioning(directory, limits.spec, words, OTHER_SPELLINGS);
  }
  const listing = listSpecs(host, directory);
  if (isFailure(listing)) return listing;
  const names = listing.names.filter((name) => {
    const file = host.readFile(`${directory}/${name}`, limits.spec);
    return isFailure(file) || host.mentions(file, words, OTHER_SPELLINGS);
  });
  return { count: listing.count, names };
}

export function makeLimitError(directory: string, limit: number): CdiError {
  return new CdiError('CANNOT_READ', {
    what: `scan spec directory ${quote(directory)}`,
    path: directory,
    why: `there are more than ${limit} spec files`,
    hint: 'remove those that are not needed, or raise limits.specs of the settings',
  });
}

/** In plain words, what ended a scan. */
export function explainStop({ directory, errno }: { readonly directory: string; readonly errno: string }): string {
  return `spec directory ${quote(directory)} ended the search: ${makeReadError(errno === 'ENOTDIR' ? 'EFTYPE' : errno, 0).replace('regular file', 'folder')}`;
}
