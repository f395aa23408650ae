// The daemon of an engine that runs with the files in question, told from others by what it sees at their path.
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { basename } from 'node:path';
import type { EngineId } from '../../engines/engine.ts';
import { readBytes } from '../files/read-bytes.ts';
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

/** How long a tick of a process's clock is: the kernel tells user space 100 a second on every machine of ours. */
const TICK_MS = 10;

/** @returns undefined where none runs, or where it cannot be looked at */
export function findEngineProcess({ engine, files, root }: EnginePlace): EngineProcess | undefined {
  const daemon = DAEMONS[engine.id];
  if (daemon === undefined || root !== '') return undefined;
  const wanted = readIdentity(files.main);
  for (const pid of listProcesses()) {
    const args = attempt(() => readBytes(`/proc/${pid}/cmdline`).toString('utf8').split('\0').slice(0, -1));
    if (args === undefined || basename(args[0] ?? '') !== daemon.name) continue;
    const file = findLastOption(args, daemon.config) ?? engine.files.main;
    const isSame = file === files.main || readIdentity(file) === wanted;
    // a nested engine of a container sees another file of that name
    if (!isSame || ![wanted, HIDDEN].includes(readIdentity(`/proc/${pid}/root${file}`))) continue;
    return { pid, started: readStartTime(pid), args };
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

function listProcesses(): number[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map(Number);
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

function readStartTime(pid: number): number {
  const stat = attempt(() => readFileSync(`/proc/${pid}/stat`, 'utf8')) ?? '';
  // the name before it may have blanks
  const ticks = Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19] ?? 0);
  const uptime = Number((attempt(() => readFileSync('/proc/uptime', 'utf8')) ?? '0').split(' ')[0]);
  return Date.now() - uptime * 1000 + ticks * TICK_MS;
}

/** What may be gone by now, or is of another user. */
function attempt<T>(work: () => T): T | undefined {
  try {
    return work();
  } catch {
    return undefined;
  }
}
