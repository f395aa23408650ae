// A compiler of static programs for arm64: Debian's cross gcc over its musl for arm64, of the version that this machine has.
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { join, resolve } from 'node:path';
import { readLists } from '../apt-lists.ts';
import { runTool } from '../c-libraries.ts';

export const EMULATOR = 'qemu-aarch64';

const SPECS = '/usr/lib/x86_64-linux-musl/musl-gcc.specs';

const root = resolve(import.meta.dirname, '../..');

/**
 * Makes it, where it is not there yet.
 *
 * @param musl Debian's version of musl, which is the one that the program for amd64 has
 * @returns the compiler's path
 */
export async function makeCompiler(musl: string): Promise<string> {
  const folder = join(root, 'build/arm64', musl);
  const compiler = join(folder, 'aarch64-musl-gcc');
  if (existsSync(compiler)) return compiler;
  mkdirSync(join(root, 'build/arm64'), { recursive: true });
  const work = mkdtempSync(`${folder}-`);
  try {
    // dpkg may not know of arm64: its list of installed packages is an empty one
    writeFileSync(join(work, 'status'), '');
    const own = ['APT::Architecture=arm64', 'APT::Architectures=arm64', `Dir::State::status=${join(work, 'status')}`];
    const words = readLists(work, 'deb', own);
    await runTool('apt-get', [...words, '-qq', 'download', `musl-dev=${musl}`], work);
    const archive = readdirSync(work).find((name) => name.endsWith('.deb')) ?? '';
    await runTool('dpkg-deb', ['--extract', archive, work], work);
    for (const name of [archive, 'status', 'lists', 'parts']) rmSync(join(work, name), { recursive: true });
    const specs = readFileSync(SPECS, 'utf8').replaceAll('x86_64', 'aarch64').replaceAll(' /usr/', ` ${folder}/usr/`);
    const local = specs.replaceAll('-L/usr/', `-L${folder}/usr/`).replaceAll(':/usr/', `:${folder}/usr/`);
    writeFileSync(join(work, 'specs'), local);
    const script = `#!/bin/sh\nexec aarch64-linux-gnu-gcc "$@" -specs '${join(folder, 'specs')}'\n`;
    writeFileSync(join(work, 'aarch64-musl-gcc'), script, { mode: 0o755 });
    renameSync(work, folder);
  } finally {
    rmSync(work, { recursive: true, force: true });
  }
  return compiler;
}
