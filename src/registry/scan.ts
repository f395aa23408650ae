// The spec directories, once through: which specs there are, and what is wrong with the others.
import { type FileContent, failed, type Host } from '../host/host.ts';
import { CdiError } from '../text/error.ts';
import { cleanPath } from '../text/path.ts';
import { quote } from '../text/quote.ts';
import { loadSpec, readFailure, readSpecFile, type SpecFile } from './spec-file.ts';

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

/** Loads one file; undefined for one that does not matter. Throws a CdiError for one that is in error. */
export type Load = (path: string, priority: number) => SpecFile | undefined;

/**
 * Loads the specs of all directories, in order of rising priority. A directory that is missing is skipped, one
 * that cannot be read ends the scan (corpus NOTES 28 to 33).
 */
export function scanSpecs(host: Host, directories: readonly string[], limits: ScanLimits, load: Load): Scan {
  const specs: SpecFile[] = [];
  const errors = new Map<string, CdiError>();
  const missing: string[] = [];
  let read = 0;
  for (const [priority, directory] of directories.entries()) {
    const entries = host.listDirectory(directory);
    if (failed(entries)) {
      if (entries.errno !== 'ENOENT') return { specs, errors, stopped: { directory, errno: entries.errno }, missing };
      missing.push(directory);
      continue;
    }
    const parent = cleanPath(directory);
    for (const { name, directory: isDirectory } of entries) {
      if (isDirectory || !(name.endsWith('.yaml') || name.endsWith('.json'))) continue;
      if (++read > limits.specs) throw tooMany(directory, limits.specs);
      const path = parent === '/' ? `/${name}` : `${parent}/${name}`;
      try {
        const spec = load(path, priority);
        if (spec !== undefined) specs.push(spec);
      } catch (error) {
        if (!(error instanceof CdiError)) throw error;
        errors.set(path, error);
      }
    }
  }
  return { specs, errors, stopped: undefined, missing };
}

/** Loads every file. */
export function loadAll(host: Host, limits: ScanLimits): Load {
  return (path, priority) => loadSpec(host, readSpecFile(host, path, limits.spec), priority);
}

/** Reads every file, and parses only those that may define a device of one of these kinds. */
export function loadKinds(host: Host, limits: ScanLimits, kinds: readonly string[]): Load {
  return (path, priority) => {
    const file = readSpecFile(host, path, limits.spec);
    return mayDefine(host, file, kinds) ? loadSpec(host, file, priority) : undefined;
  };
}

function mayDefine(host: Host, file: FileContent, kinds: readonly string[]): boolean {
  return host.mentions(file, kinds, OTHER_SPELLINGS);
}

function tooMany(directory: string, limit: number): CdiError {
  return new CdiError('CANNOT_READ', {
    what: `scan spec directory ${quote(directory)}`,
    path: directory,
    why: `there are more than ${limit} spec files`,
    hint: 'remove those that are not needed',
  });
}

/** In plain words, what ended a scan. */
export function stopReason({ directory, errno }: { readonly directory: string; readonly errno: string }): string {
  return `spec directory ${quote(directory)} ended the search: ${readFailure(errno === 'ENOTDIR' ? 'EFTYPE' : errno, 0).replace('regular file', 'folder')}`;
}
