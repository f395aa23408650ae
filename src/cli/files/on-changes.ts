// Waiting for changes of a file that may come, go and be replaced: its directory is watched, or the nearest one above.
import { promises, statSync } from 'node:fs';
import { dirname } from 'node:path';
import { CdiError } from '../../text/error.ts';
import { quote } from '../../text/quote.ts';

/**
 * Calls `work` at once and after each change that may concern the file. Never returns, and a signal ends the process
 * as always.
 *
 * @throws {CdiError} CANNOT_READ where nothing can be watched; what `work` throws
 */
export async function watchFile(path: string, work: () => void): Promise<never> {
  for (;;) {
    const directory = findNearestDirectory(path);
    const stop = new AbortController();
    const changes = promises.watch(directory, { signal: stop.signal })[Symbol.asyncIterator]();
    try {
      // The watch begins as the first change is asked for: what came before is seen by `work`.
      for (let isOld = false; !isOld; ) {
        const next = changes.next();
        // Where no one waits for it, its error is of no interest.
        next.catch(() => {});
        work();
        if (findNearestDirectory(path) !== directory) break;
        // Something was made, removed or renamed, and that may have been the directory.
        isOld = (await next).value?.eventType !== 'change';
      }
    } catch (error) {
      refuse(error, directory);
    } finally {
      stop.abort();
    }
  }
}

/** Directories come and go: that is no error. */
function refuse(cause: unknown, directory: string): void {
  const isOfSystem = cause instanceof Error && 'syscall' in cause && 'code' in cause;
  if (!isOfSystem) throw cause;
  if (cause.code === 'ENOENT') return;
  const why = `the kernel refused it (${cause.code})`;
  throw new CdiError('CANNOT_READ', { what: `watch the directory ${quote(directory)}`, path: directory, why, cause });
}

function findNearestDirectory(path: string): string {
  let directory = dirname(path);
  while (directory !== '/' && statSync(directory, { throwIfNoEntry: false })?.isDirectory() !== true) {
    directory = dirname(directory);
  }
  return directory;
}
