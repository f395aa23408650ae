// npm test and npm run test:system: packages, build, the test files of the command, and the host afterwards.
import { globSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { execa } from 'execa';
import { isOfCore } from '../test/support/floors.ts';

const root = resolve(import.meta.dirname, '..');

/** The name of a file says which command runs it: the endings are those of CONTRIBUTING.md. */
const FILES: Readonly<Record<string, (file: string) => boolean>> = {
  // isOfCore: test/core.test.ts has those in one process.
  test: (file) => !isSystem(file) && !isOfCore(file),
  'test:system': (file) => isSystem(file) || isRandom(file),
};

const isSystem = (file: string): boolean => file.endsWith('.system.test.ts');
const isRandom = (file: string): boolean => file.endsWith('.random.test.ts');

export function listTestFiles(command: string): readonly string[] {
  const files = globSync('{test,integration/vm}/**/*.test.ts', { cwd: root }).sort();
  return files.filter(FILES[command] ?? (() => false));
}

/** Runs a command to its end; whether it went well. */
async function run(program: string, args: readonly string[], env: Readonly<Record<string, string>> = {}) {
  const { failed } = await execa(program, args, { cwd: root, env, reject: false, stdio: 'inherit' });
  return !failed;
}

async function prepare(command: string): Promise<boolean> {
  const isSystemRun = command === 'test:system';
  const packages = ['build', 'test', ...(isSystemRun ? ['system', 'vm'] : [])];
  return (
    (await run('node', ['scripts/host-state.ts', 'before'])) &&
    (await run('node', ['scripts/packages.ts', ...packages])) &&
    (await run('node', ['scripts/build.ts'])) &&
    (!isSystemRun || (await run('node', ['scripts/build-shim.ts', '--sanitize'])))
  );
}

async function main(command: string): Promise<boolean> {
  if (!(await prepare(command))) return false;
  const env = {
    NODE_COMPILE_CACHE: join(root, 'build/compile-cache'),
    ...(command === 'test:system' && { FUZZ_RUNS: process.env['FUZZ_RUNS'] ?? '2000' }),
  };
  const options = ['--test', '--test-concurrency=3', '--test-reporter=./test/support/skipped-tests.ts'];
  const isGreen = await run('node', [...options, ...listTestFiles(command)], env);
  return (await run('node', ['scripts/host-state.ts', 'after'])) && isGreen;
}

if (import.meta.main) process.exitCode = (await main(process.env['npm_lifecycle_event'] ?? 'test')) ? 0 : 1;
