// Our runtime into containerd's files and out of them: which file it goes to, and what has to be there beside it.
import { CdiError } from '../text/error.ts';
import { quote } from '../text/quote.ts';
import {
  type ContainerdConfig,
  chooseFormat,
  type LoadedFile,
  loadContainerd,
  readImports,
} from './containerd-config.ts';
import {
  BUILT_IN,
  findOldDefault,
  makeBuiltInRuntime,
  makeOurRuntime,
  makeRuntimeKeys,
  readBinary,
} from './containerd-runtime.ts';
import { readWiring } from './containerd-wiring.ts';
import { editToml, isSetByUs, type TomlEdit } from './edit-toml.ts';
import type { EngineConfig, NewTexts, WireOptions } from './engine.ts';
import { isAtLeast } from './engine-version.ts';
import { filterPaths, getBaseName, getFolder } from './file-pattern.ts';
import { findFormerDefault } from './former-default.ts';
import { isOurs } from './pinned-link.ts';
import { isOurFile, OUR_HEAD } from './toml-block.ts';
import { getString, getTable, getToml, parseToml, type TextFile, type TomlTable } from './toml-file.ts';

const DROP_IN = '99-cdi-runtime.toml';
const DEFAULT_NAME = ['containerd', 'default_runtime_name'];

export function wireContainerd(config: EngineConfig, options: WireOptions): NewTexts {
  const loaded = loadContainerd(config);
  refuse(config, loaded, options);
  const file = chooseFile(config, loaded, options.runtimeName);
  const edits = [...planVersion(config, loaded, file), ...planRuntime(loaded, options)];
  return new Map([[file.path, editToml(file, edits)]]);
}

/** Sets keys of the CRI plugin. */
export function editCri(config: EngineConfig, table: TomlTable): NewTexts {
  const loaded = loadContainerd(config);
  refuseOldFormat(config, loaded);
  const file = chooseFile(config, loaded, undefined);
  const values = Object.entries(table).map(([key, value]) => ({ path: [...loaded.cri, key], value }));
  return new Map([[file.path, editToml(file, [...planVersion(config, loaded, file), ...values])]]);
}

/** Makes keys of the CRI plugin say what they said before, in the files that are among the originals. */
export function restoreCri(config: EngineConfig, originals: NewTexts, keys: readonly string[]): NewTexts {
  const { cri, files } = loadContainerd(config);
  return new Map(
    files
      .filter(({ path }) => originals.has(path))
      .map((file): [string, string | undefined] => {
        const before = parseToml(originals.get(file.path) ?? '');
        const edits = keys.map((key) => ({ path: [...cri, key], value: getToml(before, [...cri, key]) }));
        const text = dropVersion(file, editToml(file, edits));
        return [file.path, isLeftover(file, text, originals) ? undefined : text];
      }),
  );
}

function refuse(config: EngineConfig, loaded: ContainerdConfig, options: WireOptions): void {
  refuseOldFormat(config, loaded);
  if (options.setDefault && findOldDefault(loaded) !== undefined) {
    throw new CdiError('BAD_ENGINE_CONFIG', {
      what: 'configure containerd',
      path: config.files.main,
      why: 'the deprecated table default_runtime is in use, which wins over default_runtime_name',
      hint: 'make it a runtime of its own, named by default_runtime_name',
    });
  }
}

function refuseOldFormat(config: EngineConfig, loaded: ContainerdConfig): void {
  const subject = { what: 'configure containerd', path: config.files.main };
  if (loaded.formatVersion === 1 && isAtLeast(config.version, 2, 0) && !isAtLeast(config.version, 2, 3)) {
    throw new CdiError('BAD_ENGINE_CONFIG', {
      ...subject,
      why: `${quote(config.files.main)} is of version 1, whose plugin settings containerd 2.0 to 2.2 leave out`,
      hint: 'convert it with containerd config migrate',
    });
  }
}

/** Where our runtime is already, else a drop-in where that is safe, else the file that sets up the CRI plugin. */
function chooseFile(config: EngineConfig, loaded: ContainerdConfig, name: string | undefined): TextFile {
  const { files, cri, merges } = loaded;
  const last = (path: readonly string[]): string | undefined =>
    files.findLast(({ table }) => getTable(table, path) !== undefined)?.path;
  const ours = name === undefined ? undefined : last([...cri, ...makeRuntimeKeys(name)]);
  const path = merges
    ? (ours ?? getDropIn(config, files))
    : // the last file with a table of the plugin is the only one that counts
      last(cri);
  const home = path ?? config.files.main;
  return { path: home, text: config.texts.get(home) ?? OUR_HEAD };
}

/** A file of ours that an import of the main file takes in. */
function getDropIn(config: EngineConfig, files: readonly LoadedFile[]): string | undefined {
  const main = files.find(({ path }) => path === config.files.main);
  const imports = main === undefined ? [] : readImports(main.path, main.table);
  return imports
    .map((pattern) => ({ pattern, path: `${getFolder(pattern)}/${DROP_IN}` }))
    .find(({ pattern, path }) => !path.includes('*') && filterPaths([path], pattern).length > 0)?.path;
}

function isDropIn({ path }: { readonly path: string }): boolean {
  return getBaseName(path) === DROP_IN;
}

/** A blank main file gets a version; a drop-in has that of the main file, since containerd lets the last one hold for all. */
function planVersion(config: EngineConfig, { formatVersion }: ContainerdConfig, file: TextFile): TomlEdit[] {
  const isBlankMain = file.path === config.files.main && formatVersion === undefined;
  if (!isBlankMain && !isDropIn(file)) return [];
  return [{ path: ['version'], value: BigInt(formatVersion ?? chooseFormat(config)) }];
}

function planRuntime(loaded: ContainerdConfig, options: WireOptions): TomlEdit[] {
  const { cri, effective, merges } = loaded;
  const edits: TomlEdit[] = [];
  if (options.setDefault) edits.push({ path: [...cri, ...DEFAULT_NAME], value: options.runtimeName });
  // Up to containerd 1.7 any runtime in a file takes the built-in one away, and without it the CRI plugin does not load.
  if (!merges && getTable(effective, ['containerd', 'runtimes']) === undefined) {
    edits.push({ path: [...cri, ...makeRuntimeKeys(BUILT_IN)], value: makeBuiltInRuntime() });
  }
  edits.push({ path: [...cri, ...makeRuntimeKeys(options.runtimeName)], value: makeOurRuntime(loaded, options) });
  return edits;
}

export function unwireContainerd(config: EngineConfig, runtimeName: string, originals: NewTexts): NewTexts {
  const loaded = loadContainerd(config);
  return new Map(
    loaded.files.map((file): [string, string | undefined] => {
      const text = dropVersion(file, editToml(file, planRemovals(loaded, file, runtimeName, originals)));
      return [file.path, isLeftover(file, text, originals) ? undefined : text];
    }),
  );
}

function planRemovals(loaded: ContainerdConfig, file: LoadedFile, name: string, originals: NewTexts): TomlEdit[] {
  const { cri } = loaded;
  const runtimes = getTable(file.table, [...cri, 'containerd', 'runtimes']) ?? {};
  const path = readBinary(getTable(runtimes, [name]));
  const edits: TomlEdit[] = [];
  if (isOurs(path)) edits.push({ path: [...cri, ...makeRuntimeKeys(name)], value: undefined });
  const builtIn = [...cri, ...makeRuntimeKeys(BUILT_IN)];
  const isLast = Object.keys(runtimes).every((other) => other === name || other === BUILT_IN);
  if (isLast && isSetByUs(file.text, builtIn, makeBuiltInRuntime())) edits.push({ path: builtIn, value: undefined });
  const defaultName = [...cri, ...DEFAULT_NAME];
  if (getString(file.table, defaultName) === name) {
    const isNew = isDropIn(file) || isSetByUs(file.text, defaultName.slice(0, -1), { default_runtime_name: name });
    const former = (): string | undefined =>
      findFormerDefault(readWiring(loaded), file.path, originals, BUILT_IN, (text) =>
        getString(parseToml(text), defaultName),
      );
    const value = isNew ? undefined : former();
    edits.push({ path: defaultName, value });
  }
  return edits;
}

/** A version that we have set goes when nothing is left that it is about. */
function dropVersion({ path }: LoadedFile, text: string): string {
  const { version, ...rest } = parseToml(text);
  const isAlone = version !== undefined && Object.keys(rest).length === 0;
  const goes = isAlone && isSetByUs(text, [], { version });
  return goes ? editToml({ path, text }, [{ path: ['version'], value: undefined }]) : text;
}

/** Whether nothing is left of a file that was not there before. */
function isLeftover(file: TextFile, text: string, originals: NewTexts): boolean {
  const wasMissing = originals.has(file.path) ? originals.get(file.path) === undefined : isOurFile(file.text);
  const keys = Object.keys(parseToml(text));
  return wasMissing && text !== file.text && keys.every((key) => key === 'version');
}
