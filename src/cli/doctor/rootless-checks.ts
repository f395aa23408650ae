// What rootless containers need of a host, and what a user namespace changes for devices.
import { isFailure } from '../../host/host.ts';
import { isOrdinaryUser } from '../../host/user-folder.ts';
import { quote } from '../../text/quote.ts';
import { RUNTIME_FOLDERS } from '../engine/pinned-runtime.ts';
import { type Check, type Result, reportOk, reportOkIfEmpty, reportSkipped, reportWarning } from './check.ts';
import { type HostView, readText } from './host-view.ts';

/** What must not be 0, or 1, for an ordinary user to make user namespaces; and what to do about it. */
const SWITCHES = [
  { path: '/proc/sys/user/max_user_namespaces', wrong: '0', cure: 'sysctl user.max_user_namespaces=28633' },
  { path: '/proc/sys/kernel/unprivileged_userns_clone', wrong: '0', cure: 'sysctl kernel.unprivileged_userns_clone=1' },
  {
    path: '/proc/sys/kernel/apparmor_restrict_unprivileged_userns',
    wrong: '1',
    cure: 'give the engine an AppArmor profile with userns, or sysctl kernel.apparmor_restrict_unprivileged_userns=0',
  },
];

export const ROOTLESS_CHECKS: readonly Check[] = [
  {
    id: 'user-namespaces',
    summary: 'user namespaces can be made, and whether this process is in one',
    examine: (view) => {
      const { host } = view;
      const results = SWITCHES.flatMap(({ path, wrong, cure }): Result[] => {
        if (readText(host, path)?.trim() !== wrong) return [];
        const message = `${path} is ${wrong}: ordinary users cannot make user namespaces`;
        return [isOrdinaryUser(view.host) ? reportWarning(message, cure, path) : reportOk(`${message}, and root can`)];
      });
      if (host.inUserNamespace()) {
        results.push(reportOk('this process is in one: devices are mounted, and have no cgroup rules'));
      }
      return reportOkIfEmpty(results, 'ordinary users can make them, as far as is to be seen');
    },
  },
  {
    id: 'rootless',
    summary:
      'whoever runs rootless containers has subordinate ids, the programs that map them, and a runtime directory',
    examine: (view) => {
      if (view.root !== '') return [reportSkipped('users of another root are not looked at')];
      if (!isOrdinaryUser(view.host)) return [reportSkipped('root runs this: run it as the user of the containers')];
      const results = [...checkSubordinateIds(view), ...checkMappers(view), ...checkRuntimeDirectory(view)];
      return reportOkIfEmpty(results, 'subordinate ids, newuidmap, newgidmap and XDG_RUNTIME_DIR are there');
    },
  },
];

function checkSubordinateIds({ host, system }: HostView): readonly Result[] {
  // In a user namespace the ids are mapped already.
  if (host.inUserNamespace()) return [];
  const { uid } = host.ids();
  const name = system.userName() ?? String(uid);
  return ['/etc/subuid', '/etc/subgid'].flatMap((path): Result[] => {
    const lines = (readText(host, path) ?? '').split('\n');
    if (lines.some((line) => line.startsWith(`${name}:`) || line.startsWith(`${uid}:`))) return [];
    const cure = `usermod --add-subuids 100000-165535 --add-subgids 100000-165535 ${name}`;
    return [reportWarning(`${path} has no ids for ${quote(name)}`, cure, path)];
  });
}

function checkMappers({ host, trust }: HostView): readonly Result[] {
  if (host.inUserNamespace()) return [];
  const missing = ['newuidmap', 'newgidmap'].filter(
    (name) => !RUNTIME_FOLDERS.some((folder) => !isFailure(trust.trail(`${folder}/${name}`).end)),
  );
  return missing.map((name) => reportWarning(`${name} is in none of ${RUNTIME_FOLDERS.join(', ')}`, 'install uidmap'));
}

/** XDG Base Directory Specification: it is the user's own, and closed to others. */
function checkRuntimeDirectory({ host, trust }: HostView): readonly Result[] {
  const path = host.environment('XDG_RUNTIME_DIR');
  const cure = 'log in by a session of your own, or loginctl enable-linger';
  if (path === undefined || !path.startsWith('/')) return [reportWarning('XDG_RUNTIME_DIR is not set', cure)];
  const { end } = trust.trail(path);
  if (isFailure(end) || end.kind !== 'directory') {
    return [reportWarning(`${quote(path)} of XDG_RUNTIME_DIR is no directory`, cure, path)];
  }
  if (end.uid === host.ids().uid && (end.mode & 0o077) === 0) return [];
  return [reportWarning(`${quote(path)} of XDG_RUNTIME_DIR is not this user's alone`, cure, path)];
}
