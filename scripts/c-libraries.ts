// Compiles the C libraries of the shim, QuickJS, libyaml and libmd, with the flags of the build that wants them; kept in build/.
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, mkdtempSync, renameSync, rmSync } from 'node:fs';
import { basename, join, resolve } from 'node:path';
import { execa } from 'execa';
import { sourceOf } from './sources.ts';

const QUICKJS = ['quickjs.c', 'libregexp.c', 'libunicode.c', 'cutils.c', 'dtoa.c'];
/** what its compiler of bytecode has besides */
const QJSC = ['qjsc.c', 'quickjs-libc.c'];
/** libyaml without what writes YAML */
export const LIBYAML: readonly string[] = ['api.c', 'reader.c', 'scanner.c', 'parser.c'];
/** libmd's SHA-256 */
const LIBMD = ['sha2.c', 'sha256hl.c'];

export const YAML_DEFINES: readonly string[] = [
  ...['-DYAML_VERSION_MAJOR=0', '-DYAML_VERSION_MINOR=2', '-DYAML_VERSION_PATCH=5', '-DYAML_VERSION_STRING="0.2.5"'],
];
const DEFINES = ['-D_GNU_SOURCE', '-DNDEBUG', '-DCONFIG_VERSION="2025-04-26"', ...YAML_DEFINES];

export interface Libraries {
  /** of quickjs.h, yaml.h and sha256.h, each in a folder without the system's headers */
  readonly headers: readonly string[];
  readonly archive: string;
  /** the compiler of bytecode, of the very engine that will run it */
  readonly qjsc: string;
}

const root = resolve(import.meta.dirname, '..');

export async function buildLibraries(compiler: string, flags: readonly string[]): Promise<Libraries> {
  const [quickjs, libyaml, libmd] = [sourceOf('quickjs'), sourceOf('libyaml'), sourceOf('libmd')];
  const headers = [quickjs, join(libyaml, 'include'), join(libmd, 'include')];
  const version = await runTool(compiler, ['--version']);
  const identity = JSON.stringify([
    compiler,
    version,
    flags,
    DEFINES,
    ...[quickjs, libyaml, libmd].map((source) => basename(source)),
  ]);
  const folder = join(root, 'build/libraries', createHash('sha256').update(identity).digest('hex').slice(0, 16));
  if (!existsSync(folder)) {
    mkdirSync(join(root, 'build/libraries'), { recursive: true });
    const work = mkdtempSync(`${folder}-`);
    try {
      const compile = async (source: string): Promise<string> => {
        const object = join(work, `${basename(source, '.c')}.o`);
        // Their warnings are their authors' matter.
        const include = headers.flatMap((folder) => ['-I', folder]);
        await runTool(compiler, ['-w', ...DEFINES, ...flags, ...include, '-c', source, '-o', object]);
        return object;
      };
      const objects = (folder: string, names: readonly string[]): Promise<string[]> =>
        Promise.all(names.map((name) => compile(join(folder, name))));
      const [engine, yaml, digest, own] = await Promise.all([
        objects(quickjs, QUICKJS),
        objects(join(libyaml, 'src'), LIBYAML),
        objects(join(libmd, 'src'), LIBMD),
        objects(quickjs, QJSC),
      ]);
      // D: without times and owners, so that the same input gives the same bytes
      await runTool('ar', ['rcsD', join(work, 'libraries.a'), ...engine, ...yaml, ...digest]);
      await runTool(compiler, [...flags, ...own, ...engine, '-lm', '-lpthread', '-ldl', '-o', join(work, 'qjsc')]);
      renameSync(work, folder);
    } catch (error) {
      rmSync(work, { recursive: true, force: true });
      // Another build of the same may have been quicker.
      if (!existsSync(folder)) throw error;
    }
  }
  return { headers, archive: join(folder, 'libraries.a'), qjsc: join(folder, 'qjsc') };
}

/** What a tool prints; where it fails, that is the error. */
export async function runTool(program: string, words: readonly string[], cwd: string = root): Promise<string> {
  const { failed, code, all } = await execa(program, words, { cwd, reject: false, all: true });
  if (!failed) return all;
  throw new Error(
    code === 'ENOENT' ? `${program} is missing; run as root: npm run packages build` : `${program} failed:\n${all}`,
  );
}
