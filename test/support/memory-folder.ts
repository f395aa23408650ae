// A folder of its own for a test file that makes many files: in memory where the machine has room there.
import { mkdtempSync, realpathSync, rmSync, statfsSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after } from 'node:test';

const MEMORY = '/dev/shm';

/** In bytes; a small file takes a page. */
const ENOUGH = 128 * 1024 * 1024;

/** Without links in its path, and gone when the file's tests are done. */
export function memoryFolder(): string {
  const folder = realpathSync(mkdtempSync(join(hasRoom() ? MEMORY : tmpdir(), 'cdi-test-')));
  after(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

function hasRoom(): boolean {
  try {
    const { bavail, bsize } = statfsSync(MEMORY);
    return bavail * bsize > ENOUGH;
  } catch {
    return false;
  }
}
