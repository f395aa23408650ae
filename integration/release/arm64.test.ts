// The released shim for arm64, run under qemu by tests of the shim as they are, with its probes, stories and corpus.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { test } from 'node:test';
import { EMULATOR } from '../../scripts/release/arm64.ts';

const ROOT = resolve(import.meta.dirname, '../..');
const SHIM = join(ROOT, 'build/release/cdi-runtime-linux-arm64');

const FILES: readonly string[] = [
  'test/shim/transparency.system.test.ts',
  'test/inject/stories.test.ts',
  'test/bundle/rewrite-property-shim.random.test.ts',
  'test/conformance/shim-inject.system.test.ts',
];

/** What qemu itself takes or changes: a program for arm64 that does nothing but become the runtime differs there, too. */
const OF_QEMU: readonly string[] = [
  // it holds descriptors, and sets handlers of its own
  ...['no descriptor left', 'all signals ignored', 'all signals blocked', 'signals pending'],
  ...['signals pending and ignored', 'all at once'],
  // it has threads, and takes memory beside the program's
  ...['one process', 'a small stack, and no other process', 'locked memory'],
  ...['little address space', 'little memory for data', 'memory that is written or run'],
  // it reads the environment into a list of names
  ...['variables twice', 'entries that are no variables'],
];
/** What is too little for qemu and the core together. */
const TOO_LITTLE = ['four descriptors', 'four descriptors, soft', 'a stack of 64 KiB, soft'];

function findObstacle(): string | false {
  if (process.getuid?.() !== 0) return 'only root gives a namespace all users';
  if (spawnSync(EMULATOR, ['--version']).error !== undefined) return `${EMULATOR} is not installed`;
  if (!existsSync(SHIM)) return 'build/release has no shim for arm64: npm run release';
  const { status } = spawnSync('unshare', [
    '--user',
    '--map-root-user',
    '--mount',
    'mount',
    '-t',
    'binfmt_misc',
    'x',
    '/mnt',
  ]);
  return status === 0 ? false : 'this kernel has one list of interpreters for all namespaces';
}

test('the shim for arm64 passes what the shim for this machine passes', { skip: findObstacle() }, (context) => {
  const titles = [...OF_QEMU.map((title) => `${title}: `), ...TOO_LITTLE.map((title) => `${title}: a create with a`)];
  const skipped = titles.map((title) => `--test-skip-pattern=/sees no difference: ${title}/`);
  const words = ['--test', '--test-concurrency=2', '--test-reporter=tap', ...skipped, ...FILES];
  const program = join(import.meta.dirname, 'as-arm64.sh');
  const env = { ...process.env };
  // else the tests inside take themselves for a part of this one
  delete env['NODE_TEST_CONTEXT'];
  const { status, stdout, stderr } = spawnSync('sh', [program, SHIM, process.execPath, ...words], {
    cwd: ROOT,
    encoding: 'utf8',
    env,
    maxBuffer: 64 * 1024 * 1024,
  });
  const failed = stdout.split('\n').filter((line) => /^\s*not ok /.test(line));
  assert.deepEqual([failed, status], [[], 0], stderr);
  const [, passed = '0'] = /^# pass (\d+)$/m.exec(stdout) ?? [];
  assert.ok(Number(passed) > 400, stdout.slice(-1000));
  context.diagnostic(`${passed} tests passed under ${EMULATOR}`);
});
