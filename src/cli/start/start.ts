// What the built cdictl runs first: it loads the program itself.
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { CodeCache } from './code-cache.ts';
import { findCacheFolder } from './compile-cache.ts';
import { createLoader } from './parts.ts';
import { mapStack } from './source-places.ts';

// An error that no one caught is our mistake, and shows where it was made.
process.on('uncaughtExceptionMonitor', (error) => {
  if (typeof error?.stack === 'string') error.stack = mapStack(error.stack);
});

/** Exit status of a command line that is wrong: its first word may be anything. */
const WRONG_USAGE = 2;

const folder = findCacheFolder(process.env);
if (folder === undefined) createRequire(import.meta.url)('./main.cjs');
else {
  // Commands run different functions of the same parts.
  const [word = ''] = /^[a-z]+$/.exec(process.argv[2] ?? '') ?? [];
  const cache = new CodeCache(join(folder, `${process.version}-${process.arch}-${word || 'options'}`));
  process.on('exit', (status) => {
    if (status !== WRONG_USAGE) cache.save();
  });
  createLoader(import.meta.dirname, cache)('./main.cjs');
}
