// The tests of the core's folders, all in this one process: a process for each file takes longer than its tests do.
// They leave the process as it is: no chdir, no variables, no mocks left.
import { join } from 'node:path';
import { listCoreTests } from './support/floors.ts';

for (const file of listCoreTests()) await import(join(import.meta.dirname, '..', file));
