// What changes in a directory, told by the kernel, and asked for without letting go of the thread.
import * as fs from 'node:fs';
import { basename } from 'node:path';
import type { DirectoryWatch, Failure } from './host.ts';

/**
 * By what `statfs` calls their type: ext2 to ext4, XFS, btrfs, F2FS, bcachefs, ZFS, tmpfs, ramfs. All that happens there
 * happens through this kernel, in one place: on a network, in FUSE or below an overlay a file may change unseen.
 */
const LOCAL: ReadonlySet<number> = new Set([
  0xef53, 0x58465342, 0x9123683e, 0xf2f52010, 0xca451a4e, 0x2fc12fc1, 0x01021994, 0x858458f6,
]);

/** Whether a file system of this machine's own holds a directory: it tells of each change, and keeps times. */
export function isLocal(path: string): boolean {
  try {
    return LOCAL.has(fs.statfsSync(path).type);
  } catch {
    return false;
  }
}

/** More events than this at once may be more than the kernel keeps, which Node would not say. */
const MOST_EVENTS = 1000;

interface Told {
  names: Set<string>;
  events: number;
  isLost: boolean;
}

/** A watch that no one has any more is closed, as one that is closed. */
const forgotten = new FinalizationRegistry<fs.FSWatcher>((watcher) => watcher.close());

const NOTHING: ReadonlySet<string> = new Set();

/** Watches a directory; it keeps no process alive. */
export function watchDirectory(path: string): DirectoryWatch | Failure {
  const told: Told = { names: new Set(), events: 0, isLost: false };
  const own = basename(path);
  const take = (_: string, name: string | null): void => {
    // By its own name, the directory tells of itself.
    if (name === null || name === own || name.includes('\ufffd') || ++told.events > MOST_EVENTS) told.isLost = true;
    else told.names.add(name);
  };
  try {
    const queue = findQueue();
    if (queue === undefined) return { errno: 'ENOSYS' };
    const watcher = fs.watch(path, { persistent: false }, take);
    watcher.on('error', () => {
      told.isLost = true;
    });
    const watch = makeWatch(told, queue, watcher);
    forgotten.register(watch, watcher, watch);
    return watch;
  } catch (error) {
    if (error instanceof Error && 'code' in error && typeof error.code === 'string') return { errno: error.code };
    throw error;
  }
}

function makeWatch(told: Told, queue: number, watcher: fs.FSWatcher): DirectoryWatch {
  const watch: DirectoryWatch = {
    isOver: () => told.isLost,
    changes: () => {
      if (told.isLost || isPending(queue)) return undefined;
      if (told.events === 0) return NOTHING;
      const { names } = told;
      told.names = new Set();
      told.events = 0;
      return names;
    },
    close: () => {
      forgotten.unregister(watch);
      watcher.close();
    },
  };
  return watch;
}

const ONE = new Uint8Array(1);

/**
 * Whether events wait in the kernel that Node has not handed out yet: it does so between two turns of its loop. No
 * event fits into a byte, so that none is taken: where there is one, the kernel says that it does not fit.
 */
function isPending(queue: number): boolean {
  try {
    fs.readSync(queue, ONE, 0, 1, null);
    return true;
  } catch (error) {
    return !(error instanceof Error && 'code' in error && error.code === 'EAGAIN');
  }
}

const DESCRIPTORS = '/proc/self/fd';
/** A directory that nobody else watches. */
const PROBE = '/proc/self/fdinfo';

let probe: fs.FSWatcher | undefined;
let known: number | undefined;

/**
 * The descriptor from which the loop of this thread takes its events, open from its first watch to its end.
 *
 * @returns undefined where that cannot be told for sure
 * @throws the errors of `node:fs`
 */
function findQueue(): number | undefined {
  if (known !== undefined) return known;
  // It stays: its end would be an event.
  if (probe === undefined) probe = fs.watch(PROBE, { persistent: false });
  const inode = ` ino:${fs.statSync(PROBE).ino.toString(16)} `;
  const found = fs.readdirSync(DESCRIPTORS).filter((name) => {
    const text = readQueue(name);
    return text.includes(inode) && isUnblocking(text);
  });
  if (found.length === 1) known = Number(found[0]);
  return known;
}

/** What the kernel tells of a queue of events; nothing of any other descriptor. */
function readQueue(name: string): string {
  try {
    const isQueue = fs.readlinkSync(`${DESCRIPTORS}/${name}`) === 'anon_inode:inotify';
    return isQueue ? fs.readFileSync(`${PROBE}/${name}`, 'utf8') : '';
  } catch {
    // closed meanwhile: that of the listing itself, or of another thread
    return '';
  }
}

/** A look at an empty queue must not wait for an event. */
function isUnblocking(text: string): boolean {
  const flags = Number.parseInt(/^flags:\s*([0-7]+)$/m.exec(text)?.[1] ?? '', 8);
  return (flags & fs.constants.O_NONBLOCK) !== 0;
}
