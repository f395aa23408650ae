// Jobs on both hosts: the core in this process, and the core in the shim's C, must make the same of every input.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createNodeHost } from '../../src/host/node.ts';
import { type Job, runJobs } from './jobs.ts';

/** Longer than the core's own limit of time, also on a machine that is busy. */
const LONGEST_MS = 120_000;

export interface Comparison {
  readonly kind: Job['kind'];
  /** the binary with the fuzzers' core */
  readonly program: string;
  /** where files may be written */
  readonly folder: string;
}

/** Throws where the two differ, in what they say or in the file that they leave. */
export function compareHosts({ kind, program, folder }: Comparison, inputs: readonly Buffer[]): void {
  const jobs = inputs.map((_, i): Job => ({ kind, file: join(folder, `input-${i}`) }));
  const lay = (): void => {
    for (const [i, { file }] of jobs.entries()) writeFileSync(file, inputs[i] ?? '', { mode: 0o644 });
  };
  lay();
  // As JSON has it, in which the shim's answer comes.
  const here: unknown[] = JSON.parse(JSON.stringify(runJobs(createNodeHost(), jobs)));
  const left = jobs.map(({ file }) => readFileSync(file));
  lay();
  const there = inShim(program, folder, jobs);
  for (const [i, { file }] of jobs.entries()) {
    assert.deepEqual(there[i], here[i]);
    if (kind === 'edit') assert.deepEqual(readFileSync(file), left[i]);
  }
}

function inShim(program: string, folder: string, jobs: readonly Job[]): unknown[] {
  // Without a request in the bundle the shim would not start its core.
  const bundle = join(folder, 'config.json');
  if (!existsSync(bundle)) writeFileSync(bundle, '{"annotations": {"cdi.k8s.io/x": ""}}');
  const env = { FUZZ: JSON.stringify(jobs), CDI_RUNTIME_CONFIG: '/nonexistent' };
  const { status, signal, stderr } = spawnSync(program, ['create', 'x'], {
    cwd: folder,
    env,
    encoding: 'utf8',
    timeout: LONGEST_MS,
    maxBuffer: 1 << 28,
  });
  assert.deepEqual([status, signal], [1, null], stderr);
  assert.match(stderr, /^\[/, stderr);
  return JSON.parse(stderr);
}
