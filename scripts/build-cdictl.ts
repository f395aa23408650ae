// Builds dist/cdictl.js: one file that runs on any Node from 20.19, with all that it needs inside.
import { chmodSync, statSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { build } from 'esbuild';

const root = resolve(import.meta.dirname, '..');
const out = join(root, 'dist/cdictl.js');

/** Packages of other make ask for `require`, which a module does not have by itself. */
const BANNER = `#!/usr/bin/env node
import { createRequire as createRequireOfModule } from 'node:module';
const require = createRequireOfModule(import.meta.url);`;

await build({
  absWorkingDir: root,
  entryPoints: ['src/cli/main.ts'],
  outfile: out,
  bundle: true,
  format: 'esm',
  platform: 'node',
  target: 'node20.19',
  banner: { js: BANNER },
  // names stay, so that a failure of ours can be read
  minifyWhitespace: true,
  minifySyntax: true,
  tsconfigRaw: '{}',
  logLevel: 'warning',
});
chmodSync(out, 0o755);
console.log(`dist/cdictl.js: ${statSync(out).size} bytes`);
