// Mounts: what of the host they may show, and whether the host has it.
import { failed, type Host } from '../host/host.ts';
import type { Trust } from '../host/trust.ts';
import { quote } from '../text/quote.ts';
import { type Finding, GENERATE_ANEW, isListed, type Machine, notListed, reachProblem } from './finding.ts';

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
export function mountFinding(mount: Mount, { host, trust, limits: { hostPaths } }: Machine): Finding | undefined {
  const { hostPath, type = '' } = mount;
  if (!isBind(mount) && OF_THEIR_OWN.includes(type)) return undefined;
  if (hostPaths.length > 0) {
    // Of other file systems the options may name further paths.
    if (!isBind(mount)) {
      const why = `type ${quote(type)} could reach paths that trust.hostPaths does not list`;
      return { code: 'UNTRUSTED', what: whatOf(mount), field: ['type'], why, hint: 'use a bind mount' };
    }
    if (!isListed(hostPath, hostPaths)) return notListed(whatOf(mount), ['hostPath'], hostPaths);
  }
  // Other sources are names, or lie in the bundle.
  if (!hostPath.startsWith('/')) return undefined;
  const errno = missing(host, trust, hostPath);
  if (errno === undefined) return undefined;
  const what = whatOf(mount);
  return { code: 'STALE_DEVICE', what, field: ['hostPath'], why: reachProblem(errno), hint: GENERATE_ANEW };
}

/** As runtimes see it: the option counts, whatever the type. */
function isBind({ type = '', options = [] }: Mount): boolean {
  return type === '' || type === 'bind' || options.includes('bind') || options.includes('rbind');
}

/**
 * The errno name why a path leads nowhere. Whether its way is trusted does not matter: the mount shows what is there. Specs
 * have dozens of mounts, and of what is there and no link, this question has the shortest answer.
 */
function missing(host: Host, trust: Trust, path: string): string | undefined {
  const target = host.readLink(path);
  if (failed(target)) return target.errno === 'EINVAL' ? undefined : target.errno;
  const { end } = trust.trail(path);
  return failed(end) ? end.errno : undefined;
}

function whatOf({ hostPath }: Mount): string {
  return `mount ${quote(hostPath)}`;
}
