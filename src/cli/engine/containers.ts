// Containers of an engine, running or stopped, that cannot live without our runtime.
import { readDaemonJson } from '../../engines/daemon-json.ts';
import type { EngineConfig, EngineId } from '../../engines/engine.ts';
import { getJson, isObject, parseObject } from '../../engines/json-file.ts';
import { getString, parseToml } from '../../engines/toml-file.ts';
import { quote } from '../../text/quote.ts';
import { readFolder, tryReadJson, tryReadText } from '../files/folder-entries.ts';
import { resolveInRoot } from '../files/host-root.ts';
import { DOCKER_ROOT, findDockerRoot, readDockerContainer } from './docker-container.ts';
import { readKubernetesName } from './kubernetes-name.ts';
import type { EnginePlace } from './place.ts';
import { findEngineProcess } from './process.ts';
import { ask, findProgram } from './program.ts';
import { listStoredContainers } from './stored-containers.ts';
import { listTasks, TASKS } from './tasks.ts';

export interface NeedyContainer {
  readonly id: string;
  /** as a person knows it */
  readonly name: string;
  /** undefined: it cannot be told */
  readonly running: boolean | undefined;
  /** what of its runtime's document the engine tells; undefined where it tells nothing */
  readonly document?: unknown;
}

/** The runtime as the engine knows it, and its binary, which is a link of ours. */
export interface NeededRuntime {
  readonly name: string;
  readonly path: string;
  /** whether the link goes with the runtime: nothing else calls it */
  readonly linkGoes: boolean;
}

export interface NeedyContainers {
  readonly containers: readonly NeedyContainer[];
  /** why they may not be all; undefined where they are */
  readonly unsure: string | undefined;
}

export const NO_CONTAINERS: NeedyContainers = { containers: [], unsure: undefined };

/** A container as a person is told of it. */
export function describeContainer({ name, running }: NeedyContainer): string {
  const state = running === undefined ? '' : running ? ' (running)' : ' (stopped)';
  return `${quote(name)}${state}`;
}

export async function findNeedyContainers(
  place: EnginePlace,
  config: EngineConfig,
  runtime: NeededRuntime,
): Promise<NeedyContainers> {
  return await OF_ENGINE[place.engine.id](place, config, runtime);
}

const OF_ENGINE: {
  readonly [id in EngineId]: (
    place: EnginePlace,
    config: EngineConfig,
    runtime: NeededRuntime,
  ) => NeedyContainers | Promise<NeedyContainers>;
} = {
  docker: findDockerContainers,
  containerd: findContainerdContainers,
  crio: findCrioContainers,
  podman: findPodmanContainers,
};

/** The daemon keeps with each container the runtime that it was made with. */
function findDockerContainers(place: EnginePlace, config: EngineConfig, runtime: NeededRuntime): NeedyContainers {
  const found = findDockerRoot(findEngineProcess(place)?.args ?? [], readDaemonJson(config));
  const folder = `${found ?? DOCKER_ROOT}/containers`;
  const { names, errno } = readFolder(resolveInRoot(place.root, folder));
  const containers = names.flatMap((id): NeedyContainer[] => {
    const container = readDockerContainer(place.root, folder, id);
    if (container === undefined || container.runtime !== runtime.name) return [];
    const { name, running, document } = container;
    const { process } = document;
    return [{ id, name, running, document: { process } }];
  });
  return { containers, unsure: errno === undefined ? undefined : `${folder} cannot be read (${errno})` };
}

/** Its pods need the runtime's name, as their handler; all others need the binary alone. */
const KUBERNETES = 'k8s.io';

/** In the bundles of those that run, in containerd's database for all: by the binary that runs them. */
async function findContainerdContainers(
  place: EnginePlace,
  config: EngineConfig,
  runtime: NeededRuntime,
): Promise<NeedyContainers> {
  const running = findRunningContainers(place, config, runtime);
  if (place.root !== '') return { containers: running, unsure: 'those that do not run are known to containerd alone' };
  if (findEngineProcess(place) === undefined) return { containers: running, unsure: 'containerd does not run' };
  const known = await findKnownContainers(config, runtime);
  if (known === undefined) return { containers: running, unsure: 'ctr, which lists those that do not run, is missing' };
  const stopped = known.filter(({ id }) => running.every((container) => container.id !== id));
  return { containers: [...running, ...stopped], unsure: undefined };
}

/** The runc shim writes down beside a bundle which binary it calls. */
function findRunningContainers(
  { root }: EnginePlace,
  config: EngineConfig,
  { path, linkGoes }: NeededRuntime,
): readonly NeedyContainer[] {
  const tasks = `${readMainString(config, ['state']) ?? '/run/containerd'}/${TASKS}`;
  return listTasks(root, tasks)
    .filter(({ bundle }) => tryReadText(resolveInRoot(root, `${bundle}/runtime`))?.trim() === path)
    .flatMap(({ bundle, namespace, id }) => {
      if (!linkGoes && namespace !== KUBERNETES) return [];
      const document = tryReadJson(resolveInRoot(root, `${bundle}/config.json`));
      return { id, name: nameIn(namespace, id, document), running: true, document };
    });
}

/** undefined where containerd cannot be asked */
async function findKnownContainers(
  config: EngineConfig,
  { path, linkGoes }: NeededRuntime,
): Promise<NeedyContainer[] | undefined> {
  const program = findProgram('ctr');
  if (program === undefined) return undefined;
  const address = readMainString(config, ['grpc', 'address']) ?? '/run/containerd/containerd.sock';
  const lines = async (...args: string[]): Promise<string[] | undefined> => {
    const { status, stdout } = await ask(program, ['--address', address, ...args]);
    return status === 0 ? stdout.split('\n').filter((line) => line !== '') : undefined;
  };
  const namespaces = await lines('namespaces', 'list', '--quiet');
  if (namespaces === undefined) return undefined;
  const found: NeedyContainer[] = [];
  for (const namespace of namespaces.filter((name) => linkGoes || name === KUBERNETES)) {
    for (const id of (await lines('--namespace', namespace, 'containers', 'list', '--quiet')) ?? []) {
      const printed = await lines('--namespace', namespace, 'containers', 'info', id);
      const info = parseObject(printed?.join('\n') ?? '');
      if (info !== undefined && callsPath(info, path))
        found.push({ id, name: nameIn(namespace, id, info['Spec']), running: false, document: info['Spec'] });
    }
  }
  return found;
}

/** The options of its runtime are a protobuf message, in which the path stands as it is. */
function callsPath(info: { readonly [key: string]: unknown }, path: string): boolean {
  const options = getJson(info, ['Runtime', 'Options']);
  const value = isObject(options) ? options['value'] : undefined;
  return typeof value === 'string' && Buffer.from(value, 'base64').includes(path);
}

/** As Kubernetes knows it, else with its namespace in containerd. */
function nameIn(namespace: string, id: string, document: unknown): string {
  return readKubernetesName(document) ?? `${namespace}/${id}`;
}

function readMainString({ texts, files }: EngineConfig, path: readonly string[]): string | undefined {
  return getString(parseToml(texts.get(files.main) ?? ''), path) || undefined;
}

const HANDLER = 'io.kubernetes.cri-o.RuntimeHandler';

/** By the handler that CRI-O keeps in the annotations of a sandbox. Sandboxes stand for their pods: none of a pod's containers has another runtime. */
function findCrioContainers({ root }: EnginePlace, config: EngineConfig, runtime: NeededRuntime): NeedyContainers {
  const storage = findStorageRoot(config);
  const { containers: stored, errno } = listStoredContainers(root, storage);
  const containers = stored.flatMap(({ id, document }): NeedyContainer[] => {
    const annotations = isObject(document) ? getJson(document, ['annotations']) : undefined;
    if (!isObject(annotations) || annotations[HANDLER] !== runtime.name) return [];
    const [namespace, pod] = ['namespace', 'name'].map((part) => annotations[`io.kubernetes.pod.${part}`]);
    return [{ id, name: pod === undefined ? id : `${namespace}/${pod}`, running: undefined }];
  });
  return { containers, unsure: errno === undefined ? undefined : `${storage} cannot be read (${errno})` };
}

function findStorageRoot({ texts }: EngineConfig): string {
  const written = [...texts.values()].map((text) => getString(parseToml(text), ['crio', 'root'])).filter(Boolean);
  return written.at(-1) ?? '/var/lib/containers/storage';
}

/** Only Podman itself can read its database. */
async function findPodmanContainers(
  { root }: EnginePlace,
  _config: EngineConfig,
  runtime: NeededRuntime,
): Promise<NeedyContainers> {
  if (root !== '') return tellNothing('the podman of another root is not started');
  const program = findProgram('podman');
  if (program === undefined) return tellNothing('podman is not installed');
  const list = await ask(program, ['container', 'ls', '--all', '--quiet', '--no-trunc']);
  if (list.status !== 0) return tellNothing('podman does not list them');
  const ids = list.stdout.split('\n').filter((id) => id !== '');
  if (ids.length === 0) return NO_CONTAINERS;
  // those that are removed meanwhile make it fail, but not silent about the others
  const { stdout } = await ask(program, ['container', 'inspect', ...ids]);
  const details = readList(stdout);
  if (details === undefined) return tellNothing('podman does not tell what they are');
  const containers = details.flatMap((container): NeedyContainer[] => {
    if (![runtime.name, runtime.path].includes(String(container['OCIRuntime']))) return [];
    const running =
      getJson(container, ['State', 'Running']) === true || getJson(container, ['State', 'Paused']) === true;
    const document = { process: { env: getJson(container, ['Config', 'Env']) } };
    return [{ id: String(container['Id']), name: String(container['Name']), running, document }];
  });
  return { containers, unsure: undefined };
}

function tellNothing(why: string): NeedyContainers {
  return { containers: [], unsure: why };
}

function readList(text: string): { readonly [key: string]: unknown }[] | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return Array.isArray(value) ? value.filter(isObject) : undefined;
  } catch {
    return undefined;
  }
}
