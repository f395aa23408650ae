// The VM's block devices: small file systems with room for quotas, and with a journal that a power cut can be tried on.
import { truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { demandProgram, run } from './programs.ts';

/** What a container reads of the first disk; the check that does knows it too. */
const LABEL = 'vm-disk';
const MIB = 1024 * 1024;

type Disk = [name: string, size: number, program: string, options: readonly string[]];

const QUOTA = ['-t', 'ext4', '-O', '^has_journal,quota', '-E', 'quotatype=usrquota'];
const DISKS: readonly Disk[] = [
  ['quota', 4 * MIB, 'mke2fs', ['-q', '-F', ...QUOTA, '-L', LABEL]],
  ['ext4', 16 * MIB, 'mke2fs', ['-q', '-F', '-t', 'ext4']],
  // the least that mkfs.xfs makes; the file has holes
  ['xfs', 300 * MIB, 'mkfs.xfs', ['-q', '-f']],
];

/** Makes the files that the VM has as /dev/vda, /dev/vdb and /dev/vdc. */
export function makeDisks(folder: string): string[] {
  return DISKS.map(([name, size, program, options]) => {
    const file = join(folder, name);
    writeFileSync(file, '');
    truncateSync(file, size);
    run(demandProgram(program), [...options, file]);
    return file;
  });
}
