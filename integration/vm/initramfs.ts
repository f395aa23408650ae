// The VM's root: the tree `root/` beside this file, with busybox, crun and its libraries, the shim, and kernel modules.
import {
  chmodSync,
  copyFileSync,
  cpSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import type { Check } from './checks.ts';
import { type Kernel, MODULES, moduleFile } from './kernel.ts';
import { attempt, demandProgram, run } from './programs.ts';

export interface Contents {
  readonly shim: string;
  readonly kernel: Kernel;
  readonly checks: readonly Check[];
}

/** Makes the archive that the kernel unpacks, by way of a new folder. */
export function makeInitramfs(archive: string, folder: string, { shim, kernel, checks }: Contents): void {
  cpSync(join(import.meta.dirname, 'root'), folder, { recursive: true });
  const put = (from: string, to: string): void => {
    mkdirSync(dirname(join(folder, to)), { recursive: true });
    copyFileSync(from, join(folder, to));
  };
  const crun = demandProgram('crun');
  put(demandProgram('busybox'), '/bin/busybox');
  put(crun, '/usr/bin/crun');
  for (const library of librariesOf(crun)) put(library, library);
  put(shim, '/usr/local/bin/cdi-runtime');
  symlinkSync('cdi-runtime', join(folder, 'usr/local/bin/cdi-crun'));
  for (const name of MODULES) put(moduleFile(kernel.modules, name), `/vm/modules/${name}.ko`);
  writeFileSync(join(folder, 'vm/modules/list'), lines(MODULES));
  writeFileSync(join(folder, 'vm/list'), lines(checks.map(({ name }) => name)));
  for (const name of ['set-quota', 'cut-power']) {
    compile(join(import.meta.dirname, `${name}.c`), join(folder, 'vm', name));
  }
  const paths = readdirSync(folder, { recursive: true, encoding: 'utf8' }).sort();
  for (const path of paths) setMode(join(folder, path));
  pack(folder, paths, archive);
}

function lines(words: readonly string[]): string {
  return words.map((word) => `${word}\n`).join('');
}

/** Files that a dynamic program needs, as the loader names them. */
function librariesOf(program: string): string[] {
  const { stdout } = attempt('ldd', [program]);
  return [...stdout.matchAll(/(?:^|\s)(\/\S+) \(0x/g)].map((found) => found[1] ?? '');
}

function compile(source: string, out: string): void {
  const flags = ['-std=gnu11', '-O2', '-static', '-s', '-D_GNU_SOURCE', '-Wall', '-Wextra', '-Werror'];
  run(demandProgram('musl-gcc'), [...flags, '-o', out, source]);
}

/** As on a host, whatever the umask was that this tree came with. */
function setMode(path: string): void {
  const status = statSync(path);
  if (status.isFile()) chmodSync(path, isProgram(path) ? 0o755 : 0o644);
  if (status.isDirectory()) chmodSync(path, 0o755);
}

function isProgram(path: string): boolean {
  const start = readFileSync(path).subarray(0, 4).toString('latin1');
  return start.startsWith('#!') || start === '\u007fELF';
}

function pack(folder: string, paths: readonly string[], archive: string): void {
  run(demandProgram('busybox'), ['cpio', '-0', '-o', '-H', 'newc', '-R', '0:0'], {
    cwd: folder,
    encoding: 'buffer',
    stdin: Buffer.from(paths.join('\0')),
    stdout: { file: archive },
  });
}
