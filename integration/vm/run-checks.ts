// Everything from the kernel's package to the verdict: what the test of the VM stands on.
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { boot, type Machine } from './boot.ts';
import { CHECKS } from './checks.ts';
import { makeDisks } from './disk.ts';
import { makeInitramfs } from './initramfs.ts';
import { demandKernel } from './kernel.ts';
import { demandProgram, Refusal } from './programs.ts';
import { readVerdict, type Verdict } from './verdict.ts';

const ROOT = resolve(import.meta.dirname, '../..');
const SHIM = join(ROOT, 'dist/cdi-runtime');
const KERNEL = join(ROOT, 'build/vm/kernel');
const PROGRAMS = ['qemu-system-x86_64', 'busybox', 'crun', 'mke2fs', 'mkfs.xfs', 'musl-gcc'];
const LONGEST_MS = 900_000;

/**
 * Boots the VM once, prints each check as it ends, with the seconds since the start, and then a summary.
 *
 * @throws {Refusal} where the VM cannot be had, in one sentence
 */
export async function runChecks(): Promise<Verdict> {
  for (const program of PROGRAMS) demandProgram(program);
  if (!existsSync(SHIM)) throw new Refusal('cannot boot the VM: dist/cdi-runtime is missing; run npm run build');
  const kernel = demandKernel(KERNEL);
  const folder = mkdtempSync(join(tmpdir(), 'cdi-vm-'));
  try {
    const machine = { kernel: kernel.image, initramfs: join(folder, 'initramfs'), disks: makeDisks(folder) };
    makeInitramfs(machine.initramfs, join(folder, 'root'), { shim: SHIM, kernel, checks: CHECKS });
    return await judge(machine);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

async function judge(machine: Machine): Promise<Verdict> {
  const start = performance.now();
  const seconds = (): string => ((performance.now() - start) / 1000).toFixed(1);
  const { texts, timedOut } = await boot(machine, LONGEST_MS, (text) => {
    if (text.startsWith('VM') && !text.startsWith('VM log')) console.log(`${seconds().padStart(6)} s  ${text}`);
  });
  const { results, problem } = readVerdict(texts, CHECKS);
  const ending = timedOut ? `the VM took longer than ${LONGEST_MS / 1000} s; ${problem ?? ''}` : problem;
  const passed = results.filter(({ reason }) => reason === undefined).length;
  console.log(`VM: ${passed} of ${CHECKS.length} checks passed, ${seconds()} s from power on to power off`);
  return { results, problem: ending };
}
