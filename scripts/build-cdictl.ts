// Builds dist/cdictl.js: one file that runs on any Node from 20.19, with all that it needs inside.
// With --out FILE it goes there. Beside it: the terms of the packages that are inside.
import { chmodSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { basename, join, relative, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { build, type Metafile, type Plugin, transform } from 'esbuild';

const root = resolve(import.meta.dirname, '..');
const { values } = parseArgs({ options: { out: { type: 'string' } } });
const out = resolve(values.out ?? join(root, 'dist/cdictl.js'));

/** The library finds ajv in its package and loads it when a schema is set; here it is inside, and loaded then, too. */
const ownAjv: Plugin = {
  name: 'own-ajv',
  setup: (builder) => {
    builder.onLoad({ filter: /\/src\/library\/compile-schema\.ts$/ }, ({ path }) => {
      const text = readFileSync(path, 'utf8');
      const contents = text.replace('const require = createRequire(import.meta.url);', '');
      if (contents === text) throw new Error(`${relative(root, path)} does not load ajv as it used to`);
      return { contents, loader: 'ts' };
    });
  },
};

/** Names stay, so that a failure of ours can be read. */
const SHORT = { minifyWhitespace: true, minifySyntax: true, legalComments: 'none' } as const;
const NODE = 'node20.19';

const { outputFiles, metafile } = await build({
  ...SHORT,
  absWorkingDir: root,
  entryPoints: ['src/cli/main.ts'],
  outdir: '.',
  write: false,
  bundle: true,
  splitting: true,
  format: 'esm',
  platform: 'node',
  target: NODE,
  tsconfigRaw: '{}',
  metafile: true,
  logLevel: 'warning',
  plugins: [ownAjv],
});
const parts = await Promise.all(outputFiles.map(async ({ path, text }) => [`./${basename(path)}`, await partOf(text)]));
writeFileSync(out, program(Object.fromEntries(parts)));
chmodSync(out, 0o755);
writeFileSync(out.replace(/\.js$/, '.licenses.txt'), licenses(metafile));
console.log(`${relative(root, out)}: ${statSync(out).size} bytes`);

/** A module as the body of a function with the parameters `require`, `exports` and `url`. */
async function partOf(text: string): Promise<string> {
  const { code } = await transform(text, {
    ...SHORT,
    format: 'cjs',
    platform: 'node',
    target: NODE,
    supported: { 'dynamic-import': false },
    define: { 'import.meta.url': 'url' },
    logLevel: 'warning',
  });
  return code;
}

/**
 * The parts as texts, and what compiles one when it is asked for: Node would parse all of them at the start, and take
 * longer than most commands do. Node's own modules are loaded as late.
 */
function program(texts: Readonly<Record<string, string>>): string {
  return `#!/usr/bin/env node
import { compileFunction } from 'node:vm';
const parts = ${JSON.stringify(texts)};
const loaded = {};
function require(name) {
  if (!Object.hasOwn(parts, name)) return process.getBuiltinModule(name);
  if (loaded[name] === undefined) {
    const module = (loaded[name] = { exports: {} });
    const options = { filename: \`\${import.meta.url}\${name.slice(1)}\` };
    compileFunction(parts[name], ['require', 'module', 'url'], options)(require, module, import.meta.url);
  }
  return loaded[name].exports;
}
require('./main.js');
`;
}

function licenses({ inputs }: Metafile): string {
  const folders = Object.keys(inputs).flatMap((path) => /^.*node_modules\/(?:@[^/]+\/)?[^/]+/.exec(path)?.[0] ?? []);
  const texts = [...new Set(folders)].sort().map((folder) => {
    const { name, version } = JSON.parse(readFileSync(join(root, folder, 'package.json'), 'utf8'));
    const file = readdirSync(join(root, folder)).find((entry) => /^licen[cs]e(?:\.|$)/i.test(entry));
    if (file === undefined) throw new Error(`${folder} has no license file`);
    return `${name} ${version}\n\n${readFileSync(join(root, folder, file), 'utf8').trim()}\n`;
  });
  const head = 'cdictl.js has code of the packages below. Each is used under its own terms.\n';
  return [head, ...texts].join(`\n${'='.repeat(80)}\n\n`);
}
