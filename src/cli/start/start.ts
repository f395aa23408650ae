// What the built cdictl runs before the program itself is loaded.
import { keepCompiled } from './compile-cache.ts';
import { mapStack } from './source-places.ts';

keepCompiled(process.env);

// An error that no one caught is our mistake, and shows where it was made.
process.on('uncaughtExceptionMonitor', (error) => {
  if (typeof error?.stack === 'string') error.stack = mapStack(error.stack);
});
