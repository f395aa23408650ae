// The tasks of a containerd: a bundle for each container that runs, in folders of its namespaces.
import { readFolder } from '../files/folder-entries.ts';
import { resolveInRoot } from '../files/host-root.ts';

export interface Task {
  readonly bundle: string;
  readonly namespace: string;
  readonly id: string;
}

/** Below containerd's state. */
export const TASKS = 'io.containerd.runtime.v2.task';

/** @param folder that is called so */
export function listTasks(root: string, folder: string): readonly Task[] {
  const list = (path: string): readonly string[] => readFolder(resolveInRoot(root, path)).names;
  return list(folder).flatMap((namespace) =>
    list(`${folder}/${namespace}`).map((id) => ({ bundle: `${folder}/${namespace}/${id}`, namespace, id })),
  );
}
