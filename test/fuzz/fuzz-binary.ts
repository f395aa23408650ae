// Builds the shim's C with its own core or one of the tests, and with gcc's sanitizers or without.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, renameSync, rmSync, statSync } from 'node:fs';
import { join, resolve } from 'node:path';

const root = resolve(import.meta.dirname, '../..');
const script = join(root, 'scripts/build-shim.ts');
const CORES = { shim: 'src/runtime/shim.ts', fuzz: 'test/fuzz/fixtures/fuzz-core.ts' };
/** What may go into a build. */
const PARTS = [
  'src',
  'shim',
  'test/fuzz/fixtures',
  'test/fuzz/jobs.ts',
  'test/host',
  'scripts/build-shim.ts',
  'scripts/heap.ts',
];

/** The binary's path. Test files share one, as long as nothing changes that may go into it. */
export function fuzzBinary(core: keyof typeof CORES, sanitize: boolean): string {
  const name = `${core}-${sanitize ? 'sanitized-' : ''}${fingerprint()}`;
  const folder = join(root, 'build/fuzz-binaries');
  const file = join(folder, name);
  if (existsSync(file)) return file;
  mkdirSync(folder, { recursive: true });
  const own = mkdtempSync(join(folder, 'making-'));
  const options = ['--entry', join(root, CORES[core]), '--out', join(own, name), ...(sanitize ? ['--sanitize'] : [])];
  const { status, stdout, stderr } = spawnSync(process.execPath, [script, ...options], { encoding: 'utf8' });
  assert.equal(status, 0, `${stdout}${stderr}`);
  renameSync(join(own, name), file);
  rmSync(own, { recursive: true });
  return file;
}

function fingerprint(): string {
  const hash = createHash('sha256');
  for (const part of PARTS) {
    const path = join(root, part);
    const isFolder = statSync(path).isDirectory();
    const files = isFolder ? readdirSync(path, { recursive: true, encoding: 'utf8' }).sort() : [''];
    for (const file of files) {
      const whole = join(path, file);
      if (!statSync(whole).isDirectory()) hash.update(file).update(readFileSync(whole));
    }
  }
  return hash.digest('hex').slice(0, 16);
}
