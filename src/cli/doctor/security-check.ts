// What SELinux and AppArmor may have to say to devices in containers.
import { isFailure } from '../../host/host.ts';
import { type Check, reportOk, reportSkipped } from './check.ts';
import { readText } from './file-text.ts';
import { judgeSelinux } from './selinux.ts';

const APPARMOR = '/sys/module/apparmor/parameters/enabled';

export const SECURITY_CHECK: Check = {
  id: 'security-modules',
  summary: 'SELinux and AppArmor let containers use devices',
  examine: (view) => {
    const { host } = view;
    if (isFailure(host.listDirectory('/sys'))) return [reportSkipped('/sys is not to be seen')];
    const results = [...judgeSelinux(view)];
    if (readText(host, APPARMOR)?.trim() === 'Y') {
      results.push(reportOk('AppArmor is on: the profile of a container may deny paths that specs mount'));
    }
    return results.length > 0 ? results : [reportOk('neither SELinux nor AppArmor is on')];
  },
};
