// Runs the corpus' own checker over the library as built.
import { deepEqual, equal, ok } from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { chownSync, copyFileSync, existsSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { CORPUS, corpusCases, corpusCategories } from '../support/corpus.ts';
import { memoryFolder } from '../support/memory-folder.ts';
import { NOBODY } from '../support/ordinary-user.ts';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
export const isRoot: boolean = process.getuid?.() === 0;
const folder = memoryFolder();

interface Case {
  readonly needsRoot?: boolean;
  readonly needsNonRoot?: boolean;
}

/** How many cases of each category passed, failed and were left out. */
type Counts = Readonly<Record<string, readonly [passed: number, failed: number, skipped: number]>>;

export interface Run {
  readonly node: string;
  readonly adapter: string;
  /** whether the cases run as root */
  readonly root: boolean;
}

/** No pause after a change: the very next query must see it. */
const NO_PAUSE = ['--settle', '0'];

/** Every case gives the answer of the reference. */
export function checkCorpus(t: { diagnostic(message: string): void }, { node, adapter, root }: Run): void {
  const { corpus, home } = prepared();
  const checker = [join(CORPUS, 'check.mjs'), corpus, join('test/conformance', adapter), ...NO_PAUSE];
  const env = { ...process.env, TMPDIR: home };
  const { stdout, stderr, status } = spawnSync(node, checker, { cwd: ROOT, encoding: 'utf8', env });
  equal(status, 0, `${stdout}${stderr}`);
  deepEqual(countsOf(stdout), wanted(root));
  t.diagnostic(stdout.trim().split('\n').join('; '));
}

/** The cases where anybody may read them, and a folder in which anybody may run them. */
function prepared(): { readonly corpus: string; readonly home: string } {
  const [corpus, home] = [join(folder, 'corpus'), join(folder, 'home')];
  if (existsSync(corpus)) return { corpus, home };
  mkdirSync(corpus);
  mkdirSync(home);
  for (const category of corpusCategories()) {
    copyFileSync(join(CORPUS, `${category}.json`), join(corpus, `${category}.json`));
  }
  if (isRoot) for (const path of [folder, home]) chownSync(path, NOBODY, NOBODY);
  return { corpus, home };
}

function countsOf(stdout: string): Counts {
  const lines = stdout.matchAll(/^(\S+): (\d+) passed, (\d+) failed(?:, (\d+) skipped)?$/gm);
  return Object.fromEntries(
    [...lines].map(([, category, passed, failed, skipped = '0']) => {
      return [category, [Number(passed), Number(failed), Number(skipped)]];
    }),
  );
}

/** All cases but those that are for the other kind of user. */
function wanted(root: boolean): Counts {
  const all = corpusCategories();
  ok(all.length > 0);
  return Object.fromEntries(
    all.map((category) => {
      const cases = corpusCases<Case>(category);
      const others = cases.filter(({ needsRoot, needsNonRoot }) => (root ? needsNonRoot : needsRoot) === true).length;
      return [category, [cases.length - others, 0, others]];
    }),
  );
}
