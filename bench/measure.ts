// What all benchmarks have around them: a scratch folder, and a sentence where they cannot measure.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** @param what to follow "cannot measure": `the shim` */
export async function measureIn(what: string, bench: (folder: string) => void | Promise<void>): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'cdi-bench-'));
  try {
    await bench(folder);
  } catch (error) {
    console.error(`cannot measure ${what}: ${error instanceof Error ? error.message : error}`);
    process.exitCode = 2;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** The option `--rounds`. @throws for what is no such number */
export function readRounds(rounds: string): number {
  const count = Number(rounds);
  if (!Number.isInteger(count) || count < 4) throw new Error('--rounds takes a whole number from 4 on');
  return count;
}
