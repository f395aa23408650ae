// A folder of its own for a test file.
import { mkdtempSync, realpathSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after } from 'node:test';

/** Without links in its path, and gone when the file's tests are done. */
export function temporaryFolder(): string {
  const folder = realpathSync(mkdtempSync(join(tmpdir(), 'cdi-test-')));
  after(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}
