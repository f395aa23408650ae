// Builds dist/cdi-runtime: a static program of C, with the heap of a QuickJS that has loaded the core. Same input, same bytes.
// With --sanitize it builds what only tests run: the same with gcc's sanitizers, which need glibc and its loader.
// With --marks it builds what only the benchmark of stages runs: with symbols, and with bench/marks.c for the core.
// With --compiler and --emulator it builds for another processor: what is made on the way runs here, too.
import {
  copyFileSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { dirname, isAbsolute, join, relative, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { build, type ModuleInfo } from 'rolldown';
import { buildLibraries, runTool } from './c-libraries.ts';
import { type Heap, isAsLarge, joinHeaps, NO_HEAP, PLACES, writeAssembly } from './heap.ts';

/** What must never get into the core: Node, its packages, and the parts that only Node runs. */
const FOREIGN = /^node_modules\/|^src\/host\/(node|replace-file|yaml|libyaml)\.ts$|^src\/(cli|generate)\//;

/** Our memory functions, which would hide from gcc's what is wrong. */
const NOT_SANITIZED: readonly string[] = ['memory.c', 'heap.c', 'make-heap.c', 'start.c', 'relocate.c'];
const ONLY_SANITIZED: readonly string[] = ['memory-sanitized.c', 'heap-sanitized.c'];

const LINK: readonly string[] = [
  ...['-Wl,--gc-sections', '-Wl,--build-id=none', '-Wl,-z,relro,-z,now', '-Wl,-z,noexecstack'],
  // fewer mappings and a shorter table of relocations: both are paid for at every start
  ...['-Wl,-z,noseparate-code', '-Wl,-z,pack-relative-relocs'],
  // the beginning and the order are ours (start.c)
  ...['-nostartfiles', `-Wl,-T,${join(import.meta.dirname, '../shim/order.ld')}`],
];
/** valgrind's headers are among the system's, which are not musl's */
const MARKED = {
  sources: ['bench/marks.c'],
  include: ['-idirafter', '/usr/include'],
  link: ['-Wl,--wrap=JS_AddIntrinsicJSON'],
};
const UNMARKED = { sources: [], include: [], link: ['-s'] };
/**
 * What the core is called among QuickJS's modules: the one name that a new context has beyond QuickJS's table of them. It is
 * the first in the bytecode, so all that follow get the numbers that they have there, and the bytecode is used as it is.
 */
const CORE = 'AggregateError';
/** One program with two beginnings, and nothing left out in either. */
const AS_SHIM: readonly string[] = ['-Wl,-u,__wrap_main'];
const AS_MAKER: readonly string[] = ['-Wl,-u,main,--wrap=main'];
const SANITIZED: readonly [string, readonly string[]] = [
  'gcc',
  [
    ...['-O1', '-g', '-pie', '-fPIE', '-fno-omit-frame-pointer'],
    ...['-fsanitize=address,undefined', '-fno-sanitize-recover=all'],
  ],
];

const root = resolve(import.meta.dirname, '..');
const { values } = parseArgs({
  options: {
    ...{ entry: { type: 'string' }, out: { type: 'string' } },
    ...{ sanitize: { type: 'boolean', default: false }, marks: { type: 'boolean', default: false } },
    ...{ compiler: { type: 'string', default: 'musl-gcc' }, emulator: { type: 'string' } },
  },
});
const PLAIN: readonly [string, readonly string[]] = [
  values.compiler,
  [
    ...['-O2', '-static-pie', '-fPIE', '-ffunction-sections', '-fdata-sections'],
    // 72 KiB that only exceptions and debuggers would read
    '-fno-asynchronous-unwind-tables',
  ],
];
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
    await bundleCore(join(work, CORE));
    const { headers, archive, qjsc } = await buildLibraries(...PLAIN);
    await runMade(qjsc, ['-c', '-m', '-s', '-N', 'core_bc', '-o', 'core_bc.c', CORE], work);
    if (values.sanitize) {
      const [compiler, flags] = SANITIZED;
      // QuickJS shifts into signs, and means it.
      const sanitized = await buildLibraries(compiler, [...flags, '-fno-sanitize=undefined']);
      await compileSanitized(headers, sanitized.archive, work);
    } else {
      await compile(headers, archive, work);
    }
  } finally {
    if (values.out !== undefined) rmSync(work, { recursive: true, force: true });
  }
}

/** Runs what was compiled. */
function runMade(program: string, words: readonly string[], cwd?: string): Promise<string> {
  return values.emulator === undefined
    ? runTool(program, words, cwd)
    : runTool(values.emulator, [program, ...words], cwd);
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

function compileSanitized(headers: readonly string[], archive: string, work: string): Promise<string> {
  const [compiler, flags] = SANITIZED;
  const words = [...languageOf(headers, work), ...sourcesWithout(NOT_SANITIZED, work), archive];
  return runTool(compiler, [...flags, ...words, '-lm', '-o', out]);
}

/** The program is linked until it holds the heap that it makes itself: its size decides where the program's things are. */
async function compile(headers: readonly string[], archive: string, work: string): Promise<void> {
  const more = values.marks ? MARKED : UNMARKED;
  const [compiler, plain] = PLAIN;
  const flags = [...plain, ...more.link];
  const objects = join(work, 'objects');
  rmSync(objects, { recursive: true, force: true });
  mkdirSync(objects);
  const sources = [...sourcesWithout(ONLY_SANITIZED, work), ...more.sources.map((source) => join(root, source))];
  await runTool(compiler, [...flags, ...languageOf(headers, work), ...more.include, '-c', ...sources], objects);
  const names = readdirSync(objects).sort();
  const link = async (program: string, heap: Heap, begin: readonly string[]): Promise<void> => {
    writeFileSync(join(work, 'heap-image.S'), writeAssembly(heap));
    // the C library before the engine: what only that needs of it would stand between what each start runs (order.ld)
    const parts = [...names, '-lc', join(work, 'heap-image.S'), archive, '-lm'];
    const words = [...flags, ...LINK, ...begin, ...parts, '-o', program];
    await runTool(compiler, words, objects);
  };
  const maker = join(work, 'maker');
  const make = async (place: string): Promise<Uint8Array> => {
    const made = join(work, 'heap');
    await runMade(maker, [made, place]);
    return readFileSync(made);
  };
  let held = NO_HEAP;
  for (;;) {
    await link(maker, held, AS_MAKER);
    const heap = joinHeaps(await make(PLACES[0]), await make(PLACES[1]));
    const fits = isAsLarge(heap, held);
    held = heap;
    if (fits) break;
  }
  const shim = join(work, 'shim');
  await link(shim, held, AS_SHIM);
  // in one piece, as it will be installed: in small ones, as the linker writes it, the kernel maps it more slowly
  rmSync(out, { force: true });
  copyFileSync(shim, out);
  if (statSync(out).size !== statSync(maker).size) throw new Error('the linker left out parts of one of the programs');
}

/** With the core, as qjsc writes it. */
function sourcesWithout(left: readonly string[], work: string): string[] {
  const names = readdirSync(join(root, 'shim')).filter((name) => name.endsWith('.c') && !left.includes(name));
  return [...names.sort().map((name) => join(root, 'shim', name)), join(work, 'core_bc.c')];
}

function languageOf(headers: readonly string[], work: string): string[] {
  const { version } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
  return [
    ...['-std=gnu11', '-D_GNU_SOURCE', `-DCDI_RUNTIME_VERSION="${version}"`],
    ...[`-ffile-prefix-map=${root}=.`, `-ffile-prefix-map=${work}=.`],
    ...headers.flatMap((folder) => ['-isystem', folder]),
    ...['-Wall', '-Wextra', '-Werror', '-Wconversion'],
  ];
}
