// Where our code is kept compiled from one run to the next: a folder that only this user can write, or nowhere.
import { lstatSync, mkdirSync, realpathSync, type Stats } from 'node:fs';
import { basename, dirname, join } from 'node:path';

type Environment = Readonly<Record<string, string | undefined>>;

const WRITABLE_BY_OTHERS = 0o022;
const STICKY = 0o1000;

/** Undefined where there is none that can be trusted, or where Node's own variables say what is kept. */
export function findCacheFolder(environment: Environment): string | undefined {
  const { NODE_COMPILE_CACHE: others, NODE_DISABLE_COMPILE_CACHE: disabled } = environment;
  if (others !== undefined || disabled !== undefined) return undefined;
  const uid = process.geteuid?.() ?? 0;
  const folder = chooseCacheFolder(environment, uid);
  return folder === undefined ? undefined : makeOwnFolder(folder, uid);
}

/** Root's variables may be another user's, whose home `sudo` can keep. */
export function chooseCacheFolder(environment: Environment, uid: number): string | undefined {
  if (uid === 0) return '/var/cache/cdi-runtime/cdictl';
  const { XDG_CACHE_HOME: given, HOME: home } = environment;
  if (given?.startsWith('/')) return join(given, 'cdi-runtime');
  return home?.startsWith('/') ? join(home, '.cache/cdi-runtime') : undefined;
}

/**
 * Makes a folder, and the one around it, where they are missing. V8 believes what lies in a cache, so whoever
 * could write there, or put another folder in its place, could run code as this user.
 *
 * @returns the path without links; undefined where it is not there, or not this user's alone
 */
export function makeOwnFolder(path: string, uid: number): string | undefined {
  // Not `recursive`: in a place that takes no entries, such as /proc, Node would try for ever.
  make(dirname(path));
  make(path);
  try {
    const own = join(realpathSync(dirname(path)), basename(path));
    const isOurs =
      isSafe(lstatSync(own), [uid]) && listFoldersAbove(own).every((at) => isSafe(lstatSync(at), [uid, 0], STICKY));
    return isOurs ? own : undefined;
  } catch {
    return undefined;
  }
}

/** @param except in a sticky folder, others may put things but cannot rename or remove what is not theirs */
function isSafe(folder: Stats, owners: readonly number[], except = 0): boolean {
  const { uid, mode } = folder;
  return folder.isDirectory() && owners.includes(uid) && ((mode & WRITABLE_BY_OTHERS) === 0 || (mode & except) !== 0);
}

function listFoldersAbove(path: string): string[] {
  const above = dirname(path);
  return above === path ? [] : [above, ...listFoldersAbove(above)];
}

function make(folder: string): void {
  try {
    mkdirSync(folder, 0o700);
  } catch {
    // It is there, or it cannot be: what is there is looked at next.
  }
}
