// Commands of the integration tests: run to their end, with what they said.
import assert from 'node:assert/strict';
import { execa, execaSync } from 'execa';

export interface Outcome {
  readonly status: number;
  readonly stdout: string;
  readonly stderr: string;
}

export interface CommandOptions {
  /** in place of the own one */
  readonly env?: NodeJS.ProcessEnv;
  readonly cwd?: string;
  /** in ms; a minute by default */
  readonly timeout?: number;
}

const COMMON = {
  env: process.env,
  extendEnv: false,
  reject: false,
  stdin: 'ignore',
  stripFinalNewline: false,
  // A command that takes longer hangs.
  timeout: 60_000,
} as const;

/** Runs a command; one that hangs or cannot be started fails the test. */
export function run(program: string, args: readonly string[], options: CommandOptions = {}): Outcome {
  return outcomeOf(execaSync(program, args, { ...COMMON, ...options }));
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
  return outcomeOf(await execa(program, args, { ...COMMON, ...options }));
}

interface Ended {
  readonly exitCode?: number | undefined;
  readonly timedOut: boolean;
  readonly message?: string | undefined;
  readonly stdout: string;
  readonly stderr: string;
}

function outcomeOf({ exitCode, timedOut, message, stdout, stderr }: Ended): Outcome {
  assert.ok(exitCode !== undefined && !timedOut, message);
  return { status: exitCode, stdout, stderr };
}

/** The reason to skip the tests of an engine that is not installed; false where it is. */
export function without(...programs: readonly string[]): string | false {
  const missing = programs.filter((name) => execaSync('sh', ['-c', `command -v ${name}`], { reject: false }).failed);
  return missing.length === 0 ? false : `${missing.join(', ')} is not installed`;
}
