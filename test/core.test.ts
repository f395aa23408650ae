// The tests of folders that leave the process as it is (no chdir, no variables, no mocks left), all in this one process:
// a process for each file takes longer than its tests do.
import { globSync } from 'node:fs';
import { join } from 'node:path';

const FOLDERS = 'bench,bundle,cdi,edits,engines,generate,host,inject,oci,policy,registry,requests,schema,settings,text';

for (const file of globSync(`{${FOLDERS}}/!(*.system).test.ts`, { cwd: import.meta.dirname }).sort())
  await import(join(import.meta.dirname, file));
