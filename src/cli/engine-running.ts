// Whether the engine that runs now knows our runtime: asked of it where it answers, else told by when it was started.
import { statSync } from 'node:fs';
import { request } from 'node:http';
import type { EngineConfig } from '../engines/engine.ts';
import { isObject, jsonAt } from '../engines/json-file.ts';
import { parseToml, stringAt } from '../engines/toml-file.ts';
import type { SpecHost } from '../host/host.ts';
import type { EnginePlace } from './engine-place.ts';
import { type EngineProcess, engineProcess, optionsOf } from './engine-process.ts';
import { inRoot } from './host-root.ts';

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
  // each command of Podman reads its files anew
  if (engine.id === 'podman') return 'yes';
  if (root !== '') return 'unknown';
  const process = engineProcess(place);
  if (process === undefined) return 'stopped';
  if (engine.id === 'containerd') return process.started > wanted.since ? 'yes' : 'no';
  const answer = await (engine.id === 'docker' ? askDocker : askCrio)(host, config, process, wanted);
  return answer === undefined ? 'unknown' : answer ? 'yes' : 'no';
}

/** milliseconds since 1970 at which one of the files of this host was put in its place */
export function lastChange({ texts }: EngineConfig): number {
  return Math.max(0, ...[...texts.keys()].map((path) => statSync(inRoot('', path)).ctimeMs));
}

async function askDocker(
  host: SpecHost,
  config: EngineConfig,
  process: EngineProcess,
  wanted: WantedRuntime,
): Promise<boolean | undefined> {
  const info = parseJson(await fetchFirst(dockerSockets(host, config, process), '/info'));
  if (info === undefined) return undefined;
  const path =
    jsonAt(info, ['Runtimes', wanted.name, 'path']) ?? jsonAt(info, ['Runtimes', wanted.name, 'options', 'BinaryName']);
  const isDefault = info['DefaultRuntime'] === wanted.name;
  return (path === undefined ? undefined : String(path)) === wanted.path && (isDefault || !wanted.isDefault);
}

/** As it was started, as its file says, or the usual one. */
function dockerSockets(host: SpecHost, { texts, files }: EngineConfig, { args }: EngineProcess): string[] {
  const hosts = jsonAt(parseJson(texts.get(files.main)) ?? {}, ['hosts']);
  const named = [...optionsOf(args, ['-H', '--host']), ...(Array.isArray(hosts) ? hosts.map(String) : [])];
  const sockets = named.flatMap((url) => (url.startsWith('unix://') ? [url.slice('unix://'.length)] : []));
  const own = host.environment('XDG_RUNTIME_DIR');
  const usual = host.ids().uid === 0 || own === undefined ? '/var/run/docker.sock' : `${own}/docker.sock`;
  return [...sockets, usual];
}

async function askCrio(
  _host: SpecHost,
  config: EngineConfig,
  process: EngineProcess,
  wanted: WantedRuntime,
): Promise<boolean | undefined> {
  const listen = ['crio', 'api', 'listen'];
  const named = [...config.texts.values()].flatMap((text) => stringAt(parseToml(text), listen) ?? []);
  const sockets = [...optionsOf(process.args, ['--listen']), ...named.toReversed(), '/var/run/crio/crio.sock'];
  const text = await fetchFirst(sockets, '/config');
  if (text === undefined) return undefined;
  const table = parseToml(text);
  const path = stringAt(table, ['crio', 'runtime', 'runtimes', wanted.name, 'runtime_path']);
  const isDefault = stringAt(table, ['crio', 'runtime', 'default_runtime']) === wanted.name;
  return path === wanted.path && (isDefault || !wanted.isDefault);
}

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
    const asked = request({ socketPath, path, timeout: LONGEST_MS }, (response) => {
      const parts: Buffer[] = [];
      response.on('data', (part: Buffer) => parts.push(part));
      response.on('error', () => resolve(undefined));
      response.on('end', () => resolve(response.statusCode === 200 ? Buffer.concat(parts).toString() : undefined));
    });
    asked.on('timeout', () => asked.destroy());
    asked.on('error', () => resolve(undefined));
    asked.end();
  });
}

function parseJson(text: string | undefined): { readonly [key: string]: unknown } | undefined {
  try {
    const value: unknown = JSON.parse(text ?? '');
    return isObject(value) ? value : undefined;
  } catch {
    return undefined;
  }
}
