// Runs the shim as it is built.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { type Record, takeRecord } from './fake-runtime.ts';
import { takeOwnLog } from './own-log.ts';

takeOwnLog();

export const SHIM: string = resolve(import.meta.dirname, '../../dist/cdi-runtime');

/** A run that takes longer hangs: the core's own limit is 5 s. */
const LONGEST_MS = 60_000;

export interface ShimRun {
  /** Where the run's record goes; the folder must exist. */
  readonly folder: string;
  readonly args: readonly string[];
  readonly cwd?: string;
  /** settings file; what it says of `runtime` decides which stand-in runs */
  readonly settings: string;
  readonly env?: { readonly [name: string]: string };
  /** a program with arguments that starts the shim */
  readonly prefix?: readonly string[];
  /** the program in place of the shim, such as a link to it */
  readonly program?: string;
}

export interface Outcome {
  readonly status: number | null;
  readonly stdout: string;
  /** without the page that it names */
  readonly stderr: string;
  /** the code whose page stderr names; undefined where it names none */
  readonly page: string | undefined;
  /** what the stand-in saw; undefined if it was not started */
  readonly record: Record | undefined;
}

/** Starts the shim and waits; a run that hangs or is killed by a signal fails the test. */
export function runShim({
  folder,
  args,
  cwd = folder,
  settings,
  env = {},
  prefix = [],
  program = SHIM,
}: ShimRun): Outcome {
  assert.ok(existsSync(SHIM), `${SHIM} is missing: run npm run build`);
  const file = join(folder, 'record');
  const [tool = '', ...words] = [...prefix, program, ...args];
  const { status, signal, stdout, stderr, error } = spawnSync(tool, words, {
    cwd,
    env: { CDI_RUNTIME_CONFIG: settings, FAKE_RUNC_RECORD: file, ...env },
    encoding: 'utf8',
    timeout: LONGEST_MS,
  });
  assert.equal(error, undefined);
  assert.equal(signal, null, `ended by ${signal}: ${stderr}`);
  return { status, stdout, stderr: cutPage(stderr), page: PAGE.exec(stderr)?.[1], record: takeRecord(file) };
}

/** What the shim says, without the page that it names at the end. */
export function cutPage(text: string): string {
  return text.replace(PAGE, '');
}

const PAGE = / \(cdictl errors ([A-Z_]+)\)(?=\n?$)/;
