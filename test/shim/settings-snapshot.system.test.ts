// What C read is what the core gets: nothing is read twice, so that no change in between is half seen.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { readFileSync, utimesSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { noTracing } from '../faults/disturb-stories.ts';
import { compile, STARTED } from '../support/fake-runtime.ts';
import { cutPage, SHIM } from '../support/run-shim.ts';
import { ASKING, INJECTED, smallHost } from '../support/small-host.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

const folder = temporaryFolder();
const runtime = compile('fake-runc', folder);

test('a create reads its settings and its document once', { skip: noTracing }, () => {
  const host = smallHost(folder, { runtime, config: ASKING });
  const log = join(host.root, 'strace');
  const args = ['-y', '-e', 'trace=read,pread64', '-o', log, SHIM, 'create', '-b', host.bundle, 'id'];
  const { status } = spawnSync('strace', args, { env: { CDI_RUNTIME_CONFIG: host.settings, PATH: '/usr/bin:/bin' } });
  assert.equal(status, STARTED);
  assert.equal(readFileSync(host.config, 'utf8'), INJECTED);
  const reads = readFileSync(log, 'utf8').split('\n');
  for (const file of [host.settings, host.config])
    assert.equal(reads.filter((line) => line.includes(`<${file}>`)).length, 1, reads.join('\n'));
});

/** What comes of a create while a call about a file has a fault. */
function disturbed(call: string, words: readonly string[]): [status: number | null, stderr: string, config: string] {
  const host = smallHost(folder, { runtime, config: ASKING });
  utimesSync(host.settings, 1, 1);
  const inject = words.map((word) => word.replace('CONFIG', host.config).replace('BUNDLE', host.bundle));
  const args = ['-o', '/dev/null', '-e', `trace=${call}`, ...inject, SHIM, 'create', '-b', host.bundle, 'id'];
  const { status, stderr } = spawnSync('strace', args, {
    env: { CDI_RUNTIME_CONFIG: host.settings, PATH: '/usr/bin:/bin' },
    encoding: 'utf8',
  });
  return [status, cutPage(stderr).replace(host.config, 'CONFIG'), readFileSync(host.config, 'utf8')];
}

test('once a request was seen, a look that fails starts nothing', { skip: noTracing }, () => {
  for (const errno of ['EPERM', 'EACCES', 'EIO', 'ELOOP', 'ENAMETOOLONG']) {
    const calls = 'stat,lstat,newfstatat,fstatat64';
    const said = disturbed(calls, ['-P', 'BUNDLE', '-e', `inject=${calls}:error=${errno}:when=1`]);
    const told = `cannot edit container configuration "CONFIG": it cannot be opened for a change (${errno})\n`;
    assert.deepEqual(said, [1, told, ASKING]);
  }
});

test('a read that ends too early does not hide a request', { skip: noTracing }, () => {
  const said = disturbed('read', ['-P', 'CONFIG', '-e', 'inject=read:retval=0:when=1']);
  assert.deepEqual(said, [STARTED, '', INJECTED]);
});
