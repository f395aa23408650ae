// Takes away what the demo made, in whatever state a failure left it.
import { existsSync, readdirSync, rmdirSync, rmSync, statfsSync } from 'node:fs';
import { basename, join } from 'node:path';
import { execaSync } from 'execa';

const CGROUPS = '/sys/fs/cgroup';
const TMPFS_MAGIC = 0x01021994;

/** @returns what could not be removed */
export function cleanUp(crun: string, folder: string): readonly string[] {
  const state = join(folder, 'state');
  for (const id of entries(state)) {
    const deleting = ['--root', state, 'delete', '--force', id];
    execaSync(crun, deleting, { reject: false, stdio: 'ignore', timeout: 10_000 });
  }
  const cgroups = ['.', ...entries(CGROUPS)].map((tree) => join(CGROUPS, tree, basename(folder)));
  return [folder, ...cgroups].filter((path) => existsSync(path) && !removed(path));
}

function entries(path: string): string[] {
  try {
    return readdirSync(path);
  } catch {
    return [];
  }
}

/** A cgroup goes by rmdir; where crun took a plain folder for a cgroup, there are plain files in it. */
function removed(path: string): boolean {
  try {
    const cgroup = path.startsWith(CGROUPS) && statfsSync(path).type !== TMPFS_MAGIC;
    if (cgroup) rmdirSync(path);
    else rmSync(path, { recursive: true, maxRetries: 5 });
    return true;
  } catch {
    return false;
  }
}
