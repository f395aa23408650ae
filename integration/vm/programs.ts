// Programs of this machine that the VM is made with and run by.
import { accessSync, constants } from 'node:fs';
import { join } from 'node:path';
import { execaSync, type SyncOptions } from 'execa';

/** The VM cannot be had on this machine: the message is for a person, and so is all that is shown of it. */
export class Refusal extends Error {
  constructor(message: string) {
    super(message);
    this.stack = message;
  }
}

const FOLDERS = ['/usr/local/sbin', '/usr/local/bin', '/usr/sbin', '/usr/bin', '/sbin', '/bin'];

/** @throws {Refusal} that says how to get what is missing */
export function demandProgram(name: string): string {
  const path = FOLDERS.map((folder) => join(folder, name)).find(isProgram);
  if (path === undefined) throw new Refusal(`cannot boot the VM: ${name} is missing; run npm run packages build vm`);
  return path;
}

function isProgram(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

const COMMON = { env: { LC_ALL: 'C' }, reject: false, stdin: 'ignore' } as const;

/** Runs a program that has to succeed. */
export function run(program: string, args: readonly string[], options: SyncOptions = {}): void {
  const { exitCode, stderr, originalMessage } = execaSync(program, args, { ...COMMON, ...options });
  if (exitCode !== 0)
    throw new Error(`${program} ${args[0] ?? ''} failed: ${originalMessage ?? String(stderr).trim()}`);
}

export interface Attempt {
  /** undefined: it was not to be started */
  readonly exitCode?: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs a program that may fail. */
export function attempt(program: string, args: readonly string[], cwd = '.'): Attempt {
  return execaSync(program, args, { ...COMMON, cwd });
}
