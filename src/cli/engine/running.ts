// Whether the engine that runs now knows our runtime: asked of it where it answers, else told by when it was started.
import { statSync } from 'node:fs';
import { request } from 'node:http';
import type { EngineConfig, EngineId } from '../../engines/engine.ts';
import { getJson, parseObject } from '../../engines/json-file.ts';
import { getString, parseToml, type TomlTable } from '../../engines/toml-file.ts';
import type { SpecHost } from '../../host/host.ts';
import { resolveInRoot } from '../files/host-root.ts';
import type { EnginePlace } from './place.ts';
import { findEngineProcess, findOptions } from './process.ts';

/** `unknown`: it was not to be found out. */
export type Running = 'yes' | 'no' | 'stopped' | 'unknown';

/** What the files say. */
export interface WantedRuntime {
  readonly name: string;
  /** undefined: the runtime is not to be there */
  readonly path: string | undefined;
  readonly isDefault: boolean;
  /** milliseconds since 1970 at which the files last changed */
  readonly since: number;
}

const LONGEST_MS = 3000;

/** Whether what runs is as the files want it. */
export async function isRunning(
  host: SpecHost,
  place: EnginePlace,
  config: EngineConfig,
  wanted: WantedRuntime,
): Promise<Running> {
  const { engine, root } = place;
  if (engine.reload(config).by === 'nothing') return 'yes';
  const process = findEngineProcess(place);
  if (process === undefined && root === '') return 'stopped';
  const query = QUERIES[engine.id];
  if (query === undefined) {
    return process === undefined ? 'unknown' : process.started > wanted.since ? 'yes' : 'no';
  }
  const { sockets, path, read } = query;
  const paths = sockets(host, config, process?.args ?? []).map((socket) => resolveInRoot(root, socket));
  const known = read(await fetchFirst(paths, path), wanted.name);
  if (known === undefined) return 'unknown';
  return known.path === wanted.path && (known.isDefault || !wanted.isDefault) ? 'yes' : 'no';
}

/** milliseconds since 1970 at which one of the files of this host was put in its place */
export function findLastChange({ texts }: EngineConfig): number {
  return Math.max(0, ...[...texts.keys()].map((path) => statSync(resolveInRoot('', path)).ctimeMs));
}

/** How a daemon is asked over its own socket. */
interface DaemonQuery {
  /** where it may listen, best first */
  sockets(host: SpecHost, config: EngineConfig, args: readonly string[]): readonly string[];
  readonly path: string;
  /** what it says of a runtime; undefined where it says nothing */
  read(
    answer: string | undefined,
    name: string,
  ): { readonly path: string | undefined; readonly isDefault: boolean } | undefined;
}

const DOCKER: DaemonQuery = {
  // as it was started, as its file says, or the usual one
  sockets: (host, { texts, files }, args) => {
    const hosts = getJson(parseObject(texts.get(files.main) ?? '') ?? {}, ['hosts']);
    const named = [...findOptions(args, ['-H', '--host']), ...(Array.isArray(hosts) ? hosts.map(String) : [])];
    const sockets = named.flatMap((url) => (url.startsWith('unix://') ? [url.slice('unix://'.length)] : []));
    const own = host.environment('XDG_RUNTIME_DIR');
    const usual = host.ids().uid === 0 || own === undefined ? '/var/run/docker.sock' : `${own}/docker.sock`;
    return sockets.length > 0 ? sockets : [usual];
  },
  path: '/info',
  read: (answer, name) => {
    const info = parseObject(answer ?? '');
    if (info === undefined) return undefined;
    const at = (...keys: string[]): unknown => getJson(info, ['Runtimes', name, ...keys]);
    const path = at('path') ?? at('options', 'BinaryName');
    return { path: path === undefined ? undefined : String(path), isDefault: info['DefaultRuntime'] === name };
  },
};

const CRIO: DaemonQuery = {
  sockets: (_host, { texts }, args) => {
    const named = [...texts.values()].flatMap((text) => getString(parseToml(text), ['crio', 'api', 'listen']) ?? []);
    const [socket] = [...findOptions(args, ['--listen']), ...named.toReversed(), '/var/run/crio/crio.sock'];
    return socket === undefined ? [] : [socket];
  },
  path: '/config',
  read: (answer, name) => {
    const table = answer === undefined ? undefined : tryParseToml(answer);
    if (table === undefined) return undefined;
    const path = getString(table, ['crio', 'runtime', 'runtimes', name, 'runtime_path']);
    return { path, isDefault: getString(table, ['crio', 'runtime', 'default_runtime']) === name };
  },
};

/** Undefined for those that do not say which runtimes they know. */
const QUERIES: { readonly [id in EngineId]: DaemonQuery | undefined } = {
  docker: DOCKER,
  containerd: undefined,
  crio: CRIO,
  podman: undefined,
};

/** What the first socket answers that answers at all. */
async function fetchFirst(sockets: readonly string[], path: string): Promise<string | undefined> {
  for (const socketPath of sockets) {
    const text = await fetchText(socketPath, path);
    if (text !== undefined) return text;
  }
  return undefined;
}

function fetchText(socketPath: string, path: string): Promise<string | undefined> {
  return new Promise((resolve) => {
    const sent = request({ socketPath, path, timeout: LONGEST_MS }, (response) => {
      const parts: Buffer[] = [];
      response.on('data', (part: Buffer) => parts.push(part));
      response.on('error', () => resolve(undefined));
      response.on('end', () => resolve(response.statusCode === 200 ? Buffer.concat(parts).toString() : undefined));
    });
    sent.on('timeout', () => sent.destroy());
    sent.on('error', () => resolve(undefined));
    sent.end();
  });
}

function tryParseToml(text: string): TomlTable | undefined {
  try {
    return parseToml(text);
  } catch {
    return undefined;
  }
}
