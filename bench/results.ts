// What a benchmark measured, kept in build/bench/ for the report: with the machine and the commit.
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { cpus, release, totalmem } from 'node:os';
import { join, resolve } from 'node:path';
import { execaSync } from 'execa';
import type { Measured } from './limits.ts';
import type { Fact } from './table.ts';

const ROOT = resolve(import.meta.dirname, '..');
const FILE = join(ROOT, 'build/bench/shim.json');

export interface Results {
  /** where, in words */
  readonly machine: string;
  readonly commit: string;
  readonly rounds: number;
  readonly pace: number;
  readonly rows: readonly Measured[];
  readonly facts: readonly Fact[];
}

export function keepResults(results: Omit<Results, 'machine' | 'commit'>): void {
  mkdirSync(join(FILE, '..'), { recursive: true });
  writeFileSync(FILE, JSON.stringify({ machine: describeMachine(), commit: readCommit(), ...results }));
}

/** @throws {Error} where nothing has been measured */
export function readResults(): Results {
  if (!existsSync(FILE)) throw new Error('there are no figures; measure first: npm run bench');
  return JSON.parse(readFileSync(FILE, 'utf8'));
}

function describeMachine(): string {
  const [first] = cpus();
  const memory = Math.round(totalmem() / 2 ** 30);
  return `${cpus().length} × ${first?.model.trim() || process.arch}, ${memory} GiB, Linux ${release().replace(/[^0-9.].*/, '')}`;
}

function readCommit(): string {
  const git = (...words: readonly string[]): string => execaSync('git', words, { cwd: ROOT, reject: false }).stdout;
  const changed = git('status', '--porcelain', '--untracked-files=no') !== '';
  return `${git('rev-parse', '--short=12', 'HEAD')}${changed ? ' with changes' : ''}`;
}
