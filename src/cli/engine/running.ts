// Whether the engine that runs now knows our runtime: asked of it where it answers, else told by when it was started.
import { statSync } from 'node:fs';
import type { EngineConfig, EngineId } from '../../engines/engine.ts';
import { getJson, parseObject } from '../../engines/json-file.ts';
import type { SpecHost } from '../../host/host.ts';
import { resolveInRoot } from '../files/host-root.ts';
import { fetchFirst } from './fetch-first.ts';
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

/** milliseconds since 1970 at which one of the files was put in its place */
export function findLastChange({ texts }: EngineConfig, root = ''): number {
  return Math.max(0, ...[...texts.keys()].map((path) => statSync(resolveInRoot(root, path)).ctimeMs));
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

/** Undefined for those that do not say which runtimes they run with: CRI-O tells of files that it has read for nothing. */
const QUERIES: { readonly [id in EngineId]: DaemonQuery | undefined } = {
  docker: DOCKER,
  containerd: undefined,
  crio: undefined,
  podman: undefined,
};
