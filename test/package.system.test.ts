// The packages as npm would publish them: what is in them, and what those see who import the library or call cdictl.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import {
  globSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { basename, join } from 'node:path';
import { before, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { stripVTControlCharacters } from 'node:util';
import { buildNpmPackages } from '../scripts/release/npm-packages.ts';
import { systemNode } from './support/system-node.ts';
import { temporaryFolder } from './support/temporary-folder.ts';

const ROOT = fileURLToPath(new URL('..', import.meta.url));
const folder = temporaryFolder();
/** A project that has the packages and, of what else there is here, only what the library depends on. */
const consumer = join(folder, 'consumer');
const modules = join(consumer, 'node_modules');
const unpacked = join(modules, 'cdi-runtime');
const MACHINE = `@cdi-runtime/linux-${process.arch}`;
/** As they are packed. */
const NAMES = ['cdi-runtime', '@cdi-runtime/cli', MACHINE];
const SHIM = {
  path: join(ROOT, 'dist/cdi-runtime'),
  architecture: process.arch === 'arm64' ? 'arm64' : 'amd64',
} as const;
let tarballs: readonly string[] = [];
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

interface Manifest {
  readonly name: string;
  readonly dependencies?: Readonly<Record<string, string>>;
  readonly optionalDependencies?: Readonly<Record<string, string>>;
}

function manifest(name: string): Manifest {
  return JSON.parse(readFileSync(join(modules, name, 'package.json'), 'utf8'));
}

/** The names and sizes of a package's files. */
function filesOf(name: string): ReadonlyMap<string, number> {
  const files = globSync('**', { cwd: join(modules, name), withFileTypes: true }).filter((entry) => entry.isFile());
  const paths = files.map((entry) => join(entry.parentPath, entry.name));
  return new Map(paths.map((path) => [path.slice(join(modules, name).length + 1), statSync(path).size]));
}

before(async () => {
  for (const name of ['packed', 'again']) mkdirSync(join(folder, name));
  tarballs = await buildNpmPackages(join(folder, 'packed'), [SHIM]);
  [tarball = ''] = tarballs;
  NAMES.forEach((name, index) => {
    mkdirSync(join(modules, name), { recursive: true });
    run('tar', ['-xzf', tarballs[index] ?? '', '-C', join(modules, name), '--strip-components=1']);
  });
  for (const name of Object.keys(manifest('cdi-runtime').dependencies ?? {}))
    symlinkSync(join(ROOT, 'node_modules', name), join(modules, name));
  writeFileSync(join(consumer, 'package.json'), '{ "type": "module" }');
});

/** What may be in each. */
const COMMON = /^(?:package\.json|README\.md|LICENSE|NOTICE)$/;
const PARTS: Readonly<Record<string, readonly RegExp[]>> = {
  'cdi-runtime': [
    /^dist\/(?:index|(?:bundle|cdi|edits|host|inject|library|oci|registry|schema|text)\/[\w-]+)\.(?:js|d\.ts)$/,
    /^schemas\/(?:cdictl\/)?[\w.-]+\.schema\.json$/,
    /^(?:SECURITY\.md|docs\/(?:errors|go-to-typescript|library)\.md)$/,
  ],
  '@cdi-runtime/cli': [
    /^dist\/cdictl\.(?:js|licenses\.txt)$/,
    /^dist\/cdictl\/(?:[\w-]+\.cjs|libyaml\.wasm|errors\.md|lint\.md)$/,
    /^dist\/man\/[\w.-]+\.[158]$/,
    /^deploy\/(?:kubernetes(?:\/[\w-]+)*|logrotate|systemd|udev)\/[\w.-]+$/,
  ],
  [MACHINE]: [/^bin\/cdi-runtime$/],
};
/** Bytes that each may have when it is unpacked. */
const MOST: Readonly<Record<string, number>> = {
  'cdi-runtime': 1_000_000,
  '@cdi-runtime/cli': 2_750_000,
  [MACHINE]: 2_000_000,
};
for (const name of NAMES)
  test(`${name} has what it is for, and nothing else`, () => {
    const files = filesOf(name);
    const allowed = [COMMON, ...(PARTS[name] ?? [])];
    assert.deepEqual(
      [...files.keys()].filter((path) => !allowed.some((part) => part.test(path))),
      [],
    );
    for (const part of allowed)
      assert.ok(
        [...files.keys()].some((path) => part.test(path)),
        String(part),
      );
    const size = [...files.values()].reduce((sum, one) => sum + one, 0);
    assert.ok(size <= (MOST[name] ?? 0), `${size} bytes`);
    // No script of ours runs where the package is installed.
    const fields = Object.keys(manifest(name));
    assert.deepEqual(
      fields.filter((field) => ['scripts', 'devDependencies', 'workspaces', 'private'].includes(field)),
      [],
    );
  });

test('the same files make the same packages', async () => {
  const again = await buildNpmPackages(join(folder, 'again'), [SHIM]);
  assert.deepEqual(
    again.map((path) => basename(path)),
    tarballs.map((path) => basename(path)),
  );
  for (const [index, path] of again.entries())
    assert.ok(readFileSync(path).equals(readFileSync(tarballs[index] ?? '')), path);
});

const system = systemNode();
const NODES: [title: string, path: string, skip: string | false][] = [
  ['our Node', process.execPath, false],
  [`the system's Node ${system.version}`, system.path, system.skip],
];
for (const [title, path, skip] of NODES) {
  test(`cdictl installs the shim of the package for this machine, on ${title}`, { skip }, () => {
    const program = join(modules, '@cdi-runtime/cli/dist/cdictl.js');
    const { name, optionalDependencies } = manifest('@cdi-runtime/cli');
    assert.deepEqual(Object.keys(optionalDependencies ?? {}), [MACHINE], name);
    const installed = join(mkdtempSync(join(folder, 'installed-')), 'cdi-runtime');
    run('env', ['NODE_DISABLE_COMPILE_CACHE=1', path, program, 'install', '--path', installed]);
    assert.deepEqual(readFileSync(installed), readFileSync(SHIM.path));
  });

  test(`CommonJS requires the library, on ${title}`, { skip }, () => {
    const program = "console.log(typeof require('cdi-runtime').injectDevices)";
    assert.equal(run(path, ['--input-type=commonjs', '--eval', program]), 'function\n');
  });
}

for (const [index, name] of NAMES.entries())
  test(`publint has nothing to say against ${name}`, () => {
    assert.match(runTool('publint', 'run', tarballs[index] ?? '', '--strict'), /^All good!$/m);
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
