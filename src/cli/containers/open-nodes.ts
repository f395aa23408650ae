// Which processes have a device node open, and which container each is of.
import { readdirSync, type Stats, statSync } from 'node:fs';
import type { Mark } from '../../edits/node-mark.ts';
import { tryReadText } from '../files/folder-entries.ts';
import { listProcesses, readProcessLink } from '../files/processes.ts';
import type { Container } from './container.ts';

export interface OpenProcess {
  readonly pid: number;
  /** as the kernel has it */
  readonly name: string;
  /** the container of those that are known; undefined for a process of the host, or of an engine that is not known */
  readonly container: Container | undefined;
  /** numbers of the nodes that it has open, of those in question */
  readonly marks: readonly Mark[];
}

export interface OpenNodes {
  readonly processes: readonly OpenProcess[];
  /** of how many processes nobody but root may say what they have open */
  readonly closed: number;
}

/** @param wanted numbers of nodes; without any, no process is looked at */
export function findOpenNodes(root: string, wanted: ReadonlySet<Mark>, containers: readonly Container[]): OpenNodes {
  if (wanted.size === 0) return { processes: [], closed: 0 };
  const processes: OpenProcess[] = [];
  let closed = 0;
  const findKnown = createContainerFinder(
    root,
    containers.filter(({ maker }) => maker !== 'user'),
  );
  // an id that a user chose may be the name of any cgroup
  const findOfUser = createContainerFinder(
    root,
    containers.filter(({ maker }) => maker === 'user'),
    false,
  );
  for (const pid of listProcesses(root)) {
    const marks = listOpenMarks(`${root}/proc/${pid}/fd`);
    if (marks === undefined) closed++;
    const known = (marks ?? []).filter((mark) => wanted.has(mark));
    if (known.length === 0) continue;
    const name = (tryReadText(`${root}/proc/${pid}/comm`) ?? '').trimEnd();
    processes.push({ pid, name, container: findKnown(pid) ?? findOfUser(pid), marks: [...new Set(known)] });
  }
  return { processes, closed };
}

/** undefined where the process is another user's */
function listOpenMarks(folder: string): readonly Mark[] | undefined {
  try {
    return readdirSync(folder).flatMap((name) => {
      const status = tryStat(`${folder}/${name}`);
      if (status === undefined || !(status.isCharacterDevice() || status.isBlockDevice())) return [];
      return [`${status.isBlockDevice() ? 'b' : 'c'} ${readMajor(status.rdev)}:${readMinor(status.rdev)}`];
    });
  } catch (error) {
    const isHidden = error instanceof Error && 'code' in error && error.code === 'EACCES';
    return isHidden ? undefined : [];
  }
}

function tryStat(path: string): Stats | undefined {
  try {
    return statSync(path, { throwIfNoEntry: false });
  } catch {
    return undefined;
  }
}

/** As the C library packs them into 64 bits. */
function readMajor(device: number): number {
  const bits = BigInt(device);
  return Number(((bits >> 8n) & 0xfffn) | ((bits >> 32n) & 0xfffff000n));
}

function readMinor(device: number): number {
  const bits = BigInt(device);
  return Number((bits & 0xffn) | ((bits >> 12n) & 0xffffff00n));
}

/** By the namespace of processes; those of containers without one of their own by a cgroup that has the container's id. */
function createContainerFinder(
  root: string,
  containers: readonly Container[],
  isCgroupKnown = true,
): (pid: number) => Container | undefined {
  const own = readProcessLink(root, 1, 'ns/pid');
  const byNamespace = new Map<string, Container[]>();
  const byPid = new Map<number, Container>();
  for (const container of containers) {
    const pid = container.state?.pid ?? 0;
    byPid.set(pid, container);
    const namespace = readProcessLink(root, pid, 'ns/pid');
    if (namespace !== undefined && namespace !== own)
      byNamespace.set(namespace, [...(byNamespace.get(namespace) ?? []), container]);
  }
  return (pid) => {
    const cgroups = tryReadText(`${root}/proc/${pid}/cgroup`) ?? '';
    const parts = new Set(cgroups.split(/[/\n]/));
    // a namespace may be a pod's, and so of several containers
    const [only, ...others] = byNamespace.get(readProcessLink(root, pid, 'ns/pid') ?? '') ?? [];
    return (
      byPid.get(pid) ??
      containers.find(
        ({ id }) => isCgroupKnown && id.length >= SHORTEST && [...parts].some((part) => isCgroupOf(part, id)),
      ) ??
      (others.length === 0 ? only : undefined)
    );
  };
}

/** A shorter id may be the name of another group. */
const SHORTEST = 3;

/** `ID`, or what systemd makes of it: `docker-ID.scope`. */
function isCgroupOf(part: string, id: string): boolean {
  return part === id || part.endsWith(`-${id}.scope`);
}
