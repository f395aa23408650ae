// Commands of the integration tests: run to their end, with what they said.
import assert from 'node:assert/strict';
import { spawn, spawnSync } from 'node:child_process';

export interface Outcome {
  readonly status: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface CommandOptions {
  readonly env?: NodeJS.ProcessEnv;
  readonly cwd?: string;
  readonly input?: string;
}

/** No single command takes longer: what does hangs. */
const PATIENCE_MS = 60_000;

/** Runs a command; one that hangs or cannot be started fails the test. */
export function run(program: string, args: readonly string[], { env, cwd, input }: CommandOptions = {}): Outcome {
  const { status, signal, stdout, stderr, error } = spawnSync(program, args, {
    cwd,
    env: env ?? process.env,
    input,
    encoding: 'utf8',
    timeout: PATIENCE_MS,
    maxBuffer: 64 * 1024 * 1024,
    stdio: [input === undefined ? 'ignore' : 'pipe', 'pipe', 'pipe'],
  });
  assert.equal(error, undefined, `${program} ${args.join(' ')}: ${error?.message}\n${stdout ?? ''}${stderr ?? ''}`);
  assert.equal(signal, null, `${program} ended by ${signal}`);
  return { status, stdout, stderr };
}

/** Runs a command that has to succeed, and gives its standard output. */
export function must(program: string, args: readonly string[], options: CommandOptions = {}): string {
  const { status, stdout, stderr } = run(program, args, options);
  assert.equal(status, 0, `${program} ${args.join(' ')} failed:\n${stdout}${stderr}`);
  return stdout;
}

/** As run(), without waiting for it: to have several at once. */
export async function running(
  program: string,
  args: readonly string[],
  options: CommandOptions = {},
): Promise<Outcome> {
  const { env, cwd } = options;
  const child = spawn(program, args, {
    cwd,
    env: env ?? process.env,
    timeout: PATIENCE_MS,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let [stdout, stderr] = ['', ''];
  child.stdout.setEncoding('utf8').on('data', (text) => {
    stdout += text;
  });
  child.stderr.setEncoding('utf8').on('data', (text) => {
    stderr += text;
  });
  const status = await new Promise<number | null>((resolve, reject) => {
    child.once('error', reject);
    child.once('close', resolve);
  });
  return { status, stdout, stderr };
}

/** Whether a program is installed. */
function isInstalled(program: string): boolean {
  return spawnSync('sh', ['-c', `command -v ${program}`], { stdio: 'ignore' }).status === 0;
}

/** The reason to skip the tests of an engine that is not installed; false where it is. */
export function without(...programs: readonly string[]): string | false {
  const missing = programs.filter((program) => !isInstalled(program));
  return missing.length === 0 ? false : `${missing.join(', ')} is not installed`;
}
