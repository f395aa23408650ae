// Mounts: what of the host they may show, and whether the host has it.
import { type Host, isFailure } from '../host/host.ts';
import type { Trust } from '../host/trust.ts';
import { quote } from '../text/quote.ts';
import {
  type EditProblem,
  explainUnusable,
  GENERATE_AGAIN,
  isListed,
  makeNotListed,
  type TrustedHost,
} from './finding.ts';

/** What of a mount matters here. */
interface Mount {
  readonly hostPath: string;
  readonly type?: string | undefined;
  readonly options?: readonly string[] | undefined;
}

/** File systems without anything of the host's files in them, so that their source is only a name. */
const OF_THEIR_OWN: readonly string[] = [
  'tmpfs',
  'proc',
  'sysfs',
  'devpts',
  'mqueue',
  'hugetlbfs',
  'cgroup',
  'cgroup2',
];

/** The first thing that is wrong with a mount. */
export function findMountProblem(
  mount: Mount,
  { host, trust, limits: { hostPaths } }: TrustedHost,
): EditProblem | undefined {
  const { hostPath, type = '' } = mount;
  if (!isBind(mount) && OF_THEIR_OWN.includes(type)) return undefined;
  if (hostPaths.length > 0) {
    // Of other file systems the options may name further paths.
    if (!isBind(mount)) {
      const why = `type ${quote(type)} could reach paths that trust.hostPaths does not list`;
      return { code: 'UNTRUSTED', what: describeMount(mount), field: ['type'], why, hint: 'use a bind mount' };
    }
    if (!isListed(hostPath, hostPaths)) return makeNotListed(describeMount(mount), ['hostPath'], hostPaths);
  }
  // Other sources are names, or lie in the bundle.
  if (!hostPath.startsWith('/')) return undefined;
  const errno = findMissing(host, trust, hostPath);
  if (errno === undefined) return undefined;
  const what = describeMount(mount);
  return { code: 'STALE_DEVICE', what, field: ['hostPath'], why: explainUnusable(errno), hint: GENERATE_AGAIN };
}

/** As runtimes see it: the option counts, whatever the type. */
function isBind({ type = '', options = [] }: Mount): boolean {
  return type === '' || type === 'bind' || options.includes('bind') || options.includes('rbind');
}

/**
 * The errno name why a path leads nowhere. Whether its way is trusted does not matter: the mount shows what is there. Specs
 * have dozens of mounts, and of what is there and no link, this question has the shortest answer.
 */
function findMissing(host: Host, trust: Trust, path: string): string | undefined {
  const target = host.readLink(path);
  if (isFailure(target)) return target.errno === 'EINVAL' ? undefined : target.errno;
  const { end } = trust.trail(path);
  return isFailure(end) ? end.errno : undefined;
}

function describeMount({ hostPath }: Mount): string {
  return `mount ${quote(hostPath)}`;
}
