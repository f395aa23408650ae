// Runs the integration tests in namespaces of their own, where /etc and the cgroups can be changed and no one sees it.
import { existsSync, globSync, mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { execa } from 'execa';
import { drawMatrix, type Matrix, missing } from './support/matrix.ts';

/** Engines put sockets in here, whose paths may have 108 bytes. */
const PARENT = '/tmp';

const folder = import.meta.dirname;
const root = resolve(folder, '..');

/**
 * cgroups are made plain version 1 for crun, which refuses a mixture of both; /etc becomes a layer over the machine's,
 * and /run is empty. The shell stays: as the first process it has to wait for daemons that lost their parent.
 * Whatever is mounted or runs here vanishes with it.
 */
const ENTER = `
if mountpoint -q /sys/fs/cgroup/unified; then
	umount /sys/fs/cgroup/unified
	mount -t tmpfs -o mode=755 tmpfs /sys/fs/cgroup/unified
fi
mount -t overlay overlay -o "lowerdir=/etc,upperdir=$CDI_INTEGRATION/etc,workdir=$CDI_INTEGRATION/work" /etc
mount -t tmpfs -o mode=755 tmpfs /run
status=0
"$@" || status=$?
exit $status
`;
const NAMESPACES = ['--mount', '--propagation', 'private', '--pid', '--fork', '--kill-child', '--mount-proc'];

async function main(): Promise<number> {
  if (process.getuid?.() !== 0) {
    console.error('cannot run the integration tests as another user than root: they start engines');
    return 1;
  }
  const wanted = process.argv.slice(2);
  const files = globSync('{engines*,deploy,gpu}/**/*.test.ts', { cwd: folder })
    .filter((file) => wanted.length === 0 || wanted.some((word) => file.includes(word)))
    .sort();
  if (files.length === 0) {
    console.error(`cannot run tests of ${wanted.join(', ')}: there are none in integration/`);
    return 1;
  }
  const scratch = mkdtempSync(join(PARENT, 'cdi-i-'));
  mkdirSync(join(scratch, 'etc'));
  mkdirSync(join(scratch, 'work'));
  try {
    const status = await runTests(files, scratch);
    const file = join(scratch, 'matrix.json');
    const gathered = existsSync(file) ? readFileSync(file, 'utf8') : '';
    if (gathered === '') return status === 0 ? 1 : status;
    const matrix: Matrix = JSON.parse(gathered);
    console.log(`\n${drawMatrix(matrix)}`);
    const gaps = missing(matrix);
    for (const gap of gaps) console.error(`cannot call this complete: no test and no reason to skip: ${gap}`);
    return gaps.length > 0 ? 1 : status;
  } finally {
    rmSync(scratch, { recursive: true, force: true });
  }
}

async function runTests(files: readonly string[], scratch: string): Promise<number> {
  const reporters = [
    ['spec', 'stdout'],
    [join(folder, 'support/matrix.ts'), join(scratch, 'matrix.json')],
  ].flatMap(([reporter, to]) => [`--test-reporter=${reporter}`, `--test-reporter-destination=${to}`]);
  const tests = ['--test', '--test-concurrency=1', ...reporters, ...files.map((file) => join(folder, file))];
  const entering = [...NAMESPACES, 'sh', '-euc', ENTER, 'sh', process.execPath, ...tests];
  const env = { CDI_INTEGRATION: scratch, LC_ALL: 'C.UTF-8' };
  const child = execa('unshare', entering, { cwd: root, env, reject: false, stdio: 'inherit' });
  // With unshare all that it holds comes to its end, and then the scratch folder.
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => child.kill('SIGKILL'));
  const { code, exitCode = 1 } = await child;
  if (code === 'ENOENT') console.error('cannot run the integration tests: unshare is missing; install util-linux');
  return exitCode;
}

process.exitCode = await main();
