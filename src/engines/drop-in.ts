// Engines whose files are read one after the other, ours among the last: CRI-O and Podman.
import { editToml, type TomlEdit } from './edit-toml.ts';
import type { EngineConfig, NewTexts } from './engine.ts';
import { filterPaths } from './file-pattern.ts';
import { OUR_HEAD } from './toml-block.ts';
import {
  getString,
  getTable,
  getToml,
  parseToml,
  readToml,
  type TextFile,
  type TomlTable,
  type TomlValue,
} from './toml-file.ts';

export interface ReadFile extends TextFile {
  readonly table: TomlTable;
}

/** The files that fit the patterns, pattern by pattern, each once. @throws {CdiError} BAD_ENGINE_CONFIG */
export function readInOrder(config: EngineConfig, patterns: readonly string[]): ReadFile[] {
  const paths = new Set(patterns.flatMap((pattern) => filterPaths(config.texts.keys(), pattern)));
  return [...paths].map((path) => {
    const text = config.texts.get(path) ?? '';
    return { path, text, table: readToml({ path, text }) };
  });
}

/** The entries of a table in all files: of each name the value of the last file that has it, which replaces the earlier ones. */
export function collectEntries(
  files: readonly ReadFile[],
  path: readonly string[],
): ReadonlyMap<string, { readonly value: TomlValue; readonly file: string }> {
  const entries = files.flatMap(({ path: file, table }) =>
    Object.entries(getTable(table, path) ?? {}).map(([name, value]) => [name, { value, file }] as const),
  );
  return new Map(entries);
}

/** The string that the last file which has it says; undefined for an empty one too. */
export function findLastString(files: readonly ReadFile[], path: readonly string[]): string | undefined {
  const last = files.map(({ table }) => getString(table, path)).findLast((value) => value !== undefined);
  return last || undefined;
}

/** Our file as it is, or as it begins. */
export function getDropInFile(config: EngineConfig): TextFile {
  const path = config.files.dropIn ?? config.files.main;
  return { path, text: config.texts.get(path) ?? OUR_HEAD };
}

/** Edits our file; undefined where nothing but comments would be left of it. */
export function editDropIn(config: EngineConfig, edits: readonly TomlEdit[]): string | undefined {
  const file = getDropInFile(config);
  const text = editToml(file, edits);
  return Object.keys(parseToml(text)).length === 0 ? undefined : text;
}

/** Makes keys of our file say what they said before; `originals` as for `NativeCdiSwitch.unwire`. */
export function restoreDropIn(
  config: EngineConfig,
  originals: NewTexts,
  keys: readonly (readonly string[])[],
): NewTexts {
  const { path } = getDropInFile(config);
  if (!originals.has(path)) return new Map();
  const before = parseToml(originals.get(path) ?? '');
  return new Map([
    [
      path,
      editDropIn(
        config,
        keys.map((key) => ({ path: key, value: getToml(before, key) })),
      ),
    ],
  ]);
}
