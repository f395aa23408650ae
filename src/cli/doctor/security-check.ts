// What SELinux and AppArmor may have to say to devices in containers.
import { isFailure } from '../../host/host.ts';
import { quoteList } from '../../text/quote.ts';
import { type Check, type Result, reportOk, reportSkipped, reportWarning } from './check.ts';
import { type HostView, readText } from './host-view.ts';
import { listSpecNodes } from './spec-nodes.ts';

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

const SELINUX = '/sys/fs/selinux';
/** It lets containers use whatever node they have. */
const ALL = 'container_use_devices';

/** Nodes of one type, and the boolean that is about them alone; the policy lets containers use those without one. */
const TYPES: readonly { readonly nodes: RegExp; readonly type: string; readonly boolean: string | undefined }[] = [
  { nodes: /^\/dev\/dri\//, type: 'dri_device_t', boolean: 'container_use_dri_devices' },
  { nodes: /^\/dev\/nvidia/, type: 'xserver_misc_device_t', boolean: 'container_use_xserver_devices' },
  { nodes: /^\/dev\/kfd$/, type: 'hsa_device_t', boolean: undefined },
  { nodes: /^/, type: 'other types', boolean: ALL },
];

/** None where SELinux is not there. */
function judgeSelinux(view: HostView): readonly Result[] {
  const enforcing = readText(view.host, `${SELINUX}/enforce`)?.trim();
  if (enforcing === undefined) return [];
  if (enforcing !== '1') return [reportOk('SELinux is permissive')];
  if (readBoolean(view, ALL) !== 'off') return [reportOk('SELinux is enforcing')];
  const nodes = listSpecNodes(view);
  if (nodes.length === 0) return [reportRefused(ALL, 'device nodes')];
  const left = new Set(nodes);
  return TYPES.flatMap(({ nodes: pattern, type, boolean }) => {
    const own = [...left].filter((path) => pattern.test(path));
    for (const path of own) left.delete(path);
    if (own.length === 0 || boolean === undefined) return [];
    if (boolean !== ALL && readBoolean(view, boolean) === 'on') {
      return [reportOk(`SELinux is enforcing, and ${boolean} is on for ${quoteList(own)} (${type})`)];
    }
    return [reportRefused(hasBoolean(view, boolean) ? boolean : ALL, `${quoteList(own)} (${type})`)];
  });
}

function reportRefused(boolean: string, what: string): Result {
  const message = `SELinux is enforcing and ${boolean} is off: containers get EACCES for ${what}`;
  return reportWarning(message, `setsebool -P ${boolean} on`);
}

function hasBoolean(view: HostView, name: string): boolean {
  return readBoolean(view, name) !== undefined;
}

/** undefined where the policy has none of that name. */
function readBoolean({ host }: HostView, name: string): 'on' | 'off' | undefined {
  // "now pending"
  const now = readText(host, `${SELINUX}/booleans/${name}`)?.trim().split(' ')[0];
  if (now === undefined) return undefined;
  return now === '0' ? 'off' : 'on';
}

export const ACL_CHECK: Check = {
  id: 'acls',
  summary: 'owner and group of the nodes of specs say who may open them',
  examine: (view) => {
    const nodes = listSpecNodes(view);
    if (nodes.length === 0) return [reportSkipped('no spec has device nodes')];
    const listed = nodes.filter((path) => isOfTheSeat(view, path));
    if (listed.length === 0) return [reportOk('no node of a spec has an access list of the seat')];
    const message = `${quoteList(listed)}: whoever sits at the screen may open it (uaccess), whatever its group says`;
    // what root's engines start is let in by its rules, and the groups of specs
    if (view.root !== '' || view.host.ids().uid === 0) return [reportOk(message)];
    const cure = 'be in the group of the node: the access ends with the session at the screen';
    return [reportWarning(message, cure, listed[0])];
  },
};

/** Whether udev has marked the node so that logind gives it an access list, of which its mode shows nothing. */
function isOfTheSeat({ host }: HostView, path: string): boolean {
  const node = host.deviceInfo(path);
  if (isFailure(node) || (node.type !== 'c' && node.type !== 'b')) return false;
  const text = readText(host, `/run/udev/data/${node.type}${node.major}:${node.minor}`) ?? '';
  return /^[GQ]:uaccess$/m.test(text);
}
