// What is released: its version, and the time of its last commit, which stands for "now" in all that is made.
import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { execaSync } from 'execa';
import type { Edition } from './man.ts';

export interface Release extends Edition {
  /** SOURCE_DATE_EPOCH: seconds since 1970 */
  readonly seconds: number;
  readonly description: string;
  readonly license: string;
}

export const MAINTAINER = 'The cdi-runtime authors <maintainers@cdi-runtime.dev>';
export const HOMEPAGE = 'https://cdi-runtime.dev';

export const ROOT: string = resolve(import.meta.dirname, '../..');

/** @throws where the checkout has changes that no commit has: what is released must be found again */
export function readRelease(): Release {
  const { version, description, license } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8'));
  const git = (...words: string[]): string => execaSync('git', words, { cwd: ROOT }).stdout;
  const changed = git('status', '--porcelain', '--untracked-files=no');
  if (changed !== '') throw new Error(`the checkout has changes that are not committed:\n${changed}`);
  const seconds = Number(git('log', '-1', '--format=%ct'));
  return { version, description, license, seconds, day: new Date(seconds * 1000).toISOString().slice(0, 10) };
}
