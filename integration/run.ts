// Runs the integration tests in a mount namespace of their own, where /etc and the cgroups can be changed and nobody sees it.
import { spawnSync } from 'node:child_process';
import { globSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { join, resolve } from 'node:path';

/** Engines put sockets in here, whose paths may have 108 bytes. */
const PARENT = '/tmp';

const folder = import.meta.dirname;
const root = resolve(folder, '..');

/**
 * cgroups are made plain version 1 for crun, which refuses a mixture of both; /etc becomes a layer over the machine's.
 * What is mounted here vanishes with the last process.
 */
const ENTER = `
if mountpoint -q /sys/fs/cgroup/unified; then
	umount /sys/fs/cgroup/unified
	mount -t tmpfs -o mode=755 tmpfs /sys/fs/cgroup/unified
fi
mount -t overlay overlay -o "lowerdir=/etc,upperdir=$CDI_INTEGRATION/etc,workdir=$CDI_INTEGRATION/work" /etc
exec "$@"
`;

function main(): number {
  if (process.getuid?.() !== 0) {
    console.error('cannot run the integration tests as another user than root: they start engines');
    return 1;
  }
  const wanted = process.argv.slice(2);
  const files = globSync('engines*/**/*.test.ts', { cwd: folder }).filter(
    (file) => wanted.length === 0 || wanted.some((word) => file.includes(word)),
  );
  if (files.length === 0) {
    console.error(`cannot run tests of ${wanted.join(', ')}: there are none in integration/`);
    return 1;
  }
  const scratch = mkdtempSync(join(PARENT, 'cdi-i-'));
  mkdirSync(join(scratch, 'etc'));
  mkdirSync(join(scratch, 'work'));
  try {
    const tests = [
      '--test',
      '--test-reporter=spec',
      '--test-concurrency=1',
      ...files.map((file) => join(folder, file)),
    ];
    const entering = ['--mount', '--propagation', 'private', 'sh', '-euc', ENTER, 'sh', process.execPath, ...tests];
    const env = { ...process.env, CDI_INTEGRATION: scratch, LC_ALL: 'C.UTF-8' };
    const { status, error } = spawnSync('unshare', entering, { cwd: root, env, stdio: 'inherit' });
    if (error !== undefined) throw error;
    return status ?? 1;
  } finally {
    rmSync(scratch, { recursive: true, force: true });
  }
}

process.exitCode = main();
