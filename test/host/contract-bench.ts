// What the parts of the host contract are written with.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import type { Operation } from './operations.ts';

/** One host, and a place for files. */
export interface Bench {
  /** A test: what is asked gives what is wanted, which may be found out afterwards. */
  is(title: string, ask: () => unknown, want: unknown, options?: { readonly skip?: string | boolean }): void;
  /** the last result of some operations */
  last(...operations: Operation[]): unknown;
  run(operations: readonly Operation[], environment?: Record<string, string>): unknown[];
  /** a new folder */
  place(): string;
  /** a new file */
  make(content: string | Uint8Array, file?: string): string;
}

/** In bytes; no test needs more. */
export const LARGEST: number = 1 << 24;

/** Options for a test of what only root can do. */
export const asRoot = { skip: process.geteuid?.() === 0 ? false : 'only root can do this' } as const;

/** A named pipe that no one writes to. */
export function pipe(folder: string): string {
  const path = join(folder, 'pipe');
  assert.equal(spawnSync('mkfifo', [path]).status, 0);
  return path;
}

/** Sandboxes often forbid it, to root as well. */
export function canMakeNodes(folder: string): boolean {
  return spawnSync('mknod', [join(folder, 'node'), 'b', '1', '1']).status === 0;
}
