// containerd's containers by the binary that runs them: in the bundles of those that run, in its database for all.
import type { EngineConfig } from '../engines/engine.ts';
import { isObject, jsonAt, parsedObject } from '../engines/json-file.ts';
import { parseToml, stringAt } from '../engines/toml-file.ts';
import type { NeededRuntime, NeedyContainer, NeedyContainers } from './engine-containers.ts';
import type { EnginePlace } from './engine-place.ts';
import { engineProcess } from './engine-process.ts';
import { ask, findProgram } from './engine-program.ts';
import { folderEntries, jsonOf, textOf } from './folder-entries.ts';
import { inRoot } from './host-root.ts';

/** Its pods need the runtime's name, as their handler; all others need the binary alone. */
const KUBERNETES = 'k8s.io';

export async function containerdContainers(
  place: EnginePlace,
  config: EngineConfig,
  runtime: NeededRuntime,
): Promise<NeedyContainers> {
  const running = runningContainers(place, config, runtime);
  if (place.root !== '') return { containers: running, unsure: 'those that do not run are known to containerd alone' };
  if (engineProcess(place) === undefined) return { containers: running, unsure: 'containerd does not run' };
  const known = await knownContainers(config, runtime);
  if (known === undefined) return { containers: running, unsure: 'ctr, which lists those that do not run, is missing' };
  const stopped = known.filter(({ id }) => running.every((container) => container.id !== id));
  return { containers: [...running, ...stopped], unsure: undefined };
}

/** The runc shim writes down beside a bundle which binary it calls. */
function runningContainers(
  { root }: EnginePlace,
  config: EngineConfig,
  { path, linkGoes }: NeededRuntime,
): readonly NeedyContainer[] {
  const tasks = `${mainString(config, ['state']) ?? '/run/containerd'}/io.containerd.runtime.v2.task`;
  const below = (folder: string): string[] =>
    folderEntries(inRoot(root, folder)).names.map((name) => `${folder}/${name}`);
  return below(tasks)
    .flatMap(below)
    .filter((bundle) => textOf(inRoot(root, `${bundle}/runtime`))?.trim() === path)
    .flatMap((bundle) => {
      const [namespace = '', id = ''] = bundle.split('/').slice(-2);
      if (!linkGoes && namespace !== KUBERNETES) return [];
      return { id, name: nameOf(jsonOf(inRoot(root, `${bundle}/config.json`)), namespace, id), running: true };
    });
}

/** undefined where containerd cannot be asked */
async function knownContainers(
  config: EngineConfig,
  { path, linkGoes }: NeededRuntime,
): Promise<NeedyContainer[] | undefined> {
  const program = findProgram('ctr');
  if (program === undefined) return undefined;
  const address = mainString(config, ['grpc', 'address']) ?? '/run/containerd/containerd.sock';
  const lines = async (...args: string[]): Promise<string[] | undefined> => {
    const { status, stdout } = await ask(program, ['--address', address, ...args]);
    return status === 0 ? stdout.split('\n').filter((line) => line !== '') : undefined;
  };
  const namespaces = await lines('namespaces', 'list', '--quiet');
  if (namespaces === undefined) return undefined;
  const found: NeedyContainer[] = [];
  for (const namespace of namespaces.filter((name) => linkGoes || name === KUBERNETES)) {
    for (const id of (await lines('--namespace', namespace, 'containers', 'list', '--quiet')) ?? []) {
      const said = await lines('--namespace', namespace, 'containers', 'info', id);
      const info = parsedObject(said?.join('\n') ?? '');
      if (info !== undefined && calls(info, path))
        found.push({ id, name: nameOf(info['Spec'], namespace, id), running: false });
    }
  }
  return found;
}

/** The options of its runtime are a protobuf message, in which the path stands as it is. */
function calls(info: { readonly [key: string]: unknown }, path: string): boolean {
  const options = jsonAt(info, ['Runtime', 'Options']);
  const value = isObject(options) ? options['value'] : undefined;
  return typeof value === 'string' && Buffer.from(value, 'base64').includes(path);
}

/** As Kubernetes knows it, else with its namespace in containerd. */
function nameOf(spec: unknown, namespace: string, id: string): string {
  const annotations = isObject(spec) ? jsonAt(spec, ['annotations']) : undefined;
  const said = (key: string): unknown => isObject(annotations) && annotations[`io.kubernetes.cri.${key}`];
  const parts = [said('sandbox-namespace'), said('sandbox-name'), said('container-name')];
  const known = parts.filter((part) => typeof part === 'string');
  return known.length >= 2 ? known.join('/') : `${namespace}/${id}`;
}

function mainString({ texts, files }: EngineConfig, path: readonly string[]): string | undefined {
  return stringAt(parseToml(texts.get(files.main) ?? ''), path) || undefined;
}
