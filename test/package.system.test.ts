// The package as npm would publish it: what is in it, and what those see who import it.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import {
  existsSync,
  globSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { before, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { stripVTControlCharacters } from 'node:util';
import { temporaryFolder } from './support/temporary-folder.ts';

const ROOT = fileURLToPath(new URL('..', import.meta.url));
const folder = temporaryFolder();
/** A project that has the package and, of what else there is here, only what the package depends on. */
const consumer = join(folder, 'consumer');
const unpacked = join(consumer, 'node_modules/cdi-runtime');
let tarball = '';

/** Runs a program that must succeed. */
function run(command: string, args: readonly string[], cwd = consumer): string {
  const { status, stdout, stderr, error } = spawnSync(command, args, { cwd, encoding: 'utf8' });
  assert.equal(status, 0, `${command} ${args.join(' ')}: ${error?.message ?? stdout + stderr}`);
  // Under CI some tools use colours even without a terminal.
  return stripVTControlCharacters(stdout);
}

function runTool(name: string, ...args: readonly string[]): string {
  return run(process.execPath, [join(ROOT, 'node_modules/.bin', name), ...args]);
}

function manifest(): { readonly dependencies: Readonly<Record<string, string>> } {
  return JSON.parse(readFileSync(join(unpacked, 'package.json'), 'utf8'));
}

before(() => {
  mkdirSync(unpacked, { recursive: true });
  const pack = ['pack', '--ignore-scripts', '--json', '--pack-destination', folder, '--cache', join(folder, 'cache')];
  const [{ filename }]: [{ filename: string }] = JSON.parse(run('npm', pack, ROOT));
  tarball = join(folder, filename);
  run('tar', ['-xzf', tarball, '-C', unpacked, '--strip-components=1']);
  for (const name of Object.keys(manifest().dependencies)) {
    symlinkSync(join(ROOT, 'node_modules', name), join(consumer, 'node_modules', name));
  }
  writeFileSync(join(consumer, 'package.json'), '{ "type": "module" }');
});

/** What may be in it. */
const PARTS = [
  /^dist\/.*\.(?:js|d\.ts)(?:\.map)?$/,
  /^dist\/cdi-runtime$/,
  /^schemas\/(?:cdictl\/)?[\w.-]+\.schema\.json$/,
  /^(?:deploy|docs)\/[\w./-]+$/,
  /^dist\/cdictl\.(?:js|licenses\.txt)$/,
  /^dist\/cdictl\/(?:[\w-]+\.cjs(?:\.map)?|libyaml\.wasm)$/,
  /^src\/.*\.(?:ts|json)$/,
  /^(?:package\.json|README\.md|SECURITY\.md|LICENSE|NOTICE)$/,
];

test('the package has modules, their types and maps, and what they are made of', () => {
  const files = globSync('**', { cwd: unpacked, withFileTypes: true }).filter((entry) => entry.isFile());
  const paths = files.map((entry) => join(entry.parentPath, entry.name).slice(unpacked.length + 1));
  const strange = paths.filter((path) => !PARTS.some((part) => part.test(path)));
  assert.deepEqual(strange, []);
  const modules = paths.filter((path) => /^dist\/.*\.js$/.test(path) && path !== 'dist/cdictl.js');
  assert.ok(modules.includes('dist/index.js') && modules.length > 50, `${modules.length}`);
  const missing = modules.flatMap((path) => {
    const stem = path.slice(0, -'.js'.length);
    return [`${path}.map`, `${stem}.d.ts`, `${stem}.d.ts.map`].filter((beside) => !paths.includes(beside));
  });
  assert.deepEqual(missing, []);
});

test('every map leads to a text that is in the package', () => {
  const maps = globSync('dist/**/*.map', { cwd: unpacked });
  assert.ok(maps.length > 100, `${maps.length}`);
  const lost = maps.filter((path) => {
    const map: { sources: string[]; sourcesContent?: string[] } = JSON.parse(
      readFileSync(join(unpacked, path), 'utf8'),
    );
    const isThere = (source: string): boolean => existsSync(resolve(unpacked, dirname(path), source));
    return map.sourcesContent === undefined && !map.sources.every(isThere);
  });
  assert.deepEqual(lost, []);
});

test('publint has nothing to say', () => {
  assert.match(runTool('publint', 'run', tarball, '--strict'), /^All good!$/m);
});

test('attw finds the types where modules look for them', () => {
  assert.match(runTool('attw', tarball, '--profile', 'esm-only', '--no-emoji', '--no-color'), /cdi-runtime v/);
});

/** What a program leaves behind that it does not end with. */
const STATE = `() => JSON.stringify([
  Object.getOwnPropertyNames(globalThis), process.eventNames().map(String), process.getActiveResourcesInfo(),
  process.env, process.cwd(), process.umask(), Object.getOwnPropertyNames(Object.prototype), Error.stackTraceLimit,
])`;

test('an import changes nothing in the process', () => {
  const program = `
    const state = ${STATE};
    const before = state();
    const names = Object.keys(await import('cdi-runtime'));
    console.log(JSON.stringify([names.length > 20, before === state() || [before, state()]]));
  `;
  const told = run(process.execPath, ['--input-type=module', '--eval', program]);
  assert.deepEqual(JSON.parse(told), [true, true]);
});

/** A call of the kernel that opens a file to read it, or that only looks at a path. */
const HARMLESS = /^(?:(?:openat|open)\(.*, O_RDONLY[^)]*\)|(?:\w*stat\w*|f?access\w*|readlink\w*|getcwd|execve)\()/;

/** What a program asks the kernel about files and the network: whole lines. */
function calls(program: string): readonly string[] {
  const log = mkdtempSync(join(folder, 'calls-'));
  const trace = ['-ff', '-qq', '-s', '4096', '-e', 'trace=%file,%network', '-e', 'signal=none', '-o', join(log, 'of')];
  // A cache of compiled modules, as these tests themselves may run with, is not the program's own.
  const uncached = ['env', '-u', 'NODE_COMPILE_CACHE', process.execPath];
  run('strace', [...trace, ...uncached, '--input-type=module', '--eval', program]);
  return readdirSync(log).flatMap((file) => readFileSync(join(log, file), 'utf8').split('\n').filter(Boolean));
}

/** What the C library asks of the machine whenever it likes. */
const OF_MACHINE = /^\/(?:proc|sys)\//;

/** The path in a call. */
function pathOf(call: string): string {
  return /"([^"]*)"/.exec(call)?.[1] ?? call;
}

function noTrace(): string | false {
  const { status } = spawnSync('strace', ['-qq', '-o', '/dev/null', 'true']);
  return status === 0 ? false : 'this machine lets no one trace a process';
}

test('an import looks at modules and nothing else', { skip: noTrace() }, () => {
  const always = new Set(calls('').map(pathOf));
  const own = calls("import 'cdi-runtime'").filter((call) => !always.has(pathOf(call)));
  assert.ok(own.filter((call) => pathOf(call).startsWith(unpacked)).length > 20, `${own.length}`);
  const homes = [consumer, join(ROOT, 'node_modules')];
  // Links are resolved folder by folder, and each folder may say how its modules are meant.
  const isHome = (path: string): boolean =>
    homes.some(
      (home) => path.startsWith(`${home}/`) || `${home}/`.startsWith(`${path.replace(/\/package\.json$/, '')}/`),
    );
  assert.deepEqual(
    own.filter((call) => !HARMLESS.test(call) || !(isHome(pathOf(call)) || OF_MACHINE.test(pathOf(call)))),
    [],
  );
});

/** A program of a user, with all that TypeScript can be strict about. */
const PROGRAM = `
import { CdiError, type ContainerEdits, getRegistry, HOOK_NAMES, type HookName, Registry, type Spec, UnresolvedDevicesError } from 'cdi-runtime';

const edits: ContainerEdits = { env: ['A=1'], hooks: [{ hookName: 'createContainer', path: '/bin/true' }] };
const spec: Spec = { cdiVersion: '0.6.0', kind: 'vendor.com/gpu', devices: [{ name: '0', containerEdits: edits }] };
// @ts-expect-error: no such hook
const wrong: HookName = 'afterwards';
// @ts-expect-error: a spec is not to be changed
export const change = (): unknown => spec.devices[0]?.containerEdits.env?.push('B=2');

const registry: Registry = getRegistry({ specDirs: [process.argv[2] ?? ''], schema: 'none' });
registry.writeSpec(spec, 'vendor');
const document = registry.injectDevices({ process: { env: [] as string[] } }, 'vendor.com/gpu=0');
let reason = '';
try {
  registry.injectDevices('{}', ['vendor.com/gpu=1']);
} catch (error) {
  if (error instanceof UnresolvedDevicesError && error instanceof CdiError) reason = error.devices.join();
}
const names: readonly HookName[] = HOOK_NAMES;
console.log(JSON.stringify([document.process.env, reason, names.includes(wrong)]));
`;

for (const module of ['nodenext', 'preserve'])
  test(`a program in strict TypeScript compiles and runs with the package's types, by module ${module}`, () => {
    writeFileSync(join(consumer, 'program.ts'), PROGRAM);
    const resolution = module === 'preserve' ? ['--moduleResolution', 'bundler'] : [];
    const strict = [
      '--strict',
      '--exactOptionalPropertyTypes',
      '--noUncheckedIndexedAccess',
      '--skipLibCheck',
      'false',
    ];
    const types = ['--types', 'node', '--typeRoots', join(ROOT, 'node_modules/@types')];
    runTool(
      'tsc',
      ...strict,
      ...types,
      '--target',
      'es2023',
      '--module',
      module,
      ...resolution,
      '--noEmit',
      'program.ts',
    );
    const told = run(process.execPath, ['program.ts', join(folder, module)]);
    assert.deepEqual(JSON.parse(told), [['A=1'], 'vendor.com/gpu=1', false]);
  });
