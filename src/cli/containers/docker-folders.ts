// Where the daemons of docker keep their containers: those that run, as they were told to, and the usual one.
import { type JsonObject, parseObject } from '../../engines/json-file.ts';
import { DOCKER_ROOT, findDockerRoot } from '../engine/docker-container.ts';
import { findLastOption } from '../engine/process.ts';
import { tryReadText } from '../files/folder-entries.ts';
import { resolveInRoot } from '../files/host-root.ts';
import { readVariable } from '../files/processes.ts';
import type { Monitor } from './monitors.ts';

const CONFIG = '/etc/docker/daemon.json';

/** Folders that have a folder for each container, each once; not all of them have to be there. */
export function listDockerFolders(root: string, monitors: readonly Monitor[]): readonly string[] {
  const home = process.env['HOME'];
  const roots = [
    findDockerRoot([], readDaemonJson(root, CONFIG)) ?? DOCKER_ROOT,
    ...(root === '' && home?.startsWith('/') && process.getuid?.() !== 0 ? [`${home}/.local/share/docker`] : []),
    ...monitors.filter(({ name }) => name === 'dockerd').map((daemon) => findDataRoot(root, daemon)),
  ];
  return [...new Set(roots)].map((folder) => `${folder}/containers`);
}

function findDataRoot(root: string, { pid, args }: Monitor): string {
  const isRootless = readVariable(root, pid, 'ROOTLESSKIT_STATE_DIR') !== undefined;
  const home = isRootless ? readVariable(root, pid, 'HOME') : undefined;
  const file =
    findLastOption(args, ['--config-file']) ?? (home === undefined ? CONFIG : `${home}/.config/docker/daemon.json`);
  const usual = home === undefined ? DOCKER_ROOT : `${home}/.local/share/docker`;
  return findDockerRoot(args, readDaemonJson(root, file)) ?? usual;
}

function readDaemonJson(root: string, file: string): JsonObject | undefined {
  return parseObject(tryReadText(resolveInRoot(root, file)) ?? '');
}
