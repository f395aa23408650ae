// What runtimes write down about a container while it is there: which process it is, and its bundle.
import type { Family } from './families.ts';

export interface ContainerState {
  readonly id: string;
  /** of the container's first process, or of what stands for it */
  readonly pid: number;
  /** when that began, in ticks of the kernel after the boot; undefined where the runtime does not keep it */
  readonly startTicks: number | undefined;
  /** absolute; empty where the runtime does not tell */
  readonly bundle: string;
  /** RFC 3339 */
  readonly created: string;
  readonly family: Family;
}

/** How a family keeps the states of its containers below the folder that `--root` names. */
interface Layout {
  /** the state's file, from an entry of the folder */
  file(entry: string): string | undefined;
  /** @returns undefined for what is no state of this family */
  read(entry: string, value: object): ContainerState | undefined;
}

/** The first that finds itself in a file has written it. */
const LAYOUTS: Readonly<Record<Family, Layout>> = {
  runc: {
    file: (entry) => `${entry}/state.json`,
    read: (entry, value) => {
      const pid = getNumber(value, 'init_process_pid');
      const labels = get(get(value, 'config'), 'labels');
      const words: readonly unknown[] = Array.isArray(labels) ? labels : [];
      const bundle = words.map(String).find((word) => word.startsWith('bundle='));
      const startTicks = getNumber(value, 'init_process_start');
      return makeState('runc', entry, pid, startTicks, bundle?.slice('bundle='.length), get(value, 'created'));
    },
  },
  crun: {
    file: (entry) => `${entry}/status`,
    read: (entry, value) => {
      const startTicks = getNumber(value, 'process-start-time');
      return makeState('crun', entry, getNumber(value, 'pid'), startTicks, get(value, 'bundle'), get(value, 'created'));
    },
  },
  youki: {
    file: (entry) => `${entry}/state.json`,
    read: (entry, value) =>
      makeState('youki', entry, getNumber(value, 'pid'), undefined, get(value, 'bundle'), get(value, 'created')),
  },
  runsc: {
    file: (entry) => (entry.endsWith('.state') ? entry : undefined),
    read: (entry, value) => {
      const id = get(value, 'id');
      const pid = getNumber(get(value, 'sandbox'), 'pid');
      const name = typeof id === 'string' ? id : entry;
      return makeState('runsc', name, pid, undefined, get(value, 'bundleDir'), get(value, 'createdAt'));
    },
  },
};

/**
 * The state of a container.
 *
 * @param entry of the folder that `--root` names
 * @param readJson of a path below that folder: an object, or anything else where there is none
 */
export function readContainerState(entry: string, readJson: (path: string) => unknown): ContainerState | undefined {
  for (const { file, read } of Object.values(LAYOUTS)) {
    const path = file(entry);
    const value = path === undefined ? undefined : readJson(path);
    const state = typeof value === 'object' && value !== null ? read(entry, value) : undefined;
    if (state !== undefined) return state;
  }
  return undefined;
}

/** The clock of `/proc/PID/stat`: the kernel tells user space 100 ticks a second on every machine of ours. */
export const TICKS_A_SECOND = 100;

/** What a process may seem to have begun after its container was made, for the clocks of both are rounded. */
const SLACK_MS = 2000;

/**
 * Whether the process of a state is still that process: it has not ended, and its number is not another one's by now.
 *
 * @param stat the text of `/proc/PID/stat`; undefined where there is none
 * @param booted when the machine was started, in milliseconds since 1970; for runtimes that keep no ticks
 */
export function isStillThere(state: ContainerState, stat: string | undefined, booted: number): boolean {
  const ticks = readStartTicks(stat ?? '');
  if (ticks === undefined) return false;
  if (state.startTicks !== undefined) return ticks === state.startTicks;
  const began = booted + (ticks * 1000) / TICKS_A_SECOND;
  return !(began > Date.parse(state.created) + SLACK_MS);
}

/** When a process began, by the text of its `stat`; undefined for one that has ended and waits for its parent. */
export function readStartTicks(stat: string): number | undefined {
  // the name before it may have blanks and parentheses
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  const ticks = Number(fields[19]);
  return 'ZXx'.includes(fields[0] ?? '') || Number.isNaN(ticks) ? undefined : ticks;
}

function makeState(
  family: Family,
  id: string,
  pid: number | undefined,
  startTicks: number | undefined,
  bundle: unknown,
  created: unknown,
): ContainerState | undefined {
  if (pid === undefined || pid <= 0) return undefined;
  const text = (value: unknown): string => (typeof value === 'string' ? value : '');
  return { id, pid, startTicks, bundle: text(bundle), created: text(created), family };
}

function get(value: unknown, key: string): unknown {
  if (typeof value !== 'object' || value === null || !Object.hasOwn(value, key)) return undefined;
  return Object.getOwnPropertyDescriptor(value, key)?.value;
}

function getNumber(value: unknown, key: string): number | undefined {
  const member = get(value, key);
  return typeof member === 'number' ? member : undefined;
}
