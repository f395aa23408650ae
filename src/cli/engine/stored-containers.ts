// Containers in a storage of Podman or CRI-O, running or not: each has a folder with its bundle.
import { isObject } from '../../engines/json-file.ts';
import { readFolder, tryReadJson } from '../files/folder-entries.ts';
import { resolveInRoot } from '../files/host-root.ts';

export interface StoredContainer {
  readonly id: string;
  readonly bundle: string;
  /** its config.json, as far as there is one */
  readonly document: unknown;
}

/** The folder of a bundle in such a storage, and the container's id. */
export const STORED_BUNDLE: RegExp = /^(.*\/[\w.-]+-containers)\/([^/]+)\/userdata$/;

export function listStoredContainers(
  root: string,
  storage: string,
): { readonly containers: readonly StoredContainer[]; readonly errno: string | undefined } {
  const drivers = readFolder(resolveInRoot(root, storage));
  const folders = drivers.names.filter((name) => name.endsWith('-containers')).map((name) => `${storage}/${name}`);
  const containers = folders.flatMap((folder) =>
    readFolder(resolveInRoot(root, folder)).names.map((id): StoredContainer => {
      const bundle = `${folder}/${id}/userdata`;
      return { id, bundle, document: tryReadJson(resolveInRoot(root, `${bundle}/config.json`)) };
    }),
  );
  return { containers, errno: drivers.errno };
}

/** The names by which such a storage knows its containers, by their ids; of those that go with a reboot, too. */
export function readStoredNames(root: string, folder: string): ReadonlyMap<string, string> {
  const lists = ['containers.json', 'volatile-containers.json'].map((file) =>
    tryReadJson(resolveInRoot(root, `${folder}/${file}`)),
  );
  const entries: readonly unknown[] = lists.flatMap((list) => (Array.isArray(list) ? list : []));
  return new Map(
    entries.flatMap((entry): [string, string][] => {
      const names = isObject(entry) ? entry['names'] : undefined;
      return isObject(entry) && Array.isArray(names) ? [[String(entry['id']), String(names[0])]] : [];
    }),
  );
}
