// Lists of containers.conf: a later one replaces the earlier, unless it says {append = true}, which then stays in force.
import type { ReadFile } from './drop-in.ts';
import { isAtLeast } from './engine-version.ts';
import { getStrings, getToml, isTable, type TomlTable, type TomlValue } from './toml-file.ts';

/** The documentation writes `runtime_supports_nocgroups`; Podman reads the name without the s. */
export type ListKey = 'runtime_supports_json' | 'runtime_supports_nocgroup';

/** What Podman starts with, before any file; runtimes that a version does not know do no harm. */
const BUILT_IN: { readonly [key in ListKey]: readonly string[] } = {
  runtime_supports_json: ['crun', 'runc', 'kata', 'runsc', 'youki', 'krun', 'ocijail', 'crun-vm'],
  runtime_supports_nocgroup: ['crun', 'krun', 'crun-vm'],
};

/** Whether a name is in the list that all files together make. */
export function isListed(files: readonly ReadFile[], key: ListKey, name: string): boolean {
  return listOf(files, key).includes(name);
}

/**
 * The list for our file with one more name. It appends where that is understood (since Podman 4.8, or because another
 * file does it), so that the list follows Podman's own; else it repeats what the files before it make.
 */
export function addListed(
  files: readonly ReadFile[],
  ours: string,
  key: ListKey,
  name: string,
  version: string | undefined,
): TomlValue {
  const own = files.find(({ path }) => path === ours)?.table;
  const present = own === undefined ? undefined : getToml(own, ['engine', key]);
  if (Array.isArray(present)) return present.includes(name) ? present : insertName(present, name);
  const before = files.filter(({ path }) => path !== ours);
  const appends = isAtLeast(version, 4, 8) ?? files.some(({ table }) => listsName(table).some(hasAttribute));
  return appends ? [name, { append: true }] : [...listOf(before, key), name];
}

/** The list of our file without a name. */
export function removeListed(table: TomlTable, key: string, name: string): TomlValue | undefined {
  const list = getToml(table, ['engine', key]);
  return Array.isArray(list) ? list.filter((item) => item !== name) : undefined;
}

/** Before the attributes, which stand last. */
function insertName(list: readonly TomlValue[], name: string): TomlValue[] {
  const end = list.findIndex((item) => typeof item !== 'string');
  return end === -1 ? [...list, name] : [...list.slice(0, end), name, ...list.slice(end)];
}

function listOf(files: readonly ReadFile[], key: ListKey): readonly string[] {
  return readList(files, key, BUILT_IN[key]);
}

/** What all files together make of a list of the engine's. */
export function readList(files: readonly ReadFile[], key: string, builtIn: readonly string[]): readonly string[] {
  let list = builtIn;
  let appends = false;
  for (const { table } of files) {
    const value = getToml(table, ['engine', key]);
    if (!Array.isArray(value)) continue;
    appends = readAppend(value) ?? appends;
    const names = getStrings(table, ['engine', key]);
    list = appends ? [...list, ...names] : names;
  }
  return list;
}

function listsName(table: TomlTable): TomlValue[] {
  return Object.values(table).flatMap((section) => (isTable(section) ? Object.values(section) : []));
}

function hasAttribute(value: TomlValue): boolean {
  return readAppend(value) !== undefined;
}

/** The value of `append`, where a list has it. */
function readAppend(value: TomlValue | undefined): boolean | undefined {
  if (!Array.isArray(value)) return undefined;
  const appends = value
    .map((item) => (isTable(item) ? item['append'] : undefined))
    .findLast((item) => item !== undefined);
  return typeof appends === 'boolean' ? appends : undefined;
}
