// What the demo needs of the host: root, programs, two device nodes that open, and a cgroup tree that crun accepts.
import { accessSync, closeSync, constants, openSync, readFileSync, statfsSync, statSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { execaSync } from 'execa';

/** Why the demo cannot begin, in one sentence for the person who called it. */
export class Refusal extends Error {}

export interface DeviceFile {
  readonly path: string;
  readonly type: 'b' | 'c';
  readonly major: number;
  readonly minor: number;
}

/** Nodes that opening does not disturb. None of them is in every container, or in crun's own list of allowed ones. */
const NODES: readonly string[] = [
  '/dev/fuse',
  '/dev/loop-control',
  '/dev/kvm',
  '/dev/btrfs-control',
  '/dev/vhost-net',
  '/dev/uinput',
];

const CGROUPS = '/sys/fs/cgroup';
const UNIFIED = `${CGROUPS}/unified`;
const CGROUP2_MAGIC = 0x63677270;

/** @throws {Refusal} for anyone but root */
export function demandRoot(uid: number | undefined): void {
  if (uid === 0) return;
  throw new Refusal(
    `cannot run the demo as uid ${uid}: it starts containers; run it as root, say by sudo npm run demo`,
  );
}

/**
 * The path of a program.
 *
 * @throws {Refusal} where it is missing
 */
export function demandProgram(name: string, searchPath: string, cure: string): string {
  const path = findProgram(name, searchPath);
  if (path !== undefined) return path;
  throw new Refusal(`cannot run the demo: ${name} is missing; ${cure}`);
}

export function findProgram(name: string, searchPath: string): string | undefined {
  const candidates = searchPath.split(delimiter).map((folder) => join(folder, name));
  return candidates.find((path) => path.startsWith('/') && isProgram(path));
}

function isProgram(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return statSync(path).isFile();
  } catch {
    return false;
  }
}

/**
 * Two devices of this host that it can really open: one to request, one to be denied.
 *
 * @throws {Refusal} where there are fewer
 */
export function demandDevices(nodes: readonly string[] = NODES): readonly [wanted: DeviceFile, other: DeviceFile] {
  const [wanted, other] = nodes.flatMap((path) => openDevice(path) ?? []);
  if (wanted !== undefined && other !== undefined) return [wanted, other];
  throw new Refusal(
    `cannot run the demo: of ${nodes.join(', ')} this host does not have two that open; run it on one that has`,
  );
}

function openDevice(path: string): DeviceFile | undefined {
  try {
    closeSync(openSync(path, constants.O_RDWR | constants.O_NONBLOCK));
    const status = statSync(path);
    if (!status.isCharacterDevice() && !status.isBlockDevice()) return undefined;
    return { path, type: status.isBlockDevice() ? 'b' : 'c', ...deviceNumbers(status.rdev) };
  } catch {
    return undefined;
  }
}

/** The kernel's packing of st_rdev, for numbers of 12 and 20 bits. */
function deviceNumbers(packed: number): { readonly major: number; readonly minor: number } {
  return { major: (packed >>> 8) & 0xfff, minor: (packed & 0xff) | ((packed >>> 12) & 0xfff00) };
}

/** Whether controllers of both cgroup versions are in use, which crun does not accept. */
export function hasHybridCgroups(): boolean {
  try {
    return (
      statfsSync(CGROUPS).type !== CGROUP2_MAGIC &&
      statfsSync(UNIFIED).type === CGROUP2_MAGIC &&
      readFileSync(join(UNIFIED, 'cgroup.controllers'), 'utf8').trim() !== ''
    );
  } catch {
    return false;
  }
}

/**
 * The command that runs another one where only the version 1 controllers are mounted; the host's mounts stay. The
 * empty file system catches what crun writes there all the same.
 *
 * @throws {Refusal} where this user may not have such a place
 */
export function demandPrivateMounts(): readonly string[] {
  const mounts = `umount ${UNIFIED} && mount -t tmpfs tmpfs ${UNIFIED} && exec "$@"`;
  const enter = ['unshare', '-m', '--propagation', 'private', 'sh', '-c', mounts, 'sh'];
  const [program = '', ...args] = [...enter, 'true'];
  const { failed, originalMessage, stderr } = execaSync(program, args, { env: { LC_ALL: 'C' }, reject: false });
  if (!failed) return enter;
  const said = originalMessage ?? stderr.trim().split('\n')[0];
  throw new Refusal(
    `cannot run the demo: crun refuses this host's hybrid cgroup tree, and a private mount namespace without the ` +
      `second half of it is not possible here (${said}); run it where root has CAP_SYS_ADMIN`,
  );
}
