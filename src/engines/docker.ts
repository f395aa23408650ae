// Docker: the runtimes of daemon.json.
import { getDaemonFile, readDaemonJson } from './daemon-json.ts';
import { dockerCdi } from './docker-cdi.ts';
import { editJson, type JsonEdit } from './edit-json.ts';
import type { DefaultRuntime, Engine, EngineConfig, NamedRuntime, NewTexts, WireOptions, Wiring } from './engine.ts';
import { findFormerDefault } from './former-default.ts';
import { getJson, isObject, type JsonObject, readJson } from './json-file.ts';
import { findRealRuntime, isOurs } from './pinned-link.ts';
import { isRuncShim, RUNC_SHIM } from './runc-shim.ts';

const BUILT_IN = 'runc';

export const docker: Engine = {
  id: 'docker',
  annotationAuthors: () => ['caller'],
  files: { main: '/etc/docker/daemon.json' },
  patterns: (config) => [config.files.main],
  read,
  wire,
  unwire,
  nativeCdi: dockerCdi,
  reload: () => ({
    by: 'signal',
    signal: 'SIGHUP',
    process: 'dockerd',
    command: ['systemctl', 'reload', 'docker.service'],
  }),
  check: ({ files }) => ({ command: ['dockerd', '--validate', '--config-file', files.main], env: {} }),
};

function read(config: EngineConfig): Wiring {
  const file = config.files.main;
  const object = readDaemonJson(config);
  const runtimes = Object.entries(readRuntimes(object)).map(([name, entry]): NamedRuntime => {
    const path = readBinary(entry);
    return { name, path, file, ours: isOurs(path) };
  });
  return { runtimes, defaultRuntime: findDefault(object), warnings: [] };
}

function findDefault(object: JsonObject): DefaultRuntime {
  const written = object['default-runtime'];
  const name = typeof written === 'string' && written !== '' ? written : undefined;
  const entry = name === undefined ? undefined : getJson(object, ['runtimes', name]);
  const path = readBinary(entry);
  const real = path === undefined ? undefined : findRealRuntime(path);
  return { name, path, ours: isOurs(path), candidates: [real ?? BUILT_IN] };
}

/** What the runc shim of containerd is told to run; undefined for the runtimes of other shims. */
function readBinary(entry: unknown): string | undefined {
  if (!isObject(entry)) return undefined;
  const type = entry['runtimeType'];
  const isTyped = typeof type === 'string' && type !== '';
  const path = isTyped ? isRuncShim(type) && getJson(entry, ['options', 'BinaryName']) : entry['path'];
  return typeof path === 'string' && path !== '' ? path : undefined;
}

function wire(config: EngineConfig, { runtimeName, path, setDefault }: WireOptions): NewTexts {
  const object = readDaemonJson(config);
  const known = getJson(object, ['runtimes', runtimeName]);
  const edits: JsonEdit[] = [];
  if (known !== undefined) {
    const at = getJson(object, ['runtimes', runtimeName, 'path']) === undefined ? ['options', 'BinaryName'] : ['path'];
    edits.push({ path: ['runtimes', runtimeName, ...at], value: path });
  } else {
    const entry = copyEntry(getJson(object, ['runtimes', findDefault(object).name ?? BUILT_IN]), path);
    edits.push(
      isObject(object['runtimes'])
        ? { path: ['runtimes', runtimeName], value: entry }
        : { path: ['runtimes'], value: { [runtimeName]: entry } },
    );
  }
  if (setDefault) edits.push({ path: ['default-runtime'], value: runtimeName });
  return new Map([[config.files.main, editJson(getDaemonFile(config), edits)]]);
}

/** An entry that runs containers as the present default runtime does: its arguments and options with another binary. */
function copyEntry(present: unknown, path: string): JsonObject {
  const { runtimeType, options, runtimeArgs } = isObject(present) ? present : {};
  if (typeof runtimeType === 'string' && isRuncShim(runtimeType)) {
    return { runtimeType: RUNC_SHIM, options: { ...(isObject(options) ? options : {}), BinaryName: path } };
  }
  const args = runtimeType === undefined ? runtimeArgs : undefined;
  return Array.isArray(args) && args.length > 0 ? { path, runtimeArgs: args } : { path };
}

function unwire(config: EngineConfig, runtimeName: string, originals: NewTexts): NewTexts {
  const file = config.files.main;
  const object = readDaemonJson(config);
  const edits: JsonEdit[] = [];
  if (object['default-runtime'] === runtimeName) {
    const value = findFormerDefault(read(config), file, originals, BUILT_IN, (text) => {
      return findDefault(readJson({ path: file, text }).object).name;
    });
    edits.push({ path: ['default-runtime'], value });
  }
  const original = originals.get(file);
  const had = original !== undefined && isObject(readJson({ path: file, text: original }).object['runtimes']);
  const others = Object.keys(readRuntimes(object)).filter((name) => name !== runtimeName);
  edits.push({ path: had || others.length > 0 ? ['runtimes', runtimeName] : ['runtimes'], value: undefined });
  const text = editJson(getDaemonFile(config), edits);
  const wasMissing = originals.has(file) && original === undefined;
  const isEmpty = Object.keys(readJson({ path: file, text }).object).length === 0;
  return new Map([[file, wasMissing && isEmpty ? undefined : text]]);
}

function readRuntimes(object: JsonObject): JsonObject {
  const runtimes = object['runtimes'];
  return isObject(runtimes) ? runtimes : {};
}
