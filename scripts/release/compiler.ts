// The compilers of a release as they and dpkg name them: whichever the machine has, and what each brings into a program.
import { realpathSync } from 'node:fs';
import { runTool } from '../c-libraries.ts';
import { ROOT } from './edition.ts';

export interface Compiler {
  /** with its version, as it says itself */
  readonly name: string;
  /** Debian's package with the libgcc that it links */
  readonly libgcc: DebianPackage;
}

export interface DebianPackage {
  readonly name: string;
  readonly version: string;
  readonly architecture: string;
}

/** @param program a gcc, or a script that calls one */
export async function readCompiler(program: string): Promise<Compiler> {
  const [name = ''] = (await runTool(program, ['--version'], ROOT)).split('\n');
  const libgcc = realpathSync((await runTool(program, ['-print-libgcc-file-name'], ROOT)).trim());
  const [owner = ''] = (await runTool('dpkg-query', ['--search', libgcc], ROOT)).split(': ');
  return { name, libgcc: await findPackage(owner) };
}

/** A package of Debian that this machine has. */
export async function findPackage(name: string): Promise<DebianPackage> {
  // biome-ignore lint/suspicious/noTemplateCurlyInString: these are dpkg-query's own placeholders
  const format = '${Package} ${Version} ${Architecture}';
  const shown = await runTool('dpkg-query', ['--show', '--showformat', format, name], ROOT);
  const [own = '', version = '', architecture = ''] = shown.split(' ');
  return { name: own, version, architecture };
}
