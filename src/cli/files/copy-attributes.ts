// Copies what Node cannot read of a file, its access list and its labels: cp does, from one descriptor to another.
import { existsSync } from 'node:fs';

/** Where labels decide who may read a file, one without the old labels is another file. */
const SELINUX = '/sys/fs/selinux/enforce';

/** @throws where they could not be copied and matter */
export function copyAttributes(from: number, to: number): void {
  const words = ['--attributes-only', '--preserve=mode,xattr', '/proc/self/fd/0', '/proc/self/fd/1'];
  // Not by execa, which hands no open files to a program that is waited for. Loaded here, it costs no other start 3 ms.
  const { spawnSync } = process.getBuiltinModule('node:child_process');
  const { status } = spawnSync('cp', words, { stdio: [from, to, 'ignore'] });
  if (status !== 0 && existsSync(SELINUX)) throw Object.assign(new Error('cp failed'), { code: 'ENOTSUP' });
}
