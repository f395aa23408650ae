// Whether a container still has what it was lent: by the state that its runtime keeps, and the processes of the host.
import { type Host, isFailure } from '../host/host.ts';
import { readContainerState, readStartTicks } from '../oci/state-file.ts';
import type { Lease } from './lease.ts';

/** What is looked at of one file; states of containers have some hundred kilobytes at most. */
const LONGEST_STATE = 16 << 20;

/**
 * The create is under way, or the container's first process is there. Where it cannot be told whether that is, since
 * the runtime is none whose states are known, as long as the runtime keeps a folder of the container.
 */
export function isLive(host: Host, lease: Lease): boolean {
  const { pid, startTicks, roots } = lease;
  return readTicks(host, pid) === startTicks || roots.some((root) => isThere(host, root, lease));
}

function isThere(host: Host, root: string, { id, startTicks }: Lease): boolean {
  // No runtime takes such an id, and a path of it leads elsewhere.
  if (id === '' || id.startsWith('.') || id.includes('/')) return false;
  const entries = host.listDirectory(root);
  if (isFailure(entries)) return false;
  const ofGvisor = entries.flatMap(({ name }) => (name.endsWith(`:${id}.state`) ? name : []));
  for (const entry of [id, ...ofGvisor]) {
    const state = readContainerState(entry, (path) => readJson(host, `${root}/${path}`));
    if (state === undefined) continue;
    const ticks = readTicks(host, state.pid);
    // One that began before is of another create with this id. Where the runtime keeps no ticks, a process that has the
    // number by now counts as well, until it ends.
    return ticks !== undefined && ticks >= startTicks && ticks === (state.startTicks ?? ticks);
  }
  return entries.some(({ name }) => name === id);
}

/** When a process that is there began. */
export function readTicks(host: Host, pid: number): number | undefined {
  return readStartTicks(readText(host, `/proc/${pid}/stat`) ?? '');
}

function readText(host: Host, path: string): string | undefined {
  const file = host.readFile(path, LONGEST_STATE);
  return isFailure(file) ? undefined : host.text(file);
}

function readJson(host: Host, path: string): unknown {
  return parse(readText(host, path));
}

/** Undefined for what is no JSON, or not yet. */
export function parse(text: string | undefined): unknown {
  try {
    return text === undefined ? undefined : JSON.parse(text);
  } catch {
    return undefined;
  }
}
