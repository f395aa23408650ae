// Podman: a drop-in beside containers.conf with a runtime of ours, and the lists of what runtimes can do.
import { collectEntries, editDropIn, findLastString, getDropInFile, type ReadFile, readInOrder } from './drop-in.ts';
import type { TomlEdit } from './edit-toml.ts';
import type {
  AnnotationAuthor,
  DefaultRuntime,
  Engine,
  EngineConfig,
  NamedRuntime,
  NewTexts,
  WireOptions,
  Wiring,
} from './engine.ts';
import { isAtLeast } from './engine-version.ts';
import { getFolder } from './file-pattern.ts';
import { findRealRuntime, isOurs } from './pinned-link.ts';
import { makePodmanCdi } from './podman-cdi.ts';
import { addListed, isListed, removeListed } from './podman-list.ts';
import { isOurFile } from './toml-block.ts';
import { getString, getTable, parseToml, readToml, type TomlTable, type TomlValue } from './toml-file.ts';

const SYSTEM = [
  '/usr/share/containers/containers.conf',
  '/etc/containers/containers.conf',
  '/etc/containers/containers.conf.d/*.conf',
];
const RUNTIMES = ['engine', 'runtimes'];
const DEFAULT = ['engine', 'runtime'];

export const podman: Engine = {
  id: 'podman',
  annotationAuthors: listAnnotationAuthors,
  files: {
    main: '/etc/containers/containers.conf',
    dropIn: '/etc/containers/containers.conf.d/99-cdi-runtime.conf',
  },
  patterns: listPatterns,
  read,
  wire,
  unwire,
  nativeCdi: makePodmanCdi(listPatterns),
  // Each command of Podman reads its files again.
  reload: () => ({ by: 'nothing' }),
  check: ({ files }) => ({
    command: ['podman', '--version'],
    env: { CONTAINERS_CONF_OVERRIDE: files.dropIn ?? files.main },
  }),
};

/** Until 4.5.1 it has copied those of an image's manifest. A pod's author is who wrote the file for `kube play`. */
function listAnnotationAuthors(version: string | undefined): readonly AnnotationAuthor[] {
  const copies = isAtLeast(version, 4, 5, 1) === false;
  return ['caller', 'pod', 'checkpoint', ...(copies ? (['image'] as const) : [])];
}

/** Files of a user come after those of the system. */
function listPatterns({ files }: EngineConfig): readonly string[] {
  const own = [files.main, ...(files.dropIn === undefined ? [] : [`${getFolder(files.dropIn)}/*.conf`])];
  return [...SYSTEM.filter((pattern) => !own.includes(pattern)), ...own];
}

function read(config: EngineConfig): Wiring {
  const files = readInOrder(config, listPatterns(config));
  const runtimes = [...collectEntries(files, RUNTIMES)].map(([name, { value, file }]): NamedRuntime => {
    const path = readFirstPath(value);
    return { name, path, file, ours: isOurs(path) };
  });
  return { runtimes, defaultRuntime: findDefault(files), warnings: [] };
}

/** Of the paths that Podman tries, the first. */
function readFirstPath(paths: TomlValue | undefined): string | undefined {
  const path = Array.isArray(paths) ? paths[0] : undefined;
  return typeof path === 'string' ? path : undefined;
}

/** Where no file names one, Podman takes crun, and runc where there is no crun. */
function findDefault(files: readonly ReadFile[]): DefaultRuntime {
  const name = findLastString(files, DEFAULT);
  if (name === undefined) return { name, path: undefined, ours: false, candidates: ['crun', 'runc'] };
  const path = name.startsWith('/') ? name : readFirstPath(collectEntries(files, RUNTIMES).get(name)?.value);
  const real = findRealRuntime(path ?? name);
  return {
    name,
    path,
    ours: isOurs(path),
    candidates: real === undefined ? ['crun', 'runc'] : [real],
  };
}

function wire(config: EngineConfig, { runtimeName, path, setDefault }: WireOptions): NewTexts {
  const file = getDropInFile(config);
  const files = readInOrder(config, listPatterns(config));
  const engine: TomlTable = { ...(setDefault ? { runtime: runtimeName } : {}) };
  engine['runtime_supports_json'] = addListed(files, file.path, 'runtime_supports_json', runtimeName, config.version);
  const real = findRealRuntime(path);
  if (real !== undefined && isListed(files, 'runtime_supports_nocgroup', real)) {
    engine['runtime_supports_nocgroup'] = addListed(
      files,
      file.path,
      'runtime_supports_nocgroup',
      runtimeName,
      config.version,
    );
  }
  engine['runtimes'] = { [runtimeName]: [path] };
  return new Map([[file.path, editDropIn(config, [{ path: ['engine'], value: engine }])]]);
}

function unwire(config: EngineConfig, runtimeName: string, originals: NewTexts): NewTexts {
  const file = getDropInFile(config);
  const table = readToml(file);
  const isLast = Object.keys(getTable(table, RUNTIMES) ?? {}).every((name) => name === runtimeName);
  const edits: TomlEdit[] = [{ path: [...RUNTIMES, runtimeName], value: undefined }];
  for (const key of ['runtime_supports_json', 'runtime_supports_nocgroup']) {
    edits.push({
      path: ['engine', key],
      value: isLast && isOurFile(file.text) ? undefined : removeListed(table, key, runtimeName),
    });
  }
  if (getString(table, DEFAULT) === runtimeName) {
    const original = originals.get(file.path);
    const before = original === undefined ? undefined : getString(parseToml(original), DEFAULT);
    edits.push({ path: DEFAULT, value: before === runtimeName ? undefined : before });
  }
  return new Map([[file.path, editDropIn(config, edits)]]);
}
