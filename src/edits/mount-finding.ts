// Mounts: what of the host they may show, and whether the host has it.
import { isFailure } from '../host/host.ts';
import { matchesGlob } from '../text/glob.ts';
import { quote } from '../text/quote.ts';
import { type EditProblem, findHostPathProblem, makeMissing, makeUntrusted, type TrustedHost } from './finding.ts';
import { readOptionPaths, replaceOptionPaths } from './mount-paths.ts';

/** What of a mount matters here. */
interface Mount {
  readonly hostPath: string;
  readonly type?: string | undefined;
  readonly options?: readonly string[] | undefined;
}

/** File systems that begin empty. */
const EMPTY: readonly string[] = ['tmpfs', 'mqueue', 'hugetlbfs'];

/** File systems whose source is the path of a block device, or of an image: of all others it is only a name. */
const ON_A_SOURCE: readonly string[] = [
  ...['btrfs', 'erofs', 'exfat', 'ext2', 'ext3', 'ext4', 'f2fs', 'iso9660', 'ntfs', 'ntfs3', 'squashfs', 'udf'],
  ...['vfat', 'xfs'],
];

const VERB = 'mount';
const FIELD = ['hostPath'];
const OPTIONS = ['options'];

/** The first thing that is wrong with a mount. */
export function findMountProblem(mount: Mount, machine: TrustedHost): EditProblem | undefined {
  const { hostPath } = mount;
  const isJudged = mount.options !== undefined && (machine.limits.hostPaths.length > 0 || machine.hasMountRules);
  const ofOptions = isJudged ? findOptionProblem(mount, machine) : undefined;
  if (!isBind(mount)) {
    const problem = findTypeProblem(mount, machine) ?? ofOptions;
    if (problem !== undefined || !ON_A_SOURCE.includes(mount.type ?? '')) return problem;
  }
  const { host, trust, limits } = machine;
  const unlisted = limits.hostPaths.length === 0 ? undefined : findHostPathProblem(VERB, hostPath, FIELD, machine);
  if (unlisted !== undefined) return unlisted;
  if (ofOptions !== undefined) return ofOptions;
  // From the bundle it could lead anywhere, by links of the image, too.
  if (!hostPath.startsWith('/')) {
    return makeUntrusted(VERB, hostPath, FIELD, 'its path is not absolute', 'write the whole path');
  }
  // Specs have dozens of mounts, and of what is there and no link, this question has the shortest answer.
  const target = host.readLink(hostPath);
  if (isFailure(target) && target.errno === 'EINVAL') return undefined;
  const trail = trust.trail(hostPath);
  const end = isFailure(target) ? target : trail.end;
  return isFailure(end) ? makeMissing(VERB, hostPath, FIELD, end.errno, trail, limits, true) : undefined;
}

/** What a file system is made of, or its options name, no list of paths can tell. */
function findTypeProblem(
  { hostPath, type = '' }: Mount,
  { limits: { hostPaths, mountTypes } }: TrustedHost,
): EditProblem | undefined {
  const isLimited = hostPaths.length > 0 || mountTypes.length > 0;
  if (!isLimited || EMPTY.includes(type) || mountTypes.some((glob) => matchesGlob(glob, type))) return undefined;
  const why = `trust.mountTypes does not list type ${quote(type)}`;
  return makeUntrusted(VERB, hostPath, ['type'], why, 'use a bind mount, or add it there');
}

/** What options name is mounted as well, so that lists and rules of paths are about it, too. */
function findOptionProblem({ hostPath, options }: Mount, machine: TrustedHost): EditProblem | undefined {
  const { paths, unclear } = readOptionPaths(options);
  if (unclear !== undefined) {
    const why = `option ${quote(unclear)} names a path in a form that neither trust.hostPaths nor policy.rules can judge`;
    return makeUntrusted(VERB, hostPath, OPTIONS, why, 'write absolute paths without escapes');
  }
  for (const path of paths) {
    const problem = findHostPathProblem(VERB, path, OPTIONS, machine);
    if (problem !== undefined) return problem;
  }
  return undefined;
}

/** A mount as it is handed on, where somebody else could change a link on the way to a source that is listed. */
export function settleMount<M extends Mount>(mount: M, { trust, limits: { hostPaths } }: TrustedHost): M {
  if (hostPaths.length === 0) return mount;
  const settle = (path: string): string => {
    const { choice, place, spellings } = trust.trail(path);
    return choice === undefined || spellings.length === 1 ? path : place;
  };
  const hostPath = mount.hostPath.startsWith('/') && isBind(mount) ? settle(mount.hostPath) : mount.hostPath;
  const options = mount.options && replaceOptionPaths(mount.options, settle);
  const isSame =
    hostPath === mount.hostPath && options?.every((option, index) => option === mount.options?.[index]) !== false;
  return isSame ? mount : { ...mount, hostPath, ...(options === undefined ? {} : { options }) };
}

/** As runtimes see it: the option counts, whatever the type. */
function isBind({ type, options }: Mount): boolean {
  if (type === undefined || type === '' || type === 'bind') return true;
  return options !== undefined && (options.includes('bind') || options.includes('rbind'));
}
