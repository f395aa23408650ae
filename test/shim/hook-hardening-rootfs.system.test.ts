// Nothing of the container's own files is looked at, made or followed: an image may be full of links.
import assert from 'node:assert/strict';
import { mkdirSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { compile, STARTED } from '../support/fake-runtime.ts';
import { runShim } from '../support/run-shim.ts';
import { smallHost } from '../support/small-host.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

const folder = temporaryFolder();
const runtime = compile('fake-runc', folder);

const EDITS = {
  deviceNodes: [{ path: '/dev/null' }, { path: '/etc/zero', hostPath: '/dev/zero' }],
  mounts: [
    { hostPath: '/etc', containerPath: '/lib/driver' },
    { hostPath: '/etc/passwd', containerPath: '/new/place' },
  ],
  hooks: [
    { hookName: 'createContainer', path: '/bin/sh', args: ['sh', '-c', 'true'] },
    { hookName: 'startContainer', path: '/bin/in-the-image' },
  ],
};

test('no path below the root of the container is opened, looked at or made', () => {
  const rootfs = join(folder, 'image-root');
  for (const name of ['dev', 'etc', 'bin']) mkdirSync(join(rootfs, name), { recursive: true });
  symlinkSync('/etc', join(rootfs, 'lib'));
  symlinkSync('/etc/shadow', join(rootfs, 'dev/null'));
  const config = { root: { path: rootfs }, process: {}, annotations: { 'cdi.k8s.io/x': 'a/b=c' } };
  const host = smallHost(folder, { runtime, config: JSON.stringify(config) });
  const spec = { cdiVersion: '0.6.0', kind: 'a/b', devices: [{ name: 'c', containerEdits: EDITS }] };
  writeFileSync(join(host.cdi, 'a.json'), JSON.stringify(spec), { mode: 0o644 });
  const trace = join(folder, 'trace');
  const { status, stderr } = runShim({
    folder: host.root,
    args: ['create', '--bundle', host.bundle, 'id'],
    settings: host.settings,
    prefix: ['strace', '-f', '-y', '-s', '4096', '-o', trace],
    env: { PATH: process.env['PATH'] ?? '' },
  });
  assert.deepEqual([status, stderr], [STARTED, '']);
  assert.match(readFileSync(host.config, 'utf8'), /in-the-image/);
  // What is written into config.json has the path in it, and what the runtime does is its own matter.
  const calls = readFileSync(trace, 'utf8').split('\n');
  const end = calls.findIndex((line) => line.includes(`execve("${runtime}"`));
  assert.ok(end > 0);
  const own = calls.slice(0, end).filter((line) => !/^\d+ +(?:read|write|pread64)\(/.test(line));
  assert.deepEqual(
    own.filter((line) => line.includes(rootfs) || line.includes('in-the-image') || line.includes('/new/place')),
    [],
  );
  assert.deepEqual(readdirSync(rootfs).sort(), ['bin', 'dev', 'etc', 'lib']);
});
