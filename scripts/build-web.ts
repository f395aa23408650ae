// Builds dist/web/: the page over the core as files that need no server, and the terms of the packages that are inside.
import { copyFileSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { gzipSync } from 'node:zlib';
import { build } from 'rolldown';
import { writeLicenses } from './licenses.ts';

/** In bytes, compressed: of all that a browser loads. */
const MOST = 300 * 1024;

const root = resolve(import.meta.dirname, '..');
const out = join(root, 'dist/web');
mkdirSync(out, { recursive: true });
const { output } = await build({
  cwd: root,
  input: { page: 'web/start.ts' },
  platform: 'browser',
  tsconfig: false,
  transform: { target: 'es2023' },
  // Modules do not load from file://.
  output: { dir: out, format: 'iife', entryFileNames: '[name].js', comments: false, minify: true },
});
for (const [from, to] of [
  ['index.html', 'index.html'],
  ['style.css', 'page.css'],
] as const)
  copyFileSync(join(root, 'web', from), join(out, to));
const foreign = output.flatMap((file) => (file.type === 'chunk' ? file.imports : []));
if (foreign.length > 0) throw new Error(`the page would need ${foreign.join(', ')}, which no browser has`);
const modules = output.flatMap((file) => (file.type === 'chunk' ? file.moduleIds : []));
// The reference beside the page has code of it.
modules.push(join(root, 'tools/api-reference/node_modules/typedoc/package.json'));
writeFileSync(join(out, 'licenses.txt'), writeLicenses('The page', modules));
const sizes = ['index.html', 'page.css', 'page.js'].map((name) => {
  const bytes = readFileSync(join(out, name));
  return { name, raw: bytes.length, packed: gzipSync(bytes, { level: 9 }).length };
});
const packed = sizes.reduce((sum, one) => sum + one.packed, 0);
console.log(sizes.map((one) => `${one.name}: ${one.raw} bytes, ${one.packed} compressed`).join('\n'));
console.log(`dist/web: ${packed} bytes compressed`);
if (packed > MOST) {
  console.error(`cannot build the page: it has ${packed} bytes compressed, of at most ${MOST}; leave something out`);
  process.exitCode = 1;
}
