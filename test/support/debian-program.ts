// A program of a Debian package that is not installed for tests: as scripts/packages.ts unpacked it, else the machine's own.
import { spawnSync } from 'node:child_process';
import { existsSync, globSync } from 'node:fs';
import { join, resolve } from 'node:path';

const UNPACKED = resolve(import.meta.dirname, '../../build/debian');

export interface DebianProgram {
  readonly path: string;
  readonly env: NodeJS.ProcessEnv;
  /** the root of its package; undefined for the machine's own */
  readonly root: string | undefined;
  /** why there is none; false where there is */
  readonly skip: string | false;
}

/** @param path below the root of the package */
export function debianProgram(name: string, path: string): DebianProgram {
  const root = join(UNPACKED, name);
  const libraries = globSync('usr/lib/*-linux-gnu{,/systemd}', { cwd: root }).map((folder) => join(root, folder));
  const env = { ...process.env, LD_LIBRARY_PATH: libraries.join(':') };
  const own = { path: join(root, path), env, root };
  const found = existsSync(own.path) ? own : { path: join('/', path), env: process.env, root: undefined };
  const isThere = spawnSync(found.path, ['--version'], { env: found.env }).status === 0;
  return { ...found, skip: isThere ? false : `${join('/', path)} of Debian's ${name} is not there` };
}
