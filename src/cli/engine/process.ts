// The daemon of an engine that runs with the files in question, told from others by what it sees at their path.
import { statSync } from 'node:fs';
import { basename } from 'node:path';
import type { EngineId } from '../../engines/engine.ts';
import { readStartTicks, TICKS_A_SECOND } from '../../oci/state-file.ts';
import { tryReadText } from '../files/folder-entries.ts';
import { resolveInRoot } from '../files/host-root.ts';
import { listProcesses, readBootTime, readCommandLine } from '../files/processes.ts';
import type { EnginePlace } from './place.ts';

export interface EngineProcess {
  readonly pid: number;
  /** milliseconds since 1970 */
  readonly started: number;
  readonly args: readonly string[];
}

interface Daemon {
  readonly name: string;
  /** options that name the main file */
  readonly config: readonly string[];
}

/** Podman has none. */
const DAEMONS: { readonly [id in EngineId]: Daemon | undefined } = {
  docker: { name: 'dockerd', config: ['--config-file'] },
  containerd: { name: 'containerd', config: ['--config', '-c'] },
  crio: { name: 'crio', config: ['--config', '-c'] },
  podman: undefined,
};

/** @returns undefined where none runs, or where it cannot be looked at: of another root, where that has no /proc */
export function findEngineProcess({ engine, files, root }: EnginePlace): EngineProcess | undefined {
  const daemon = DAEMONS[engine.id];
  if (daemon === undefined) return undefined;
  const wanted = readIdentity(resolveInRoot(root, files.main));
  for (const pid of listProcesses(root)) {
    const args = readCommandLine(root, pid);
    if (args === undefined || basename(args[0] ?? '') !== daemon.name) continue;
    const file = findLastOption(args, daemon.config) ?? engine.files.main;
    const isSame = file === files.main || readIdentity(resolveInRoot(root, file)) === wanted;
    // a nested engine of a container sees another file of that name
    if (!isSame || ![wanted, HIDDEN].includes(readIdentity(`${root}/proc/${pid}/root${file}`))) continue;
    return { pid, started: readStartTime(root, pid), args };
  }
  return undefined;
}

/** The value of an option, in one word or two; the last one counts. */
export function findLastOption(args: readonly string[], names: readonly string[]): string | undefined {
  return findOptions(args, names).at(-1);
}

export function findOptions(args: readonly string[], names: readonly string[]): string[] {
  return args.flatMap((word, i) => {
    const [name = '', ...value] = word.split('=');
    if (!names.includes(name)) return [];
    const found = value.length > 0 ? value.join('=') : args[i + 1];
    return found === undefined ? [] : [found];
  });
}

/** of files that only root may look at */
const HIDDEN = 'hidden';

/** Which file it is; a missing one is like any other missing one. */
function readIdentity(path: string): string {
  try {
    const status = statSync(path, { throwIfNoEntry: false });
    return status === undefined ? 'missing' : `${status.dev}:${status.ino}`;
  } catch {
    return HIDDEN;
  }
}

function readStartTime(root: string, pid: number): number {
  const ticks = readStartTicks(tryReadText(`${root}/proc/${pid}/stat`) ?? '') ?? 0;
  return readBootTime(root) + (ticks * 1000) / TICKS_A_SECOND;
}
