// CRI-O: a drop-in beside crio.conf with a runtime handler of ours.
import {
  collectEntries,
  editDropIn,
  findLastString,
  getDropInFile,
  type ReadFile,
  readInOrder,
  restoreDropIn,
} from './drop-in.ts';
import type { TomlEdit } from './edit-toml.ts';
import type {
  DefaultRuntime,
  Engine,
  EngineCheck,
  EngineConfig,
  NamedRuntime,
  NativeCdi,
  NativeCdiSwitch,
  NewTexts,
  Reload,
  WireOptions,
  Wiring,
} from './engine.ts';
import { isAtLeast } from './engine-version.ts';
import { getFolder } from './file-pattern.ts';
import { addDirectories, findUnread, makeMissing, makeOff, makeOn, USUAL_DIRECTORIES } from './native-cdi.ts';
import { findRealRuntime, isOurs } from './pinned-link.ts';
import {
  getString,
  getStrings,
  getTable,
  getToml,
  isTable,
  parseToml,
  readToml,
  type TomlTable,
  type TomlValue,
} from './toml-file.ts';

const RUNTIMES = ['crio', 'runtime', 'runtimes'];
const DEFAULT = ['crio', 'runtime', 'default_runtime'];
const SPEC_DIRS = ['crio', 'runtime', 'cdi_spec_dirs'];

/**
 * A signal is not enough: its status tells of a new runtime then, but its server goes on with the list of its start.
 * Containers live on under their monitors.
 */
const RESTART: Reload = { by: 'restart', process: 'crio', command: ['systemctl', 'restart', 'crio.service'] };

const crioCdi: NativeCdiSwitch = {
  read: readCdi,
  reload: () => RESTART,
  wire: (config, specDirs) => {
    const { specDirs: present } = readCdi(config);
    if (findUnread(present, specDirs).length === 0) return new Map();
    const value = [...addDirectories(present, specDirs)];
    return new Map([[getDropInFile(config).path, editDropIn(config, [{ path: SPEC_DIRS, value }])]]);
  },
  unwire: (config, originals) => restoreDropIn(config, originals, [SPEC_DIRS]),
};

export const crio: Engine = {
  id: 'crio',
  annotationAuthors: () => ['cluster', 'pod', 'checkpoint'],
  files: { main: '/etc/crio/crio.conf', dropIn: '/etc/crio/crio.conf.d/99-cdi-runtime.conf' },
  patterns: listPatterns,
  read,
  wire,
  unwire,
  nativeCdi: crioCdi,
  reload: () => RESTART,
  check,
};

/** CRI-O walks the whole folder and takes every file in it. */
function listPatterns({ files }: EngineConfig): readonly string[] {
  return [files.main, ...(files.dropIn === undefined ? [] : [`${getFolder(files.dropIn)}/**`])];
}

/** A main file that is named must be there; CRI-O does without its usual one. */
function check({ files, texts }: EngineConfig): EngineCheck {
  const main = texts.has(files.main) ? ['--config', files.main] : [];
  const folder = files.dropIn === undefined ? [] : ['--config-dir', getFolder(files.dropIn)];
  return { command: ['crio', ...main, ...folder, 'config'], env: {} };
}

function read(config: EngineConfig): Wiring {
  const files = readInOrder(config, listPatterns(config));
  const runtimes = [...collectEntries(files, RUNTIMES)].map(([name, { value, file }]): NamedRuntime => {
    const path = readPath(value);
    return { name, path, file, ours: isOurs(path) };
  });
  return { runtimes, defaultRuntime: findDefault(files, config.version), warnings: [] };
}

function readPath(handler: TomlValue | undefined): string | undefined {
  return isTable(handler) ? getString(handler, ['runtime_path']) || undefined : undefined;
}

function findDefault(files: readonly ReadFile[], version: string | undefined): DefaultRuntime {
  const name = findLastString(files, DEFAULT);
  if (name === undefined) return { name, path: undefined, ours: false, candidates: listBuiltIn(version) };
  const handler = collectEntries(files, RUNTIMES).get(name)?.value;
  const path = readPath(handler);
  // Without a path CRI-O looks the handler's name up in PATH. Those of other types are no OCI runtimes.
  const real = isOci(handler) ? findRealRuntime(path ?? name) : undefined;
  return { name, path, ours: isOurs(path), candidates: real === undefined ? listBuiltIn(version) : [real] };
}

function isOci(handler: TomlValue | undefined): boolean {
  return !isTable(handler) || ['oci', '', undefined].includes(getString(handler, ['runtime_type']));
}

/** crun since 1.31, runc before. Without a version the newer answer comes first, and what the host lacks is out. */
function listBuiltIn(version: string | undefined): readonly string[] {
  if (isAtLeast(version, 1, 31) === undefined) return ['crun', 'runc'];
  return isAtLeast(version, 1, 31) ? ['crun'] : ['runc'];
}

function wire(config: EngineConfig, { runtimeName, path, setDefault }: WireOptions): NewTexts {
  const files = readInOrder(config, listPatterns(config));
  const known = getTable(readToml(getDropInFile(config)), [...RUNTIMES, runtimeName]);
  const handler = known === undefined ? copyDefaultHandler(config, files, path) : { runtime_path: path };
  const edits: TomlEdit[] = [];
  if (setDefault) edits.push({ path: DEFAULT, value: runtimeName });
  edits.push({ path: [...RUNTIMES, runtimeName], value: handler });
  return new Map([[getDropInFile(config).path, editDropIn(config, edits)]]);
}

/** A handler that treats containers as the present default does, through another binary: also by what no file says. */
function copyDefaultHandler({ effective = '' }: EngineConfig, files: readonly ReadFile[], path: string): TomlTable {
  const lines = effective.split('\n').map((line) => line.replace(/^# /, '').trim());
  const told = /^default_runtime = "(.+)"$/m.exec(lines.join('\n'))?.[1];
  const name = findLastString(files, DEFAULT) ?? told ?? findRealRuntime(path) ?? '';
  const present = collectEntries(files, RUNTIMES).get(name)?.value ?? {};
  const settings = isTable(present) && isOci(present) ? { ...readTold(lines, name), ...present } : {};
  const taken = Object.entries(settings).filter(([key, value]) => !OWN.includes(key) && !isBlank(value));
  return { runtime_path: path, runtime_type: 'oci', ...Object.fromEntries(taken) };
}

/**
 * The table of a handler in what CRI-O tells of itself: TOML, in which `crio config` has put `# ` before all that is as
 * it is anyway, and before its prose.
 */
function readTold(lines: readonly string[], name: string): TomlTable {
  const begin = lines.indexOf(`[crio.runtime.runtimes.${name}]`) + 1;
  const end = lines.findIndex((line, place) => place >= begin && !/^(?:[a-z_]+ = .*|".*",|\]|#?)$/.test(line));
  return begin === 0 ? {} : parseToml(lines.slice(begin, end === -1 ? undefined : end).join('\n'));
}

/** What a new handler has without being told. */
function isBlank(value: TomlValue): boolean {
  return value === '' || value === false || (Array.isArray(value) && value.length === 0);
}

/** What says which binary runs: ours to say. */
const OWN = [
  'runtime_path',
  'runtime_type',
  'runtime_config_path',
  'platform_runtime_paths',
  'inherit_default_runtime',
];

function unwire(config: EngineConfig, runtimeName: string, originals: NewTexts): NewTexts {
  const file = getDropInFile(config);
  const edits: TomlEdit[] = [{ path: [...RUNTIMES, runtimeName], value: undefined }];
  if (getString(readToml(file), DEFAULT) === runtimeName) {
    const original = originals.get(file.path);
    const before = original === undefined ? undefined : getString(parseToml(original), DEFAULT);
    edits.push({ path: DEFAULT, value: before === runtimeName ? undefined : before });
  }
  return new Map([[file.path, editDropIn(config, edits)]]);
}

function readCdi(config: EngineConfig): NativeCdi {
  const { version } = config;
  if (isAtLeast(version, 1, 24) === false) return makeMissing(`CRI-O ${version} has no CDI, which came with 1.24`);
  const files = readInOrder(config, listPatterns(config));
  const last = files.findLast(({ table }) => getToml(table, SPEC_DIRS) !== undefined);
  const directories = last === undefined ? USUAL_DIRECTORIES : getStrings(last.table, SPEC_DIRS);
  if (directories.length === 0) return makeOff([], 'cdi_spec_dirs names no directory');
  return makeOn(directories, 'CRI-O has it on');
}
