// The C programs of the benchmark: what the shim is measured against, and what measures.
import { join } from 'node:path';
import { execaSync } from 'execa';

export interface Programs {
  /** the runtime that succeeds at once */
  readonly standIn: string;
  /** becomes the stand-in and does nothing else */
  readonly execOnly: string;
  /** does a fixed piece of work before */
  readonly yardstick: string;
  readonly rounds: string;
  readonly peakMemory: string;
}

const FLAGS = ['-std=gnu11', '-O2', '-static-pie', '-fPIE', '-s', '-D_GNU_SOURCE', '-Wall', '-Wextra', '-Werror'];

/** Compiles them into a folder, in the way the shim is. */
export function compilePrograms(folder: string): Programs {
  const standIn = compile(folder, 'stand-in');
  return {
    standIn,
    execOnly: compile(folder, 'exec-only', [`-DRUNTIME="${standIn}"`]),
    yardstick: compile(folder, 'yardstick', [`-DRUNTIME="${standIn}"`]),
    rounds: compile(folder, 'rounds'),
    peakMemory: compile(folder, 'peak-memory'),
  };
}

function compile(folder: string, name: string, more: readonly string[] = []): string {
  const out = join(folder, name);
  const args = [...FLAGS, ...more, '-o', out, join(import.meta.dirname, `${name}.c`)];
  const { failed, originalMessage, stderr } = execaSync('musl-gcc', args, { reject: false });
  if (failed) throw new Error(`cannot compile ${name}.c: ${originalMessage ?? stderr}`);
  return out;
}
