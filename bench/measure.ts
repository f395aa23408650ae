// What all benchmarks have around them: a scratch folder, and a sentence where they cannot measure.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { execaSync } from 'execa';

type Bench = (folder: string) => void | Promise<void>;

/** @param what to follow "cannot measure": `the shim` */
export async function measureIn(what: string, bench: Bench): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'cdi-bench-'));
  try {
    await attempt(what, bench, folder);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** The lengths of paths and the order of files count where instructions do: these are the same on every machine. */
const SAME_EVERYWHERE = '/mnt';
const INSIDE = 'CDI_BENCH_INSIDE';
/** What creates keep in /run and /var/log is none of the host's here. */
const WITH_EMPTY_ONES = 'for at in /run /var/log $0; do mount -t tmpfs -o mode=755 none $at || exit; done; exec "$@"';

/** With a /run of its own: the program runs once more, in a mount namespace. */
export function measureApart(what: string, bench: Bench): Promise<void> {
  return runApart('', () => measureIn(what, bench));
}

/** The same in an empty folder that has one name on all machines. */
export function measureAlone(what: string, bench: Bench): Promise<void> {
  return runApart(SAME_EVERYWHERE, () => attempt(what, bench, SAME_EVERYWHERE));
}

/** @param folder one more that is empty and in memory, or '' */
async function runApart(folder: string, measure: () => Promise<void>): Promise<void> {
  if (process.env[INSIDE] !== undefined) return measure();
  const again = ['sh', '-c', WITH_EMPTY_ONES, folder, process.execPath, ...process.argv.slice(1)];
  const { exitCode } = execaSync('unshare', ['--mount', '--propagation', 'private', ...again], {
    ...{ env: { [INSIDE]: '1' }, reject: false, stdio: 'inherit' },
  });
  process.exitCode = exitCode ?? 2;
}

async function attempt(what: string, bench: Bench, folder: string): Promise<void> {
  try {
    await bench(folder);
  } catch (error) {
    console.error(`cannot measure ${what}: ${error instanceof Error ? error.message : error}`);
    process.exitCode = 2;
  }
}

/** The option `--rounds`. @throws for what is no such number */
export function readRounds(rounds: string): number {
  const count = Number(rounds);
  if (!Number.isInteger(count) || count < 4) throw new Error('--rounds takes a whole number from 4 on');
  return count;
}
