// Programs of this machine that the VM is made with and run by.
import { type SpawnSyncOptions, spawnSync } from 'node:child_process';
import { accessSync, constants } from 'node:fs';
import { join } from 'node:path';

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

/** Runs a program to its end and returns what it printed. */
export function run(program: string, args: readonly string[], options: SpawnSyncOptions = {}): Buffer {
  const { status, stdout, stderr, error } = attempt(program, args, options);
  if (status !== 0) throw new Error(`${program} ${args[0] ?? ''} failed: ${error?.message ?? String(stderr).trim()}`);
  return stdout;
}

export interface Attempt {
  readonly status: number | null;
  readonly stdout: Buffer;
  readonly stderr: Buffer;
  readonly error?: Error;
}

/** The same, for a program that may fail. */
export function attempt(program: string, args: readonly string[], options: SpawnSyncOptions = {}): Attempt {
  const env = { ...process.env, LC_ALL: 'C' };
  return spawnSync(program, args, { maxBuffer: 256 * 1024 * 1024, env, ...options, encoding: 'buffer' });
}
