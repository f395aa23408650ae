// tsc leaves the output of deleted sources behind, so the folder is emptied before each build.
import { rmSync } from 'node:fs';

rmSync('dist', { recursive: true, force: true });
for (const part of ['core', 'node']) rmSync(`build/${part}.tsbuildinfo`, { force: true });
