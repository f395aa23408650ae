// Opens a log of our own for Node as shim/open-log.c does: by folders that are held, and by no link of somebody else.
import * as fs from 'node:fs';
import type { Failure } from './host.ts';
import { OVERFLOW_ID } from './trust.ts';

const { O_WRONLY, O_APPEND, O_CREAT, O_NOFOLLOW, O_NONBLOCK } = fs.constants;
const LOG = O_WRONLY | O_APPEND | O_CREAT | O_NOFOLLOW | O_NONBLOCK;
/** O_PATH, which Node does not name: the way to a folder needs no right to read it. */
const FOLDER = 0o10000000 | O_NOFOLLOW;
/** as many as the kernel follows (path_resolution(7)) */
const MOST_LINKS = 40;
const WRITABLE_BY_OTHERS = 0o022;

/**
 * @param inUserNamespace whether this process is in one
 * @throws the errors of `node:fs`
 */
export function openLog(path: string, inUserNamespace: () => boolean): number | Failure {
  const name = path.slice(path.lastIndexOf('/') + 1);
  let folder = fs.openSync(path.startsWith('/') ? '/' : '.', FOLDER);
  try {
    let rest = splitPath(path.slice(0, path.length - name.length));
    for (let links = 0; ; ) {
      const [part, ...others] = rest;
      if (part === undefined) return fs.openSync(`/proc/self/fd/${folder}/${name}`, LOG, 0o640);
      const at = `/proc/self/fd/${folder}/${part}`;
      // Only the last folder is made: a longer path that is missing is a mistake in the settings.
      const next = enter(at, others.length === 0);
      let entered = next;
      if (fs.fstatSync(next).isSymbolicLink()) {
        const target = isOurs(next, folder, inUserNamespace) && ++links <= MOST_LINKS ? fs.readlinkSync(at) : undefined;
        fs.closeSync(next);
        if (target === undefined) return { errno: 'ELOOP' };
        rest = [...splitPath(target), ...others];
        if (!target.startsWith('/')) continue;
        entered = fs.openSync('/', FOLDER);
      } else {
        rest = others;
      }
      fs.closeSync(folder);
      folder = entered;
    }
  } finally {
    fs.closeSync(folder);
  }
}

function splitPath(path: string): string[] {
  return path.split('/').filter((name) => name !== '');
}

function enter(path: string, make: boolean): number {
  try {
    return fs.openSync(path, FOLDER);
  } catch (error) {
    if (!make || !(error instanceof Error && 'code' in error && error.code === 'ENOENT')) throw error;
  }
  try {
    fs.mkdirSync(path, { mode: 0o750 });
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'EEXIST')) throw error;
  }
  return fs.openSync(path, FOLDER);
}

/** In a user namespace an unmapped owner is somebody outside, who could be anybody where others may put things. */
function isOurs(link: number, folder: number, inUserNamespace: () => boolean): boolean {
  const { uid } = fs.fstatSync(link);
  if (uid === 0 || uid === process.geteuid?.()) return true;
  if (uid !== OVERFLOW_ID || (fs.fstatSync(folder).mode & WRITABLE_BY_OTHERS) !== 0) return false;
  return inUserNamespace();
}
