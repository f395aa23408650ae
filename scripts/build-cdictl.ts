// Builds dist/cdictl.js: one file that runs on any Node from 20.19, with all that it needs inside.
// With --out FILE it goes there. Beside it: the terms of the packages that are inside.
import { chmodSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { basename, join, relative, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { init, parse } from 'es-module-lexer';
import { build, type Metafile, type Plugin } from 'esbuild';

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

const { outputFiles, metafile } = await build({
  absWorkingDir: root,
  entryPoints: ['src/cli/main.ts'],
  outdir: '.',
  write: false,
  bundle: true,
  splitting: true,
  format: 'esm',
  platform: 'node',
  target: 'node20.19',
  // Names stay, so that a failure of ours can be read.
  minifyWhitespace: true,
  minifySyntax: true,
  legalComments: 'none',
  tsconfigRaw: '{}',
  metafile: true,
  logLevel: 'warning',
  plugins: [ownAjv],
});
await init;
const parts = outputFiles.map(({ path, text }) => [`./${basename(path)}`, partOf(text)]);
writeFileSync(out, program(Object.fromEntries(parts)));
chmodSync(out, 0o755);
writeFileSync(out.replace(/\.js$/, '.licenses.txt'), licenses(metafile));
console.log(`${relative(root, out)}: ${statSync(out).size} bytes`);

/**
 * A module of esbuild's as the body of a function with the parameters `require`, `exports` and `url`. It takes what it
 * imports once, at its start; esbuild's own form asks the other module at each use. That does for modules which assign
 * to nothing that they have exported, and of which no two want each other.
 */
function partOf(text: string): string {
  const [imports, exports] = parse(text);
  const [head, body]: [string[], string[]] = [[], []];
  let done = 0;
  for (const { type, specifier, importStart, importEnd } of imports) {
    body.push(text.slice(done, importStart));
    done = importEnd;
    const wanted = `require(${JSON.stringify(specifier)})`;
    if (type === 'static') head.push(`${constantsOf(text.slice(importStart, importEnd), wanted)};`);
    else if (type === 'dynamic') body.push(`Promise.resolve().then(()=>${wanted})`);
    else if (type === 'import-meta' && text.startsWith('.url', done)) {
      body.push('url');
      done += '.url'.length;
    } else throw new Error(`cannot link ${type} ${text.slice(importStart, importEnd)}`);
  }
  // One statement at the end has all exports.
  const end = exports[0]?.exportStart ?? text.length;
  body.push(text.slice(done, end));
  return ['"use strict";', ...head, ...body, ...exportsOf(text.slice(end))].join('');
}

/** What an import statement of esbuild's makes known, as constants. */
function constantsOf(statement: string, wanted: string): string {
  const found = /^import(?:(?:\*as)? ([\w$]+) |(\{[^}]+\}))from"|^import"/.exec(statement);
  if (found === null) throw new Error(`cannot link ${statement}`);
  const [, whole, named] = found;
  const names = whole ?? named?.replaceAll(' as ', ':');
  return names === undefined ? wanted : `const ${names}=${wanted}`;
}

/** What puts the names of an export statement of esbuild's, if there is one, where others take them. */
function exportsOf(statement: string): string[] {
  const found = /^(?:export\{([^}]+)\};)?\s*$/.exec(statement);
  if (found === null) throw new Error(`cannot link ${statement}`);
  const names = found[1]?.split(',').map((pair) => pair.split(' as ')) ?? [];
  return names.map(([own, name = own]) => `exports.${name}=${own};`);
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
    const exports = (loaded[name] = {});
    const options = { filename: \`\${import.meta.url}\${name.slice(1)}\` };
    compileFunction(parts[name], ['require', 'exports', 'url'], options)(require, exports, import.meta.url);
  }
  return loaded[name];
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
