// That tests leave the host as it was: `node scripts/host-state.ts before` writes down what is there, `after` compares.
import { createHash } from 'node:crypto';
import { lstatSync, mkdirSync, readdirSync, readFileSync, readlinkSync, writeFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { execaSync } from 'execa';

/** What others write at any time: consoles, logins, services, engines, and apt where packages were missing. */
const OF_OTHERS: readonly string[] = [
  ...['/dev/mqueue', '/dev/pts', '/dev/shm'],
  ...['/run/lock', '/run/log', '/run/mount', '/run/systemd', '/run/udev', '/run/user'],
  ...['containerd', 'containers', 'docker', 'postgresql'].flatMap((name) => [`/run/${name}`, `/var/lib/${name}`]),
  ...['apt', 'dpkg', 'rpm', 'systemd'].map((name) => `/var/lib/${name}`),
];
/** What a runtime makes at its first start and keeps: the folder alone, nothing in it. */
const OF_RUNTIMES: readonly string[] = ['/run/crun', '/run/runc'];
/** Where an installed package may add and change files: never modes, and nothing in the other folders. */
const OF_PACKAGES = /^\/(?:etc|var\/lib)\//;
/** Shims of tests have an audit of their own: what is new in the host's would be taken for what happened there. */
const AUDIT = '/var/log/cdi-runtime';
const FOLDERS: readonly string[] = ['/dev', '/etc', '/run', '/var/lib', AUDIT];
/** Where the bytes count too. */
const WITH_BYTES: readonly string[] = ['/etc', AUDIT];
const FILE = resolve(import.meta.dirname, '../build/host-state.json');

export interface HostState {
  readonly packages: readonly string[];
  /** of each path its kind, mode and owner, and what it holds or leads to; of `/` the names alone */
  readonly entries: Readonly<Record<string, readonly [rights: string, content: string]>>;
}

/** What differs, in words: none where all that is new was brought by packages. */
export function differences(before: HostState, after: HostState): string[] {
  const isInstalled = before.packages.join() !== after.packages.join();
  const paths = [...new Set([...Object.keys(before.entries), ...Object.keys(after.entries)])].sort();
  return paths.flatMap((path) => {
    const [was, is] = [before.entries[path], after.entries[path]];
    const isOfPackages = isInstalled && OF_PACKAGES.test(path);
    if (is === undefined) return [`${path} is gone`];
    if (was === undefined && (isOfPackages || OF_RUNTIMES.includes(path))) return [];
    if (was === undefined) return [`${path} is new: ${is.join(' ')}`];
    if (was[0] !== is[0]) return [`${path} was ${was[0]}, is ${is[0]}`];
    return was[1] === is[1] || isOfPackages ? [] : [`${path} has other content`];
  });
}

/** @param root the host's, for tests */
export function readState(root = '/'): HostState {
  const entries: Record<string, readonly [string, string]> = {};
  for (const name of readdirSync(root)) entries[`/${name}`] = ['a name', 'in the root'];
  for (const folder of FOLDERS) readEntry(root, folder, entries);
  return { packages: readPackages(), entries };
}

function readEntry(root: string, path: string, entries: Record<string, readonly [string, string]>): void {
  if (OF_OTHERS.includes(path)) return;
  const at = join(root, path);
  try {
    const stat = lstatSync(at);
    const rights = `${stat.mode.toString(8)} ${stat.uid}:${stat.gid}`;
    entries[path] = [rights, stat.isSymbolicLink() ? readlinkSync(at) : ''];
    if (stat.isDirectory()) for (const name of readdirSync(at)) readEntry(root, join(path, name), entries);
    else if (stat.isFile() && WITH_BYTES.some((folder) => path.startsWith(`${folder}/`)))
      entries[path] = [rights, digest(at)];
    else if (stat.isCharacterDevice() || stat.isBlockDevice()) entries[path] = [rights, String(stat.rdev)];
  } catch {
    // gone meanwhile, or not for this user to see
  }
}

function digest(path: string): string {
  return createHash('sha256').update(readFileSync(path)).digest('hex');
}

function readPackages(): string[] {
  const { stdout } = execaSync('dpkg-query', ['-W'], { reject: false });
  return (stdout ?? '').split('\n');
}

function main(word: string | undefined): number {
  if (word === 'before') {
    mkdirSync(dirname(FILE), { recursive: true });
    writeFileSync(FILE, JSON.stringify(readState()));
    return 0;
  }
  const before: HostState = JSON.parse(readFileSync(FILE, 'utf8'));
  const found = differences(before, readState());
  const count = Object.keys(before.entries).length;
  if (found.length === 0) console.log(`the host is as it was: ${count} entries of /, ${FOLDERS.join(', ')}`);
  else console.error(`the tests changed the host:\n${found.join('\n')}`);
  return found.length === 0 ? 0 : 1;
}

if (import.meta.main) process.exitCode = main(process.argv[2]);
