// Runs one target: its corpus as it is, then changes to it. FUZZ_SECONDS lets each target run for so long, with
// FUZZ_SEED or a seed of its own; else the seed is always the same.
import { createHash } from 'node:crypto';
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join, relative, resolve } from 'node:path';
import type { TestContext } from 'node:test';
import { mutated } from './mutate.ts';
import { type Random, randomFrom } from './random.ts';

const root = resolve(import.meta.dirname, '../..');
const SECONDS = Number(process.env['FUZZ_SECONDS'] ?? 0);
const SEED = Number(process.env['FUZZ_SEED'] ?? (SECONDS > 0 ? Date.now() % 2 ** 31 : 1));

export interface Target {
  /** its folder in test/fuzz/corpus */
  readonly name: string;
  /** how many inputs are tried, unless a time is given */
  readonly executions: number;
  /** inputs that are checked at once */
  readonly batch: number;
  /** inputs besides those in its folder */
  readonly more?: readonly Buffer[];
  /** what stands for something in the format of the inputs */
  readonly words: readonly (string | Buffer)[];
  /** Throws where one of the inputs is not treated as it should be. */
  readonly check: (inputs: readonly Buffer[]) => void;
}

/** The inputs that are kept, by the names of their files. */
function corpus(name: string): Buffer[] {
  const folder = join(import.meta.dirname, 'corpus', name);
  return readdirSync(folder)
    .sort()
    .map((file) => readFileSync(join(folder, file)));
}

/** Runs a target; what fails is kept as a file, and the error says where to put it. */
export function fuzz(t: TestContext, { name, executions, batch, more = [], words, check }: Target): void {
  const kept = [...corpus(name), ...more];
  checkAll(name, kept, check);
  for (const random of tries(t, executions - kept.length, batch)) {
    const inputs = Array.from({ length: batch }, () => mutated(random.pick(kept), { others: kept, words }, random));
    checkAll(name, inputs, check);
  }
}

/**
 * One try after another, each of so many inputs: as many inputs as that, or for FUZZ_SECONDS. Each has the random
 * numbers that follow those of the one before.
 */
export function* tries(t: TestContext, executions: number, batch = 1): Generator<Random> {
  const random = randomFrom(SEED);
  const end = Date.now() + SECONDS * 1000;
  let done = 0;
  while (SECONDS > 0 ? Date.now() < end : done < executions) {
    yield random;
    done += batch;
  }
  t.diagnostic(`${done} inputs tried, FUZZ_SEED=${SEED}`);
}

function checkAll(name: string, inputs: readonly Buffer[], check: Target['check']): void {
  try {
    check(inputs);
  } catch (error) {
    const culprit = inputs.find((input) => !passes(input, check));
    if (culprit === undefined) throw error;
    const folder = join(root, 'build/fuzz', name);
    const file = join(folder, createHash('sha256').update(culprit).digest('hex').slice(0, 12));
    mkdirSync(folder, { recursive: true });
    writeFileSync(file, culprit);
    const hint = `${relative(root, file)} holds the input: with it in test/fuzz/corpus/${name}, every run tries it`;
    throw new Error(`${hint}\n${JSON.stringify(culprit.toString())}`, { cause: error });
  }
}

function passes(input: Buffer, check: Target['check']): boolean {
  try {
    check([input]);
    return true;
  } catch {
    return false;
  }
}
