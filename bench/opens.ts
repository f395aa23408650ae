// Counts the files that some work opens in this process.
import fs from 'node:fs';
import { syncBuiltinESMExports } from 'node:module';

/** How often the work opened a file in a directory. */
export function countOpens(directory: string, work: () => unknown): number {
  const { openSync } = fs;
  let count = 0;
  fs.openSync = (path, ...rest) => {
    if (String(path).startsWith(`${directory}/`)) count++;
    return openSync(path, ...rest);
  };
  syncBuiltinESMExports();
  try {
    work();
    return count;
  } finally {
    fs.openSync = openSync;
    syncBuiltinESMExports();
  }
}
