// Builds dist/cdi-runtime: the core as QuickJS bytecode in a static program of C. Same input, same bytes.
// With --sanitize it builds what only tests run: the same with gcc's sanitizers, which need glibc and its loader.
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, symlinkSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { build } from 'esbuild';

const PACKAGES = 'gcc musl-tools quickjs libquickjs libyaml-dev';
const MULTIARCH: Record<string, string> = { x64: 'x86_64-linux-gnu', arm64: 'aarch64-linux-gnu' };
/** What must never get into the core: Node, its packages, and the parts that only Node runs. */
const FOREIGN = /^node_modules\/|^src\/host\/(node|memory)\.ts$|^src\/(cli|generate)\//;

/** Our memory functions, which would hide from gcc's what is wrong, and what only musl lacks. */
const NOT_SANITIZED: readonly string[] = ['memory.c', 'fortify.c'];
const ONLY_SANITIZED: readonly string[] = ['memory-sanitized.c'];

const root = resolve(import.meta.dirname, '..');
const libraries = `/usr/lib/${MULTIARCH[process.arch] ?? process.arch}`;
const headers = ['/usr/include/quickjs/quickjs.h', '/usr/include/yaml.h'];
const archives = [`${libraries}/quickjs/libquickjs.a`, `${libraries}/libyaml.a`];

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
  checkTools();
  mkdirSync(dirname(out), { recursive: true });
  mkdirSync(join(root, 'build'), { recursive: true });
  const work = values.out === undefined ? join(root, 'build') : mkdtempSync(join(dirname(out), 'build-'));
  try {
    await bundleCore(join(work, 'core.js'));
    run('qjsc', ['-c', '-m', '-s', '-N', 'core_bc', '-o', 'core_bc.c', 'core.js'], work);
    if (values.sanitize) compileSanitized(work);
    else compile(work);
  } finally {
    if (values.out !== undefined) rmSync(work, { recursive: true, force: true });
  }
}

function checkTools(): void {
  const missing = [
    ...[values.sanitize ? 'gcc' : 'musl-gcc', 'qjsc'].filter(
      (tool) => spawnSync(tool, ['-h'], { stdio: 'ignore' }).error !== undefined,
    ),
    ...[...headers, ...archives].filter((file) => !existsSync(file)),
  ];
  if (missing.length > 0) throw new Error(`${missing.join(', ')} is missing; install the Debian packages ${PACKAGES}`);
  const compiler = /version (\S+)/.exec(spawnSync('qjsc', ['-h'], { encoding: 'latin1' }).stdout)?.[1];
  const engine = /QuickJS memory usage -- (\S+) version/.exec(readFileSync(archives[0] ?? '', 'latin1'))?.[1];
  // Bytecode is no stable format: another version would read it as something else.
  if (compiler === undefined || compiler !== engine)
    throw new Error(`qjsc is of version ${compiler} and libquickjs.a of ${engine}; install both from one source`);
}

async function bundleCore(file: string): Promise<void> {
  const { metafile } = await build({
    absWorkingDir: root,
    entryPoints: [entry],
    outfile: file,
    bundle: true,
    format: 'esm',
    platform: 'neutral',
    target: 'es2023',
    minify: true,
    metafile: true,
    // a tsconfig.json beside the source would change the bytes
    tsconfigRaw: '{}',
    logLevel: 'warning',
  });
  for (const [input, { imports }] of Object.entries(metafile.inputs)) {
    const bad = [input, ...imports.map(({ path }) => path)].find((path) => FOREIGN.test(path) || /^node:/.test(path));
    if (bad !== undefined) throw new Error(`${bad} must not be part of the core; ${input} brings it in`);
  }
}

function compile(work: string): void {
  run('musl-gcc', [
    ...['-O2', '-static-pie', '-fPIE', '-s', '-ffunction-sections', '-fdata-sections'],
    ...[`-ffile-prefix-map=${root}=.`, `-ffile-prefix-map=${work}=.`],
    ...inputs(work),
    ...['-Wl,--gc-sections', '-Wl,--build-id=none', '-Wl,-z,relro,-z,now', '-Wl,-z,noexecstack'],
    // fewer mappings and a shorter table of relocations: both are paid for at every start
    ...['-Wl,-z,noseparate-code', '-Wl,-z,pack-relative-relocs', '-lm', '-o', out],
  ]);
}

function compileSanitized(work: string): void {
  run('gcc', [
    ...['-O1', '-g', '-pie', '-fPIE', '-fno-omit-frame-pointer'],
    ...['-fsanitize=address,undefined', '-fno-sanitize-recover=all'],
    ...inputs(work),
    ...['-lm', '-o', out],
  ]);
}

/** What every build compiles, and how: the sources, the core, and the archives. */
function inputs(work: string): string[] {
  // Only these two: with all of /usr/include, glibc's headers would hide musl's.
  const include = join(work, 'include');
  rmSync(include, { recursive: true, force: true });
  mkdirSync(include, { recursive: true });
  for (const header of headers) symlinkSync(header, join(include, header.slice(header.lastIndexOf('/') + 1)));
  const { version } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
  const left = values.sanitize ? NOT_SANITIZED : ONLY_SANITIZED;
  const names = readdirSync(join(root, 'shim')).filter((name) => name.endsWith('.c') && !left.includes(name));
  return [
    ...['-std=gnu11', '-D_GNU_SOURCE', `-DCDI_RUNTIME_VERSION="${version}"`, '-isystem', include],
    ...['-Wall', '-Wextra', '-Werror', '-Wconversion'],
    ...names.sort().map((name) => join('shim', name)),
    join(work, 'core_bc.c'),
    ...archives,
  ];
}

function run(command: string, args: string[], cwd: string = root): void {
  const { status, stdout, stderr } = spawnSync(command, args, { cwd, encoding: 'utf8' });
  if (status !== 0) throw new Error(`${command} failed:\n${stdout}${stderr}`);
}
