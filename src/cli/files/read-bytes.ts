// The bytes of a file that somebody else may have written: never more than a limit.
import { isFailure } from '../../host/host.ts';
import { readRegular } from '../../host/read-file.ts';

/** More than any file of an engine, program of ours or record of the kernel has. */
export const LARGEST_FILE: number = 256 * 1024 * 1024;

/** @throws what the file system throws, or an error whose code is `EFBIG`, `EISDIR` or `EFTYPE` (no regular file) */
export function readBytes(path: string, most: number = LARGEST_FILE): Buffer {
  const file = readRegular(path, most);
  if (isFailure(file)) throw Object.assign(new Error(`cannot read ${path}: ${file.errno}`), { code: file.errno });
  return file.bytes;
}
