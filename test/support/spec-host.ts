// A host in memory that keeps specs as well: it counts what is read, and its clock stands until it is moved.
import { isFailure, type SpecHost, type Stamp } from '../../src/host/host.ts';
import { cleanPath } from '../../src/text/path.ts';
import { type MemoryEntry, type MemoryHost, memoryHost } from '../host/memory-host.ts';

export interface MemorySpecHost extends SpecHost, Pick<MemoryHost, 'entry' | 'put'> {
  /** paths of the files that were read, in order */
  readonly reads: string[];
  /** Moves the clock on, by milliseconds. */
  pass(time: number): void;
}

/** A host over the given paths, all of which are an hour old. */
export function memorySpecHost(entries: Readonly<Record<string, MemoryEntry>>): MemorySpecHost {
  const host = memoryHost(entries);
  const reads: string[] = [];
  const changes = new Map<string, { readonly version: number; readonly time: number }>();
  let now = 3_600_000;
  const put = (path: string, entry: MemoryEntry | undefined): undefined => {
    host.put(path, entry);
    for (const changed of [path, cleanPath(`${path}/..`)]) {
      changes.set(changed, { version: (changes.get(changed)?.version ?? 0) + 1, time: now });
    }
  };
  const stampOf = ({ path }: { readonly path: string }): Stamp => {
    const { version, time } = changes.get(path) ?? { version: 0, time: 0 };
    return { identity: `${path} ${version}`, modified: time, inode: path, names: 1 };
  };
  return {
    ...host,
    put,
    reads,
    pass: (time) => {
      now += time;
    },
    now: () => now,
    readFile: (path, maxBytes) => {
      reads.push(path);
      return host.readFile(path, maxBytes);
    },
    readFileBelow: (_, path, maxBytes) => host.readFile(path, maxBytes),
    stamp: (path) => {
      const info = host.deviceInfo(path);
      return isFailure(info) ? info : stampOf({ path });
    },
    stampOf,
    isLocal: () => true,
    watchDirectory: () => ({ errno: 'ENOSYS' }),
    makeDirectory: (path) => {
      const listed = host.listDirectory(path);
      if (!isFailure(listed)) return undefined;
      return listed.errno === 'ENOENT' ? put(path, { directory: true }) : { errno: 'EEXIST' };
    },
    writeFile: (path, content) => put(path, typeof content === 'string' ? content : new TextDecoder().decode(content)),
    remove: (path) => {
      const info = host.deviceInfo(path);
      return isFailure(info) ? info : put(path, undefined);
    },
  };
}
