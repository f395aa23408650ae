// Whether a file was touched.
import { readFileSync, statSync } from 'node:fs';

export interface FileState {
  readonly text: Buffer;
  readonly inode: bigint;
  /** nanoseconds */
  readonly modified: bigint;
  readonly changed: bigint;
}

/** Everything by which a file that was written, replaced or given other rights differs from before. */
export function fileState(path: string): FileState {
  const { ino, mtimeNs, ctimeNs } = statSync(path, { bigint: true });
  return { text: readFileSync(path), inode: ino, modified: mtimeNs, changed: ctimeNs };
}
