// The page of the library: in an empty folder with the package, each example compiles, runs as pasted, and prints what it says.
import { deepEqual, equal, ok } from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { before, test } from 'node:test';
import { buildNpmPackages } from '../../scripts/release/npm-packages.ts';
import { systemNode } from '../support/system-node.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';
import { readBlocks } from './page.ts';

const ROOT = join(import.meta.dirname, '../..');
const COMPILER = join(ROOT, 'node_modules/typescript/bin/tsc');
const folder = temporaryFolder();
const blocks = readBlocks(readFileSync(join(ROOT, 'docs/library.md'), 'utf8'));
const examples = blocks
  .filter(({ fence }) => fence === 'js' || fence === 'cjs')
  .map(({ fence, line, lines }) => ({ name: `line-${line}.${fence === 'js' ? 'mjs' : 'cjs'}`, lines }));

/** What an example says that it prints. */
function promised(lines: readonly string[]): string[] {
  return lines.flatMap((line) => /\/\/ → (.*)$/.exec(line)?.[1] ?? []);
}

let user = '';
before(async () => {
  const [tarball = ''] = (await buildNpmPackages(folder, [])).filter((path) => /\/cdi-runtime-\d/.test(path));
  user = install(tarball);
  for (const { fence, lines } of blocks) {
    const path = /file=(\S+)/.exec(fence)?.[1];
    if (path !== undefined) write(path, lines);
  }
  for (const { name, lines } of examples) write(name, lines);
});

function write(path: string, lines: readonly string[]): void {
  mkdirSync(join(user, dirname(path)), { recursive: true });
  writeFileSync(join(user, path), `${lines.join('\n')}\n`);
}

/** As the page says, but without the network: what the library depends on is packed here, too. */
function install(tarball: string): string {
  const own = mkdtempSync(join(folder, 'user-'));
  const npm = (cwd: string, ...words: string[]): string => {
    const env = { ...process.env, npm_config_cache: join(folder, 'cache'), npm_config_offline: 'true' };
    const { stdout, stderr, status } = spawnSync('npm', words, { cwd, env, encoding: 'utf8' });
    equal(status, 0, stderr);
    return stdout;
  };
  const packed = npm(folder, 'pack', '--silent', '--ignore-scripts', ...listDependencies('cdi-runtime', ROOT));
  const tarballs = packed
    .trim()
    .split('\n')
    .map((name) => join(folder, name));
  npm(own, 'install', '--no-audit', '--no-fund', tarball, ...tarballs);
  return own;
}

/** The folders of all packages that one needs to run. */
function listDependencies(name: string, path: string, found = new Map<string, string>()): readonly string[] {
  const { dependencies = {} }: { dependencies?: object } = JSON.parse(readFileSync(join(path, 'package.json'), 'utf8'));
  if (path !== ROOT) found.set(name, path);
  for (const next of Object.keys(dependencies)) {
    if (!found.has(next)) listDependencies(next, join(ROOT, 'node_modules', next), found);
  }
  return [...found.values()];
}

/** Compiles files in the user's folder, with the options of this project. */
function compile(include: readonly string[], options: object): void {
  const compilerOptions = {
    ...{ rootDir: '.', noEmit: true, composite: false, incremental: false, declaration: false, declarationMap: false },
    ...{ isolatedDeclarations: false, skipLibCheck: false, allowJs: true, checkJs: true, emitDeclarationOnly: false },
    ...options,
  };
  const config = { extends: join(ROOT, 'tsconfig.base.json'), compilerOptions, include };
  write('tsconfig.json', [JSON.stringify(config)]);
  const { stdout, status } = spawnSync(process.execPath, [COMPILER, '-p', user], { encoding: 'utf8' });
  deepEqual([stdout, status], ['', 0]);
}

/** Runs an example where the user has it. */
function run(node: string, { name, lines }: (typeof examples)[number]): void {
  const { stdout, stderr, status } = spawnSync(node, [name], { cwd: user, encoding: 'utf8', timeout: 60_000 });
  deepEqual([status, stderr], [0, '']);
  deepEqual(stdout.split('\n').slice(0, -1), promised(lines));
}

test('there is an example for each part of the package text of the Go library', () => {
  ok(examples.length >= 7);
  for (const { name, lines } of examples) ok(promised(lines).length > 0, `${name} shows nothing`);
});

test('the name that the page installs is that of the package', () => {
  const name = readdirSync(folder).find((entry) => /^cdi-runtime-\d.*\.tgz$/.test(entry)) ?? '';
  ok(
    blocks.some(({ lines }) => lines.includes(`$ npm install ./${basename(name)}`)),
    name,
  );
});

const node = systemNode();
for (const example of examples) {
  test(`docs/library.md, ${example.name}`, () => run(process.execPath, example));
  test(`docs/library.md, ${example.name}, on the system's Node`, { skip: node.skip }, () => run(node.path, example));
}

test('the examples compile as programs of TypeScript do', () => {
  mkdirSync(join(user, 'node_modules/@types'), { recursive: true });
  symlinkSync(join(ROOT, 'node_modules/@types/node'), join(user, 'node_modules/@types/node'));
  compile(['*.mjs'], { types: ['node'], typeRoots: [join(ROOT, 'node_modules/@types')] });
});

test("the library's types need neither those of Node nor a newer library of JavaScript's than the oldest Node has", () => {
  write('program.mts', [
    `import * as cdi from 'cdi-runtime';`,
    `export const registry: cdi.Registry = new cdi.Registry({ schema: 'none' });`,
    `export const text: string = registry.injectDevices('{}');`,
  ]);
  compile(['program.mts'], { types: [], lib: ['es2023'] });
});
