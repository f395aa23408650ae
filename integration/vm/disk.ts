// The VM's block device: a small file system with room for quotas.
import { writeFileSync } from 'node:fs';
import { demandProgram, run } from './programs.ts';

/** What a container reads of the disk; the check that does knows it too. */
const LABEL = 'vm-disk';
const SIZE = 4 * 1024 * 1024;

/** Makes the file that the VM has as /dev/vda. */
export function makeDisk(file: string): void {
  writeFileSync(file, Buffer.alloc(SIZE));
  const features = ['-t', 'ext4', '-O', '^has_journal,quota', '-E', 'quotatype=usrquota'];
  run(demandProgram('mke2fs'), ['-q', '-F', ...features, '-L', LABEL, file]);
}
