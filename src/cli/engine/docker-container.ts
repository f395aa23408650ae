// Where dockerd keeps its data, and a container as it keeps it there, running or not.
import { getJson, isObject, type JsonObject } from '../../engines/json-file.ts';
import { tryReadJson } from '../files/folder-entries.ts';
import { resolveInRoot } from '../files/host-root.ts';
import { findLastOption } from './process.ts';

export interface DockerContainer {
  readonly id: string;
  readonly name: string;
  /** undefined: it cannot be told */
  readonly running: boolean | undefined;
  /** the name by which dockerd knows its runtime */
  readonly runtime: string | undefined;
  /** the devices that dockerd itself injects */
  readonly devices: readonly string[];
  /** what of its runtime's document may ask for devices */
  readonly document: { readonly process: unknown; readonly annotations?: unknown; readonly mounts?: unknown };
}

export const DOCKER_ROOT = '/var/lib/docker';

/**
 * The folder of a daemon's data, as it was started, or as its file says; `graph` is what it was called before.
 *
 * @param daemonJson undefined: there is no such file, or it cannot be read
 */
export function findDockerRoot(args: readonly string[], daemonJson: JsonObject | undefined): string | undefined {
  const option = findLastOption(args, ['--data-root', '-g', '--graph']);
  const folder = daemonJson && (getJson(daemonJson, ['data-root']) ?? getJson(daemonJson, ['graph']));
  return option ?? (typeof folder === 'string' && folder !== '' ? folder : undefined);
}

/**
 * @param folder `containers` of dockerd's data
 * @returns undefined where there is none of this id
 */
export function readDockerContainer(root: string, folder: string, id: string): DockerContainer | undefined {
  const readOwn = (file: string): unknown => tryReadJson(resolveInRoot(root, `${folder}/${id}/${file}`));
  const hostConfig = readOwn('hostconfig.json');
  if (!isObject(hostConfig)) return undefined;
  const read = readOwn('config.v2.json');
  const container = isObject(read) ? read : undefined;
  const get = (...path: string[]): unknown => container && getJson(container, path);
  const [runtime, annotations] = ['Runtime', 'Annotations'].map((key) => hostConfig[key]);
  return {
    id,
    name: String(get('Name') ?? id).replace(/^\//, ''),
    running: container && get('State', 'Running') === true,
    runtime: typeof runtime === 'string' ? runtime : undefined,
    devices: listRequests(hostConfig['DeviceRequests']),
    document: {
      process: { env: get('Config', 'Env') ?? undefined },
      ...(isObject(annotations) && { annotations }),
      ...(isObject(get('MountPoints')) && { mounts: listMounts(get('MountPoints')) }),
    },
  };
}

function listRequests(value: unknown): readonly string[] {
  const requests: readonly unknown[] = Array.isArray(value) ? value : [];
  return requests.flatMap((request) => {
    const names = isObject(request) && request['Driver'] === 'cdi' ? request['DeviceIDs'] : undefined;
    return Array.isArray(names) ? names.map(String) : [];
  });
}

function listMounts(value: unknown): readonly { readonly destination: unknown; readonly source: unknown }[] {
  return Object.values(isObject(value) ? value : {}).flatMap((mount) =>
    isObject(mount) ? [{ destination: mount['Destination'], source: mount['Source'] }] : [],
  );
}
