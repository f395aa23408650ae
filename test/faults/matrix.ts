// The matrix: every system call of every story, killed before it and failing in every way. Words name stories; with
// `--every N` it is each N-th fault. Takes minutes.
import { parseArgs } from 'node:util';
import { disturbStories } from './disturb-stories.ts';

const { values, positionals } = parseArgs({
  options: { every: { type: 'string', default: '1' } },
  allowPositionals: true,
});
disturbStories(Number(values.every), positionals);
