// What SELinux and AppArmor may have to say to devices in containers.
import { isFailure } from '../../host/host.ts';
import { type Check, type Result, reportOk, reportSkipped, reportWarning } from './check.ts';
import { readText } from './file-text.ts';

const SELINUX = '/sys/fs/selinux';
const APPARMOR = '/sys/module/apparmor/parameters/enabled';

export const SECURITY_CHECK: Check = {
  id: 'security-modules',
  summary: 'SELinux and AppArmor let containers use devices',
  examine: ({ host }) => {
    if (isFailure(host.listDirectory('/sys'))) return [reportSkipped('/sys is not to be seen')];
    const results: Result[] = [];
    const enforcing = readText(host, `${SELINUX}/enforce`)?.trim();
    // "now pending"
    const allows = readText(host, `${SELINUX}/booleans/container_use_devices`)?.trim().split(' ')[0];
    if (enforcing === '1' && allows === '0') {
      const message = 'SELinux is enforcing and container_use_devices is off: containers get EACCES for device nodes';
      results.push(reportWarning(message, 'setsebool -P container_use_devices on'));
    } else if (enforcing !== undefined) {
      results.push(reportOk(`SELinux is ${enforcing === '1' ? 'enforcing' : 'permissive'}`));
    }
    if (readText(host, APPARMOR)?.trim() === 'Y') {
      results.push(reportOk('AppArmor is on: the profile of a container may deny paths that specs mount'));
    }
    return results.length > 0 ? results : [reportOk('neither SELinux nor AppArmor is on')];
  },
};
