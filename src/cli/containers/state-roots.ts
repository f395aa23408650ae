// Where runtimes keep the state of their containers: the usual folders, and those that processes of engines name.
import { dirname } from 'node:path';
import { getJson, isObject } from '../../engines/json-file.ts';
import { FAMILIES } from '../../oci/families.ts';
import { findOptions } from '../engine/process.ts';
import { listTasks, TASKS } from '../engine/tasks.ts';
import { readFolder, tryReadJson } from '../files/folder-entries.ts';
import { resolveInRoot } from '../files/host-root.ts';
import { readProcessLink, readVariable } from '../files/processes.ts';
import { isTaskShim, type Monitor } from './monitors.ts';

/** Folders of containerd's tasks as it comes: alone, and as a child of dockerd. */
const TASK_FOLDERS = [`/run/containerd/${TASKS}`, `/run/docker/containerd/daemon/${TASKS}`];

/** What the shim of containerd gives a runtime that its options say nothing of. */
const USUAL_TASK_ROOT = '/run/containerd/runc';

/** Folders whose entries are containers, as `--root` names them, each once; not all of them have to be there. */
export function listStateRoots(root: string, monitors: readonly Monitor[]): readonly string[] {
  const list = (path: string): readonly string[] => readFolder(resolveInRoot(root, path)).names;
  const own = process.env['XDG_RUNTIME_DIR'];
  const users = [
    ...list('/run/user').map((uid) => `/run/user/${uid}`),
    ...(root === '' && own?.startsWith('/') ? [own] : []),
    ...monitors.flatMap(({ pid }) => readVariable(root, pid, 'XDG_RUNTIME_DIR') || []),
  ];
  const execRoots = [
    '/run/docker',
    ...[...new Set(users)].map((folder) => `${folder}/docker`),
    ...monitors.flatMap(({ name, args }) => (name === 'dockerd' ? findOptions(args, ['--exec-root']) : [])),
  ];
  const dockerRoots = execRoots.flatMap((folder) =>
    list(folder)
      .filter((name) => name.startsWith('runtime-'))
      .flatMap((name) => list(`${folder}/${name}`).map((namespace) => `${folder}/${name}/${namespace}`)),
  );
  const given = monitors.flatMap(({ name, args }) =>
    // conmon hands words through, with and without an equals sign of its own
    name === 'conmon' ? findOptions(readRuntimeWords(args), ['--root']) : [],
  );
  const found = [
    ...['/run', ...users].flatMap((folder) => FAMILIES.map((family) => `${folder}/${family}`)),
    ...dockerRoots,
    ...listTaskRoots(root, monitors),
    ...given,
  ];
  return [...new Set(found)];
}

function readRuntimeWords(args: readonly string[]): readonly string[] {
  return findOptions(args, ['--runtime-arg']);
}

/** Below one folder for each runtime, one for each namespace. */
function listTaskRoots(root: string, monitors: readonly Monitor[]): readonly string[] {
  const shims = monitors.filter(isTaskShim);
  // each runs in the bundle of its first task
  const folders = shims
    .flatMap(({ pid }) => readProcessLink(root, pid, 'cwd') ?? [])
    .map((path) => dirname(dirname(path)));
  const tasks = [...new Set([...TASK_FOLDERS, ...folders])].flatMap((folder) =>
    folder.endsWith(`/${TASKS}`) ? listTasks(root, folder) : [],
  );
  return tasks.map(({ bundle, namespace }) => {
    const options = tryReadJson(resolveInRoot(root, `${bundle}/options.json`));
    const given = isObject(options) ? getJson(options, ['root']) : undefined;
    return `${typeof given === 'string' && given !== '' ? given : USUAL_TASK_ROOT}/${namespace}`;
  });
}
