// Builds dist/cdi-runtime: the core as QuickJS bytecode in a static program of C. Same input, same bytes.
// With --sanitize it builds what only tests run: the same with gcc's sanitizers, which need glibc and its loader.
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { dirname, isAbsolute, join, relative, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { build, type ModuleInfo } from 'rolldown';
import { buildLibraries, type Libraries, runTool } from './c-libraries.ts';

/** What must never get into the core: Node, its packages, and the parts that only Node runs. */
const FOREIGN = /^node_modules\/|^src\/host\/(node|replace-file|yaml|libyaml)\.ts$|^src\/(cli|generate)\//;

/** Our memory functions, which would hide from gcc's what is wrong. */
const NOT_SANITIZED: readonly string[] = ['memory.c'];
const ONLY_SANITIZED: readonly string[] = ['memory-sanitized.c'];

const PLAIN: readonly [string, readonly string[]] = [
  'musl-gcc',
  ['-O2', '-static-pie', '-fPIE', '-ffunction-sections', '-fdata-sections'],
];
const LINK: readonly string[] = [
  ...['-s', '-Wl,--gc-sections', '-Wl,--build-id=none', '-Wl,-z,relro,-z,now', '-Wl,-z,noexecstack'],
  // fewer mappings and a shorter table of relocations: both are paid for at every start
  ...['-Wl,-z,noseparate-code', '-Wl,-z,pack-relative-relocs'],
];
const SANITIZED: readonly [string, readonly string[]] = [
  'gcc',
  [
    ...['-O1', '-g', '-pie', '-fPIE', '-fno-omit-frame-pointer'],
    ...['-fsanitize=address,undefined', '-fno-sanitize-recover=all'],
  ],
];

const root = resolve(import.meta.dirname, '..');
const { values } = parseArgs({
  options: { entry: { type: 'string' }, out: { type: 'string' }, sanitize: { type: 'boolean', default: false } },
});
const entry = resolve(values.entry ?? join(root, 'src/runtime/shim.ts'));
const out = resolve(values.out ?? join(root, values.sanitize ? 'build/cdi-runtime-sanitized' : 'dist/cdi-runtime'));

try {
  await buildShim();
  console.log(`${values.out ?? relative(root, out)}: ${statSync(out).size} bytes`);
} catch (error) {
  console.error(`cannot build the shim: ${error instanceof Error ? error.message : error}`);
  process.exitCode = 1;
}

async function buildShim(): Promise<void> {
  mkdirSync(dirname(out), { recursive: true });
  mkdirSync(join(root, 'build'), { recursive: true });
  const work = values.out === undefined ? join(root, 'build') : mkdtempSync(join(dirname(out), 'build-'));
  try {
    await bundleCore(join(work, 'core.js'));
    const [compiler, flags] = values.sanitize ? SANITIZED : PLAIN;
    const plain = await buildLibraries(...PLAIN);
    // QuickJS shifts into signs, and means it.
    const libraries = values.sanitize ? await buildLibraries(compiler, [...flags, '-fno-sanitize=undefined']) : plain;
    await runTool(plain.qjsc, ['-c', '-m', '-s', '-N', 'core_bc', '-o', 'core_bc.c', 'core.js'], work);
    await compile(compiler, flags, libraries, work);
  } finally {
    if (values.out !== undefined) rmSync(work, { recursive: true, force: true });
  }
}

async function bundleCore(file: string): Promise<void> {
  const foreign: string[] = [];
  await build({
    cwd: root,
    input: entry,
    platform: 'neutral',
    // a tsconfig.json beside the source would change the bytes
    tsconfig: false,
    transform: { target: 'es2023' },
    logLevel: 'silent',
    output: { file, format: 'esm', minify: true, comments: false },
    plugins: [{ name: 'core', moduleParsed: (module) => void foreign.push(...foreignIn(module)) }],
  });
  if (foreign.length > 0) throw new Error(foreign.join('\n'));
}

/** What a module imports that must not be in the core; what is no file was not found. */
function foreignIn({ id, importedIds, dynamicallyImportedIds }: ModuleInfo): string[] {
  const imported = [...importedIds, ...dynamicallyImportedIds];
  const bad = imported.filter((path) => !isAbsolute(path) || FOREIGN.test(relative(root, path)));
  return bad.map(
    (path) => `${path.replace(`${root}/`, '')} must not be part of the core; ${relative(root, id)} brings it in`,
  );
}

async function compile(
  compiler: string,
  flags: readonly string[],
  { headers, archive }: Libraries,
  work: string,
): Promise<void> {
  const { version } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
  const left = values.sanitize ? NOT_SANITIZED : ONLY_SANITIZED;
  const names = readdirSync(join(root, 'shim')).filter((name) => name.endsWith('.c') && !left.includes(name));
  await runTool(compiler, [
    ...flags,
    ...['-std=gnu11', '-D_GNU_SOURCE', `-DCDI_RUNTIME_VERSION="${version}"`],
    ...[`-ffile-prefix-map=${root}=.`, `-ffile-prefix-map=${work}=.`],
    ...headers.flatMap((folder) => ['-isystem', folder]),
    ...['-Wall', '-Wextra', '-Werror', '-Wconversion'],
    ...names.sort().map((name) => join('shim', name)),
    ...[join(work, 'core_bc.c'), archive, ...(values.sanitize ? [] : LINK), '-lm', '-o', out],
  ]);
}
