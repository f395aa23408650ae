// containerd's configuration as it loads it: the main file, what it imports, and the table of the CRI plugin.
import { CdiError } from '../text/error.ts';
import { cleanPath } from '../text/path.ts';
import { quote } from '../text/quote.ts';
import type { EngineConfig } from './engine.ts';
import { isAtLeast } from './engine-version.ts';
import { filterPaths, getFolder } from './file-pattern.ts';
import { getStrings, getTable, getToml, mergeToml, readToml, type TomlTable } from './toml-file.ts';

export interface LoadedFile {
  readonly path: string;
  readonly text: string;
  readonly table: TomlTable;
}

export interface ContainerdConfig {
  /** in loading order, the main file first; no entry for a main file that is missing */
  readonly files: readonly LoadedFile[];
  /** of the format; undefined where the main file says nothing at all */
  readonly formatVersion: number | undefined;
  /** path of the CRI plugin's table */
  readonly cri: readonly string[];
  /**
   * What a later file does to the plugins of an earlier one. Up to containerd 1.7 a plugin's table replaces the whole
   * earlier one; since 2.0 they are merged key by key. Formats 3 and 4 exist since 2.0.
   */
  readonly merges: boolean;
  /** what containerd makes of all files for the CRI plugin */
  readonly effective: TomlTable;
}

const CRI_OF_FORMAT: { readonly [version: number]: string } = {
  1: 'cri',
  2: 'io.containerd.grpc.v1.cri',
  3: 'io.containerd.cri.v1.runtime',
  4: 'io.containerd.cri.v1.runtime',
};

/** @throws {CdiError} BAD_ENGINE_CONFIG */
export function loadContainerd(config: EngineConfig): ContainerdConfig {
  const files = loadFiles(config);
  const main = files.find(({ path }) => path === config.files.main);
  const formatVersion = main === undefined ? undefined : formatOf(main);
  const cri = ['plugins', chooseCriKey(formatVersion ?? chooseFormat(config), main?.table ?? {})];
  const merges = (formatVersion ?? 0) >= 3 || isAtLeast(config.version, 2, 0) === true;
  return { files, formatVersion, cri, merges, effective: mergeFiles(files, cri, merges) };
}

/** The main file and, breadth first, what is imported; each once. */
export function loadFiles(config: EngineConfig): readonly LoadedFile[] {
  const files: LoadedFile[] = [];
  const pending = [config.files.main];
  for (let path = pending.shift(); path !== undefined; path = pending.shift()) {
    const text = config.texts.get(path);
    if (text === undefined || files.some((file) => file.path === path)) continue;
    const table = readToml({ path, text });
    files.push({ path, text, table });
    pending.push(...readImports(path, table).flatMap((pattern) => filterPaths(config.texts.keys(), pattern)));
  }
  return files;
}

/** The imports of a file, absolute, as written: paths, or patterns with `*`. */
export function readImports(path: string, table: TomlTable): string[] {
  return getStrings(table, ['imports']).map((item) =>
    cleanPath(item.startsWith('/') ? item : `${getFolder(path)}/${item}`),
  );
}

/** The format for a file that says nothing yet: 2 is read by every containerd since 1.3, also by 2.x. */
export function chooseFormat(config: EngineConfig): number {
  return isAtLeast(config.version, 2, 0) ? 3 : 2;
}

function formatOf(file: LoadedFile): number | undefined {
  if (Object.keys(file.table).length === 0) return undefined;
  const written = getToml(file.table, ['version']);
  const version = written === undefined ? 1 : Number(written);
  if (typeof written !== 'undefined' && (typeof written !== 'bigint' || !(version in CRI_OF_FORMAT))) {
    throw new CdiError('BAD_ENGINE_CONFIG', {
      what: `read ${quote(file.path)}`,
      why: 'its version is none of 1, 2, 3 and 4',
      path: file.path,
      hint: 'use a newer cdictl, or edit the file by hand',
    });
  }
  return version;
}

/** Some files without a version name plugins as newer formats do, and containerd 2 reads them. */
function chooseCriKey(version: number, main: TomlTable): string {
  const plugins = getTable(main, ['plugins']) ?? {};
  const keys = version > 1 ? [] : [3, 2].map((newer) => CRI_OF_FORMAT[newer] ?? '');
  return keys.find((key) => Object.hasOwn(plugins, key)) ?? CRI_OF_FORMAT[version] ?? '';
}

function mergeFiles(files: readonly LoadedFile[], cri: readonly string[], merges: boolean): TomlTable {
  let table: TomlTable = {};
  for (const file of files) {
    const own = getTable(file.table, cri);
    if (own !== undefined) table = merges ? mergeToml(table, own) : own;
  }
  return table;
}
