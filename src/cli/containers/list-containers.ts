// Containers of all engines: those that run, by what their runtimes write down, and those that engines keep besides.
import { statSync } from 'node:fs';
import { dirname } from 'node:path';
import { getJson, isObject, parseObject } from '../../engines/json-file.ts';
import { isFailure } from '../../host/host.ts';
import { readRegular } from '../../host/read-file.ts';
import { type ContainerState, isStillThere, readContainerState } from '../../oci/state-file.ts';
import { readDockerContainer } from '../engine/docker-container.ts';
import { readKubernetesName } from '../engine/kubernetes-name.ts';
import { listStoredContainers, readStoredNames, STORED_BUNDLE } from '../engine/stored-containers.ts';
import { TASKS } from '../engine/tasks.ts';
import { readFolder, tryReadText } from '../files/folder-entries.ts';
import { resolveInRoot } from '../files/host-root.ts';
import { readBootTime } from '../files/processes.ts';
import { LARGEST_FILE } from '../files/read-bytes.ts';
import type { Container, Maker } from './container.ts';
import { listDockerFolders } from './docker-folders.ts';
import { listMonitors, type Monitor } from './monitors.ts';
import { listStateRoots } from './state-roots.ts';

export interface RunningContainers {
  readonly containers: readonly Container[];
  /** folders that were looked at, for those who want to hear of changes */
  readonly folders: readonly string[];
  /** why they may not be all, a sentence each */
  readonly unsure: readonly string[];
}

/**
 * Those whose first process is there now.
 *
 * @param known folders of states, besides those that are found
 */
export function listRunning(root: string, known: readonly string[] = []): RunningContainers {
  const monitors = listMonitors(root);
  const folders = [...new Set([...listStateRoots(root, monitors), ...known])];
  const names = createNames(root, monitors);
  const booted = readBootTime(root);
  const unsure = new Set<string>();
  const states = new Map<string, OwnedState>();
  for (const folder of folders) {
    const place = resolveInRoot(root, folder);
    const { names: entries, errno } = readFolder(place);
    if (errno !== undefined) unsure.add(`${findClosed(root, folder)} cannot be read (${errno})`);
    const owner = tryReadOwner(place);
    for (const entry of entries) {
      const state = readContainerState(entry, (path) => tryReadOwnedJson(root, `${folder}/${path}`, owner));
      if (state === undefined || !isStillThere(state, tryReadText(`${root}/proc/${state.pid}/stat`), booted)) continue;
      const user = owner === 0 || owner === process.getuid?.() ? undefined : owner;
      // a user's container has no process of root
      if (user !== undefined && tryReadOwner(`${root}/proc/${state.pid}`) === 0) continue;
      // two names of a folder, as of a link, are one container
      states.set(`${user ?? ''} ${state.pid} ${state.id}`, { state, user });
    }
  }
  return {
    containers: [...states.values()].map((owned) => identify(root, owned, names)),
    folders,
    unsure: [...unsure],
  };
}

interface OwnedState {
  readonly state: ContainerState;
  /** whose it is, where that is neither root nor the user who asks: nothing that it says is known to be so */
  readonly user: number | undefined;
}

function tryReadOwner(path: string): number | undefined {
  try {
    return statSync(path).uid;
  } catch {
    return undefined;
  }
}

/** Only what the owner of its folder wrote, by the file that is open: a user may exchange it at any time. */
function tryReadOwnedJson(root: string, path: string, owner: number | undefined): unknown {
  try {
    const file = readRegular(resolveInRoot(root, path), LARGEST_FILE);
    return isFailure(file) || Number(file.stat.uid) !== owner ? undefined : JSON.parse(file.bytes.toString('utf8'));
  } catch {
    return undefined;
  }
}

/** The folder above where that is closed, as another user's is: all below it are one matter. */
function findClosed(root: string, folder: string): string {
  const above = dirname(folder);
  return readFolder(resolveInRoot(root, above)).errno === undefined ? folder : above;
}

/** Those that engines keep although they do not run; only docker and podman do so where they can be read. */
export function listStopped(root: string, running: readonly Container[]): readonly Container[] {
  const known = new Set(running.map(({ maker, id }) => `${maker} ${id}`));
  const docker = listDockerFolders(root, listMonitors(root)).flatMap((folder) =>
    readFolder(resolveInRoot(root, folder)).names.flatMap((id): Container[] => {
      const found = known.has(`docker ${id}`) ? undefined : readDockerContainer(root, folder, id);
      if (found === undefined) return [];
      const kept = { path: `${folder}/${id}/config.v2.json`, document: found.document };
      return [
        { ...NOT_RUNNING, maker: 'docker', id, name: found.name, bundle: undefined, kept, ordered: found.devices },
      ];
    }),
  );
  return [...docker, ...listStoredStopped(root, running, known)];
}

const NOT_RUNNING = { state: undefined, config: undefined, kept: undefined, ordered: [] } as const;

/** In the storage of root, of this user, and in those that running ones are in. */
function listStoredStopped(root: string, running: readonly Container[], known: ReadonlySet<string>): Container[] {
  const home = process.env['HOME'];
  const used = running.flatMap(({ bundle = '' }) => STORED_BUNDLE.exec(bundle)?.[1] ?? []);
  const storages = [
    '/var/lib/containers/storage',
    ...(root === '' && home?.startsWith('/') ? [`${home}/.local/share/containers/storage`] : []),
    ...used.map((folder) => folder.replace(/\/[^/]+$/, '')),
  ];
  return [...new Set(storages)].flatMap((storage) =>
    listStoredContainers(root, storage).containers.flatMap(({ id, bundle, document }): Container[] => {
      const folder = STORED_BUNDLE.exec(bundle)?.[1];
      const maker = readManager(document) === 'cri-o' ? 'cri' : 'podman';
      if (document === undefined || folder === undefined || known.has(`${maker} ${id}`)) return [];
      const name = readKubernetesName(document) ?? readStoredNames(root, folder).get(id) ?? id;
      return [{ ...NOT_RUNNING, maker, id, name, bundle }];
    }),
  );
}

/** What engines call their containers, each of their lists read once. */
interface Names {
  docker(id: string): ReturnType<typeof readDockerContainer>;
  stored(folder: string, id: string): string | undefined;
}

function createNames(root: string, monitors: readonly Monitor[]): Names {
  const folders = listDockerFolders(root, monitors);
  const lists = new Map<string, ReadonlyMap<string, string>>();
  return {
    docker: (id) => {
      for (const folder of folders) {
        const found = readDockerContainer(root, folder, id);
        if (found !== undefined) return found;
      }
      return undefined;
    },
    stored: (folder, id) => {
      const list = lists.get(folder) ?? readStoredNames(root, folder);
      lists.set(folder, list);
      return list.get(id);
    },
  };
}

/** Docker's namespace in containerd. */
const DOCKER = 'moby';

function identify(root: string, { state, user }: OwnedState, names: Names): Container {
  const { id, bundle } = state;
  const text = bundle === '' ? undefined : tryReadText(resolveInRoot(root, `${bundle}/config.json`));
  const value = parseObject(text ?? '');
  const config = text === undefined || value === undefined ? undefined : { text, value };
  const made = (maker: Maker, name: string, ordered: readonly string[] = []): Container => ({
    ...{ maker, id, name, bundle: bundle === '' ? undefined : bundle, state, config, kept: undefined, ordered },
  });
  if (user !== undefined) return made('user', `${user}/${id}`);
  const [namespace, folder] = bundle.split('/').toReversed().slice(1);
  const pod = readKubernetesName(value);
  if (folder === TASKS && namespace === DOCKER) {
    const found = names.docker(id);
    return made('docker', found?.name ?? id, found?.devices);
  }
  if (folder === TASKS) return pod === undefined ? made('ctr', `${namespace}/${id}`) : made('cri', pod);
  const manager = readManager(value);
  if (manager === 'cri-o') return made('cri', pod ?? id);
  const store = STORED_BUNDLE.exec(bundle)?.[1];
  if (store === undefined && manager !== 'libpod') return made('oci', id);
  return made('podman', (store && names.stored(store, id)) ?? id);
}

/** Podman and CRI-O write down who they are. */
function readManager(document: unknown): unknown {
  return isObject(document) ? getJson(document, ['annotations', 'io.container.manager']) : undefined;
}
