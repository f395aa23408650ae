// Processes of engines that lead to what runs: daemons, and those that look after a container.
import { basename } from 'node:path';
import { listProcesses, readCommandLine } from '../files/processes.ts';

/** What each is called, and the start of such names. */
const NAMES = ['dockerd', 'conmon'];
const SHIM = 'containerd-shim-';

export interface Monitor {
  readonly pid: number;
  readonly name: string;
  readonly args: readonly string[];
}

export function listMonitors(root: string): readonly Monitor[] {
  return listProcesses(root).flatMap((pid): Monitor[] => {
    const args = readCommandLine(root, pid) ?? [];
    const name = basename(args[0] ?? '');
    return NAMES.includes(name) || name.startsWith(SHIM) ? [{ pid, name, args }] : [];
  });
}

export function isTaskShim({ name }: Monitor): boolean {
  return name.startsWith(SHIM);
}
