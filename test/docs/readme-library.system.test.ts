// The README's examples of the library: each compiles as a user's program does, runs, and prints what it says.
import { deepEqual, equal, ok } from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { before, test } from 'node:test';
import { systemNode } from '../support/system-node.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

const ROOT = join(import.meta.dirname, '../..');
const README = readFileSync(join(ROOT, 'README.md'), 'utf8');
const COMPILER = join(ROOT, 'node_modules/typescript/bin/tsc');
const folder = temporaryFolder();

interface Example {
  readonly title: string;
  readonly name: string;
  readonly text: string;
}

const section = README.split(/^## /m).find((part) => part.startsWith('Use it as a library\n')) ?? '';
const examples: readonly Example[] = section.split(/^### /m).flatMap((part) =>
  [...part.matchAll(/^```ts\n(.*?)^```$/gms)].map(([, text = ''], i) => {
    const title = `${part.slice(0, part.indexOf('\n'))}, ${i + 1}`;
    return { title, name: title.toLowerCase().replace(/\W+/g, '-'), text };
  }),
);

/** What an example says that it prints. */
function promised(text: string): string[] {
  return [...text.matchAll(/\/\/ → (.*)$/gm)].map(([, line = '']) => line);
}

const GPU = `cdiVersion: 0.6.0
kind: vendor.com/gpu
devices:
- { name: "0", containerEdits: { env: [GPU_0=yes] } }
- { name: "1", containerEdits: { env: [GPU_1=yes] } }
- { name: all, containerEdits: { env: [GPU_ALL=yes] } }
`;

const FILES: Readonly<Record<string, string>> = {
  'config.json': '{ "ociVersion": "1.2.0", "process": { "env": [] } }\n',
  'static/gpu.yaml': GPU,
  'static/broken.yaml': 'cdiVersion: 0.6.0\nkind: other.com/x\ndevice: []\n',
  'dynamic/gpu.yaml': GPU.replace('GPU_0=yes', 'GPU_0=dynamic'),
  'etc/gpu.yaml': GPU,
  'etc/broken.yaml': 'cdiVersion: 0.6.0\nkind: other.com/x\ndevice: []\n',
};

/** In place of the host's directories and schema. */
const BEFOREHAND = `import { configure, defaultSchema, setSchema } from 'cdi-runtime';
setSchema(defaultSchema({ external: 'etc/schema.json' }));
configure({ specDirs: ['etc', 'run'] });
`;

/** A program that has the library as a dependency, with the options of this project. */
function compile(sources: Readonly<Record<string, string>>, options: object): string {
  const own = mkdtempSync(join(folder, 'program-'));
  const write = (path: string, text: string): void => {
    mkdirSync(join(own, dirname(path)), { recursive: true });
    writeFileSync(join(own, path), text);
  };
  mkdirSync(join(own, 'node_modules'));
  symlinkSync(ROOT, join(own, 'node_modules/cdi-runtime'));
  symlinkSync(join(ROOT, 'node_modules/@types'), join(own, 'node_modules/@types'));
  const compilerOptions = {
    rootDir: '.',
    outDir: 'js',
    composite: false,
    declaration: false,
    declarationMap: false,
    isolatedDeclarations: false,
    skipLibCheck: false,
    ...options,
  };
  write(
    'tsconfig.json',
    JSON.stringify({ extends: join(ROOT, 'tsconfig.base.json'), compilerOptions, include: ['*.ts'] }),
  );
  write('package.json', '{ "type": "module" }');
  for (const [path, text] of Object.entries(sources)) write(path, text);
  const { stdout, status } = spawnSync(process.execPath, [COMPILER, '-p', own], { encoding: 'utf8' });
  deepEqual([stdout, status], ['', 0]);
  return own;
}

let js = '';
before(() => {
  const sources = examples.map(({ name, text }) => [`${name}.ts`, text] as const);
  js = compile({ ...Object.fromEntries(sources), 'beforehand.ts': BEFOREHAND }, { types: ['node'] });
});

/** Runs an example in a folder of its own. */
function run(node: string, { name, text }: Example): void {
  const own = mkdtempSync(join(js, 'run-'));
  for (const [path, content] of Object.entries(FILES)) {
    mkdirSync(join(own, dirname(path)), { recursive: true });
    writeFileSync(join(own, path), content);
  }
  const args = ['--import', join(js, 'js/beforehand.js'), join(js, `js/${name}.js`)];
  const { stdout, stderr, status } = spawnSync(node, args, { cwd: own, encoding: 'utf8', timeout: 60_000 });
  deepEqual([status, stderr], [0, '']);
  deepEqual(stdout.split('\n').slice(0, -1), promised(text));
  if (!text.includes('config.json')) return;
  const config = readFileSync(join(own, 'config.json'), 'utf8');
  equal(config, '{ "ociVersion": "1.2.0", "process": { "env": ["GPU_0=yes","GPU_1=yes"] } }\n');
}

test('there is an example for each part of the package text of the Go library', () => {
  ok(examples.length >= 6);
  for (const { title, text } of examples) ok(promised(text).length > 0, `${title} shows nothing`);
});

const node = systemNode();
for (const example of examples) {
  test(`README: ${example.title}`, () => run(process.execPath, example));
  test(`README: ${example.title}, on the system's Node`, { skip: node.skip }, () => run(node.path, example));
}

test("the library's types need neither those of Node nor a newer library of JavaScript's than the oldest Node has", () => {
  const program = `import * as cdi from 'cdi-runtime';
export const registry: cdi.Registry = new cdi.Registry({ schema: 'none' });
export const text: string = registry.injectDevices('{}');
`;
  compile({ 'program.ts': program }, { types: [], lib: ['es2023'] });
});
