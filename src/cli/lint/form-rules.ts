// Rules about edits that are valid and do not do what somebody meant by them.

import { isDangerousVariable } from '../../edits/dangerous-env.ts';
import type { DeviceNode } from '../../edits/device-node.ts';
import { START_CONTAINER_HOOK } from '../../edits/hook-names.ts';
import type { Mount } from '../../edits/mount.ts';
import { isFailure } from '../../host/host.ts';
import { matchesGlob } from '../../text/glob.ts';
import { cleanPath } from '../../text/path.ts';
import { quote } from '../../text/quote.ts';
import { type Judgement, judgeEach, type LintSubject, type Rule } from './rule.ts';

/** The permission bits of a node; more of them mean nothing there. */
const LARGEST_MODE = 0o777;

export const FORM_RULES: readonly Rule[] = [
  {
    id: 'no-cgroup-access',
    severity: 'warning',
    summary: 'a device node that the container may not open, since no cgroup rule allows it to',
    cure: 'leave permissions out, which means rwm, or write r, w or rw',
    find: judgeEach('deviceNodes', ({ path, permissions = '' }) => {
      if (permissions === '' || /[rw]/.test(permissions)) return undefined;
      return { in: ['permissions'], message: `device node ${quote(path)} has permissions ${quote(permissions)}` };
    }),
  },
  {
    id: 'mounted-node',
    severity: 'warning',
    summary: 'a device node that is mounted: it shows in the container, and no cgroup rule allows to open it',
    cure: 'list it in deviceNodes instead',
    find: judgeEach('mounts', (mount, subject) => {
      if (!isMountedNode(mount, subject)) return undefined;
      return { in: ['hostPath'], message: `mount of ${quote(mount.hostPath)} gives no access to devices` };
    }),
  },
  {
    id: 'mount-without-options',
    severity: 'error',
    summary: 'a mount without a type and without bind among its options, which runtimes refuse in words of their own',
    cure: 'add options: [ro, nosuid, nodev, rbind]',
    find: judgeEach('mounts', ({ containerPath, options = [], type = '' }) => {
      if (type !== '' || options.some(isBindOption)) return undefined;
      return `mount ${quote(containerPath)} has no type, and neither bind nor rbind among its options`;
    }),
  },
  {
    id: 'bind-without-type',
    severity: 'info',
    summary: 'a bind mount without a type: crun 1.21 crashes where such a container is to be checkpointed',
    cure: 'add type: bind',
    find: judgeEach('mounts', ({ containerPath, options = [], type = '' }) => {
      if (type !== '' || !options.some(isBindOption)) return undefined;
      return `bind mount ${quote(containerPath)} has no type`;
    }),
  },
  {
    id: 'relative-path',
    severity: 'warning',
    summary: 'a path that is not absolute, so that it depends on who reads it',
    cure: 'write the whole path',
    find: (subject) => RELATIVE_PATHS.flatMap((find) => find(subject)),
  },
  {
    id: 'odd-file-mode',
    severity: 'warning',
    summary: 'a fileMode with more than permission bits in it, as when octal digits are written as a decimal number',
    cure: 'write it decimal: 438 is 0666, 432 is 0660',
    find: judgeEach('deviceNodes', ({ fileMode = 0 }) => {
      if (fileMode <= LARGEST_MODE) return undefined;
      const message = `fileMode ${fileMode} is ${fileMode.toString(8).padStart(5, '0')} in octal digits`;
      const mode = /^[0-7]{3}$/.test(String(fileMode)) ? Number.parseInt(String(fileMode), 8) : undefined;
      const cure = mode === undefined ? undefined : `write ${mode} for 0${fileMode}`;
      return { in: ['fileMode'], message, ...(cure !== undefined && { cure }) };
    }),
  },
  {
    id: 'dangerous-hook-env',
    severity: 'error',
    summary: "a variable of a hook's environment by which it could be made to run something else: the shim refuses it",
    cure: 'remove it, or have trust.hookEnv of the settings list it',
    find: judgeEach('hooks', ({ hookName, path, env = [] }, { machine }) =>
      env.map((entry, index): Judgement => {
        const [name = ''] = entry.split('=', 1);
        if (hookName === START_CONTAINER_HOOK || !isDangerousVariable(name)) return undefined;
        if (machine?.hookEnv.some((glob) => matchesGlob(glob, name))) return undefined;
        return { in: ['env', index], message: `hook ${quote(path)} has ${quote(name)} in its env` };
      }),
    ),
  },
];

const RELATIVE_PATHS: readonly Rule['find'][] = [
  judgeEach('deviceNodes', ({ path, hostPath = '' }: DeviceNode) => [
    judgeRelative('device node', path, 'path'),
    hostPath === '' ? undefined : judgeRelative('device node', hostPath, 'hostPath'),
  ]),
  judgeEach('mounts', ({ containerPath, hostPath, type = '', options = [] }) => [
    judgeRelative('mount destination', containerPath, 'containerPath'),
    // Of other file systems the source is only a name.
    isBind(type, options) ? judgeRelative('mount source', hostPath, 'hostPath') : undefined,
  ]),
  judgeEach('hooks', ({ path }) => judgeRelative('hook', path, 'path')),
];

/** An empty path is no relative one: it is missing, and the spec invalid. */
function judgeRelative(what: string, path: string, field: string): Judgement {
  if (path === '' || path.startsWith('/')) return undefined;
  return { in: [field], message: `${what} ${quote(path)} is not absolute` };
}

/** Directories of /dev with files or links, not devices, in them; and the devices that runtimes allow in every container. */
const NO_NODES =
  /^\/dev\/(?:(?:shm|mqueue|hugepages|pts|[^/]+\/by-[^/]+)(?:\/|$)|(?:null|zero|full|u?random|tty|console|ptmx)$)/;

/** Where the host is not looked at, everything else in /dev is taken for a node, or for a directory of nodes. */
function isMountedNode({ hostPath, type = '', options = [] }: Mount, { machine }: LintSubject): boolean {
  const path = cleanPath(hostPath);
  if (!isBind(type, options) || !path.startsWith('/dev/') || NO_NODES.test(path)) return false;
  if (machine === undefined) return true;
  const info = machine.host.pathInfo(path);
  if (isFailure(info) || info.kind === 'directory') return true;
  const device = machine.host.deviceInfo(path);
  return !isFailure(device) && (device.type === 'b' || device.type === 'c');
}

function isBind(type: string, options: readonly string[]): boolean {
  return type === '' || type === 'bind' || options.some(isBindOption);
}

function isBindOption(option: string): boolean {
  return option === 'bind' || option === 'rbind';
}
