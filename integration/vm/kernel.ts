// The VM's kernel: Debian's for clouds, downloaded once and kept, never installed.
import { existsSync, mkdirSync, mkdtempSync, readdirSync, renameSync, rmSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { attempt, demandProgram, Refusal, run } from './programs.ts';

/** What the checks need and the kernel does not have built in, in the order of loading. */
export const MODULES = ['virtio_blk', 'quota_tree', 'quota_v2', 'libcrc32c', 'xfs'] as const;

const NEWEST = 'linux-image-cloud-amd64';

export interface Kernel {
  readonly image: string;
  /** folder of NAME.ko for each of `MODULES` */
  readonly modules: string;
}

/**
 * @param folder where it is kept: without it, the newest one is downloaded
 * @throws {Refusal} where it is not there and cannot be downloaded
 */
export function demandKernel(folder: string): Kernel {
  const kernel = { image: join(folder, 'vmlinuz'), modules: folder };
  const files = [kernel.image, ...MODULES.map((name) => moduleFile(folder, name))];
  if (!files.every((file) => existsSync(file))) download(folder);
  return kernel;
}

export function moduleFile(folder: string, name: string): string {
  return join(folder, `${name}.ko`);
}

function download(folder: string): void {
  if (!['', '0'].includes(process.env['NO_INSTALL'] ?? '')) {
    throw refusal('NO_INSTALL forbids to download one', 'run npm run test:vm once without it');
  }
  demandApt();
  mkdirSync(dirname(folder), { recursive: true });
  const work = mkdtempSync(`${folder}.`);
  try {
    const unpacked = join(work, 'unpacked');
    run('dpkg-deb', ['-x', join(work, fetchPackage(work)), unpacked]);
    const kept = join(work, 'kept');
    mkdirSync(kept);
    pick(unpacked, kept);
    rmSync(folder, { recursive: true, force: true });
    renameSync(kept, folder);
  } finally {
    rmSync(work, { recursive: true });
  }
}

function demandApt(): void {
  if (process.arch !== 'x64')
    throw refusal(`the one known here is for x64, not for ${process.arch}`, 'use another machine');
  const { exitCode } = attempt('apt-get', ['--version']);
  if (exitCode === undefined) throw refusal('there is no apt-get to download one', 'use a Debian machine');
}

/** @returns the name of the downloaded file */
function fetchPackage(work: string): string {
  let said = fetchNewest(work);
  if (said !== undefined) {
    // without lists of packages, or with old ones
    attempt('apt-get', ['update', '-qq']);
    said = fetchNewest(work);
  }
  const file = readdirSync(work).find((name) => name.endsWith('.deb'));
  if (file === undefined) throw refusal(`apt-get could not download one (${said})`, 'see to its sources');
  return file;
}

/** @returns why it failed, if it did */
function fetchNewest(work: string): string | undefined {
  const { stdout } = attempt('apt-cache', ['depends', NEWEST]);
  const name = /Depends: (linux-image-\S+)/.exec(stdout)?.[1];
  if (name === undefined) return `it does not know ${NEWEST}`;
  console.log(`downloading ${name} by apt-get …`);
  const { exitCode, stderr } = attempt('apt-get', ['download', '-qq', name], work);
  return exitCode === 0 ? undefined : stderr.trim().split('\n').at(-1);
}

function pick(unpacked: string, kept: string): void {
  const busybox = demandProgram('busybox');
  const files = readdirSync(unpacked, { recursive: true, encoding: 'utf8' });
  const find = (named: RegExp): string => {
    const file = files.find((path) => named.test(basename(path)));
    if (file === undefined) throw new Error(`the kernel's package has no file ${named}`);
    return join(unpacked, file);
  };
  for (const name of MODULES) {
    const packed = find(new RegExp(`^${name}\\.ko\\.xz$`));
    run(busybox, ['xz', '-dc', packed], { encoding: 'buffer', stdout: { file: moduleFile(kept, name) } });
  }
  renameSync(find(/^vmlinuz-/), join(kept, 'vmlinuz'));
}

function refusal(why: string, cure: string): Refusal {
  return new Refusal(`cannot boot the VM without a Debian kernel: ${why}; ${cure}`);
}
