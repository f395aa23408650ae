// The checks of cdictl doctor: what each says of hosts that are in order, and of hosts that are not.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { CHECKS, examine } from '../../src/cli/doctor/checks.ts';
import type { System } from '../../src/cli/doctor/host-view.ts';
import type { EngineStatus, RuntimeStatus } from '../../src/cli/engine/status.ts';
import { CdiError } from '../../src/text/error.ts';
import type { MemoryEntry } from '../host/memory-host.ts';
import { spec } from '../support/specs.ts';
import { type MemoryHostOptions, memoryView, SHIM_PATH } from './memory-view.ts';

interface Row extends MemoryHostOptions {
  readonly check: string;
  readonly title: string;
  /** `status: message`, and below it ` cure: …` */
  readonly want: readonly string[];
}

const GIB = 1024 ** 3;
const DIRECTORY: MemoryEntry = { directory: true };
const CLOSED: MemoryEntry = { errno: 'EACCES' };
const PROGRAM = { mode: 0o755 };
const SETTINGS = '/etc/cdi-runtime/config.yaml';
const GIVE = ' help: give it and its directories to root, and let no one else write there';

/** As much of a static program as its head says, with the note of the shim in it. */
function shimBytes(version: string, machine = 62): Uint8Array {
  const bytes = new Uint8Array(256);
  const view = new DataView(bytes.buffer);
  const text = (at: number, words: string): void => bytes.set(new TextEncoder().encode(words), at);
  view.setUint32(0, 0x7f454c46);
  bytes[4] = 2;
  bytes[5] = 1;
  view.setUint16(18, machine, true);
  view.setBigUint64(32, 64n, true);
  view.setUint16(54, 56, true);
  view.setUint16(56, 1, true);
  view.setUint32(64, 4, true);
  view.setBigUint64(64 + 8, 128n, true);
  view.setBigUint64(64 + 32, 128n, true);
  view.setUint32(128, 'cdi-runtime'.length + 1, true);
  view.setUint32(132, version.length, true);
  view.setUint32(136, 1, true);
  text(140, 'cdi-runtime');
  text(152, version);
  return bytes;
}

/** A host with the shim of these bytes. */
function withShim(
  bytes: Uint8Array,
  more: Partial<NonNullable<MemoryHostOptions['options']>['owners']> = {},
): Pick<Row, 'files' | 'options' | 'system'> {
  return {
    files: { [SHIM_PATH]: 'shim' },
    options: { owners: { [SHIM_PATH]: PROGRAM, ...more } },
    system: { bytes: () => bytes },
  };
}

function engine(status: Partial<EngineStatus>): Partial<System> {
  const base: EngineStatus = {
    engine: 'docker',
    installed: true,
    version: '26.1.5',
    files: ['/etc/docker/daemon.json'],
    runtimes: [],
    defaultRuntime: undefined,
    nativeCdi: undefined,
    warnings: [],
    reload: 'systemctl reload docker.service',
    error: undefined,
  };
  return { engines: async () => [{ ...base, ...status }] };
}

const WIRED: RuntimeStatus = {
  name: 'cdi',
  path: '/usr/local/bin/cdi-runc',
  file: '/etc/docker/daemon.json',
  isDefault: false,
  problem: undefined,
  version: '1',
  runs: '/usr/bin/runc',
  running: 'yes',
};

const HOOKED = spec('vendor.com/gpu', 'a').replace('env: ["D=a"]', 'hooks: [{ hookName: prestart, path: /usr/bin/h }]');
const NODE = spec('vendor.com/gpu', 'a').replace('env: ["D=a"]', 'deviceNodes: [{ path: /dev/gpu }]');
const CHARACTER: MemoryEntry = { type: 'c', major: 9, minor: 1, mode: 0o660 };
const V1 = { '/sys/fs/cgroup/devices/tasks': '' };
const V2 = { '/sys/fs/cgroup/cgroup.controllers': 'cpu memory\n', '/proc/sys/kernel/osrelease': '6.12.1\n' };
const ORDINARY = {
  uid: 1000,
  system: { userName: () => 'ann' },
  options: {
    environment: { XDG_RUNTIME_DIR: '/run/user/1000' },
    owners: { '/run/user/1000': { uid: 1000, mode: 0o700 } },
  },
};
const MAPPERS = { '/usr/bin/newuidmap': '', '/usr/bin/newgidmap': '' };

const ROWS: readonly Row[] = [
  { check: 'settings', title: 'none', want: ['ok: no settings file is there: the defaults hold'] },
  { check: 'settings', title: 'a file', files: { [SETTINGS]: 'wait: 1s\n' }, want: [`ok: valid: "${SETTINGS}"`] },
  {
    check: 'settings',
    title: 'a mistake',
    files: { [SETTINGS]: 'waits: 1s\n' },
    want: [`error: ${SETTINGS}:1:1 field "waits" is unknown`, ' help: did you mean "wait"?'],
  },
  {
    check: 'settings',
    title: 'a file of everybody',
    files: { [SETTINGS]: 'wait: 1s\n' },
    options: { owners: { [SETTINGS]: { mode: 0o666 } } },
    want: [
      `error: cannot read settings "${SETTINGS}": it can be written by everybody (mode 0666)`,
      ' help: let only root, or the user who starts containers, write to it',
    ],
  },
  {
    check: 'settings',
    title: 'no trust',
    files: { [SETTINGS]: 'trust: { owner: off }\n' },
    want: [
      'warning: trust.owner is off: whoever may write a spec may have any program run as root',
      ' help: remove trust.owner from the settings',
    ],
  },
  {
    check: 'spec-dirs',
    title: 'one of two',
    files: { '/etc/cdi': DIRECTORY },
    want: ['ok: "/etc/cdi"; "/var/run/cdi" not there'],
  },
  {
    check: 'spec-dirs',
    title: 'none',
    want: ['warning: none of "/etc/cdi" and "/var/run/cdi" is there', ' help: install a spec, or see cdictl generate'],
  },
  {
    check: 'spec-dirs',
    title: 'one that is closed, and one of a group',
    files: { '/etc/cdi': CLOSED, '/var/run/cdi': DIRECTORY },
    options: { owners: { '/var/run/cdi': { mode: 0o775, gid: 7 } } },
    want: [
      'error: spec directory "/etc/cdi" ended the search: it cannot be read by this user, and later ones are not looked into',
      ' help: let this user read it, or remove it from specDirs',
      'error: the shim refuses specs in "/var/run/cdi": it can be written by group 7 (mode 0775)',
      GIVE,
    ],
  },
  {
    check: 'specs',
    title: 'good ones',
    files: { '/etc/cdi/a.yaml': spec('v.com/c', 'a', 'b') },
    want: ['ok: 1 spec with 2 devices'],
  },
  {
    check: 'specs',
    title: 'one in error',
    files: { '/etc/cdi/a.yaml': spec('v.com/c', 'a'), '/etc/cdi/b.yaml': 'kind: [\n' },
    want: ['error: /etc/cdi/b.yaml:2:1 a value is missing', ' help: see cdictl validate'],
  },
  {
    check: 'specs',
    title: 'too many',
    files: { '/etc/cdi/a.yaml': '', '/etc/cdi/b.yaml': '', [SETTINGS]: 'limits: { specs: 1 }\n' },
    want: [
      'error: cannot scan spec directory "/etc/cdi": there are more than 1 spec files',
      ' help: remove those that are not needed, or raise limits.specs of the settings',
    ],
  },
  {
    check: 'conflicts',
    title: 'too many specs',
    files: { '/etc/cdi/a.yaml': '', '/etc/cdi/b.yaml': '', [SETTINGS]: 'limits: { specs: 1 }\n' },
    want: ['skipped: the specs cannot be looked at'],
  },
  {
    check: 'conflicts',
    title: 'two files with one device',
    files: { '/etc/cdi/a.yaml': spec('v.com/c', 'a'), '/etc/cdi/b.yaml': spec('v.com/c', 'a', 'b') },
    want: [
      'error: no one can resolve "v.com/c=a": "/etc/cdi/a.yaml" and "/etc/cdi/b.yaml" define it with the same priority',
      ' help: let only one of them define it',
    ],
  },
  {
    check: 'conflicts',
    title: 'files of two directories',
    files: { '/etc/cdi/a.yaml': spec('v.com/c', 'a'), '/var/run/cdi/b.yaml': spec('v.com/c', 'a') },
    want: ['ok: no device is defined twice'],
  },
  {
    check: 'ownership',
    title: "root's",
    files: { '/etc/cdi/a.yaml': spec('v.com/c', 'a') },
    want: ['ok: only root, or this user, can write them'],
  },
  {
    check: 'ownership',
    title: 'somebody else',
    files: { '/etc/cdi/a.yaml': spec('v.com/c', 'a') },
    options: { owners: { '/etc/cdi/a.yaml': { uid: 7 } } },
    want: ['error: the shim refuses "/etc/cdi/a.yaml": it belongs to user 7', GIVE],
  },
  {
    check: 'ownership',
    title: 'somebody else, where that does not matter',
    files: { '/etc/cdi/a.yaml': spec('v.com/c', 'a'), [SETTINGS]: 'trust: { owner: off }\n' },
    options: { owners: { '/etc/cdi/a.yaml': { uid: 7 } } },
    want: ['warning: "/etc/cdi/a.yaml": it belongs to user 7', GIVE],
  },
  { check: 'staleness', title: 'no specs', want: ['skipped: there are no specs'] },
  {
    check: 'staleness',
    title: 'what is there',
    files: { '/etc/cdi/a.yaml': NODE, '/dev/gpu': { type: 'c', major: 9, minor: 1, mode: 0o600 } },
    want: ['ok: nothing is wrong with 1 spec'],
  },
  {
    check: 'staleness',
    title: 'what is not there',
    files: { '/etc/cdi/a.yaml': NODE },
    want: [
      'warning: /etc/cdi/a.yaml:4:48 cannot inject device node "/dev/gpu": the host does not have it',
      ' help: generate the spec again, or load the driver',
    ],
  },
  {
    check: 'hooks',
    title: 'what root has',
    files: { '/etc/cdi/a.yaml': HOOKED, '/usr/bin/h': '' },
    options: { owners: { '/usr/bin/h': PROGRAM } },
    want: ['ok: nothing is wrong with 1 spec'],
  },
  {
    check: 'hooks',
    title: 'what others can write, and no one can execute',
    files: { '/etc/cdi/a.yaml': HOOKED, '/usr/bin/h': '' },
    options: { owners: { '/usr/bin/h': { mode: 0o666 } } },
    want: [
      'error: /etc/cdi/a.yaml:4:70 cannot run hook "/usr/bin/h": it can be written by everybody (mode 0666)',
      ' help: give the program and its directories to root, and let no one else write there',
      'error: /etc/cdi/a.yaml:4:70 cannot run hook "/usr/bin/h": no one may execute it',
      ' help: make it executable: chmod 0755',
    ],
  },
  {
    check: 'hooks',
    title: 'a variable that the settings allow',
    files: {
      '/etc/cdi/a.yaml': HOOKED.replace('/usr/bin/h', '/usr/bin/h, env: [LD_PRELOAD=x]'),
      '/usr/bin/h': '',
      [SETTINGS]: 'trust: { hookEnv: [LD_*] }\n',
    },
    options: { owners: { '/usr/bin/h': PROGRAM } },
    want: ['ok: nothing is wrong with 1 spec'],
  },
  {
    check: 'hardware',
    title: 'what every host has',
    files: { '/sys': DIRECTORY, '/dev/fuse': CHARACTER, '/dev/kvm': CHARACTER },
    want: ['ok: no spec for fuse, kvm: cdictl generate fuse kvm makes them'],
  },
  {
    check: 'hardware',
    title: 'what a spec has by its kind, and what one has by its node',
    files: {
      '/sys': DIRECTORY,
      '/dev/fuse': CHARACTER,
      '/dev/kvm': CHARACTER,
      '/etc/cdi/a.yaml': spec('cdi-runtime.dev/fuse', 'a'),
      '/etc/cdi/b.yaml': NODE.replace('/dev/gpu', '/dev/kvm'),
    },
    want: ['ok: in specs: fuse, kvm'],
  },
  { check: 'driver', title: 'no specs', want: ['skipped: there are no specs'] },
  { check: 'claims', title: 'no kubelet', want: ['skipped: no kubelet has prepared devices by DRA'] },
  { check: 'nvidia-cdi-refresh', title: 'not there', want: ['skipped: it is not installed'] },
  {
    check: 'runtime',
    title: 'the first that is known, and no copy of the shim',
    files: { '/usr/local/bin/runc': '', '/usr/bin/runc': '', '/usr/bin/crun': '' },
    options: { owners: { '/usr/local/bin/runc': PROGRAM, '/usr/bin/runc': PROGRAM, '/usr/bin/crun': PROGRAM } },
    system: {
      bytes: (path) => (path === '/usr/local/bin/runc' ? shimBytes('1') : new Uint8Array(100)),
      firstLine: async (program, args) => `${program} ${args.join(' ')} 1.1.15`,
    },
    want: ['ok: /usr/bin/runc: /usr/bin/runc --version 1.1.15'],
  },
  {
    check: 'runtime',
    title: 'below another root',
    files: { '/usr/bin/crun': '' },
    options: { owners: { '/usr/bin/crun': PROGRAM } },
    system: { firstLine: () => assert.fail('a program of another root is started') },
    root: '/host',
    want: ['ok: /usr/bin/crun'],
  },
  {
    check: 'runtime',
    title: 'none',
    files: { '/usr/bin/runc': '', '/usr/bin/crun': DIRECTORY },
    options: { owners: { '/usr/bin/runc': { mode: 0o644 } } },
    want: [
      'error: none of runc, crun, youki is a program in /usr/local/sbin, /usr/local/bin, /usr/sbin, /usr/bin, /sbin, /bin',
      ' help: install a runtime, or set runtime in the settings',
    ],
  },
  {
    check: 'runtime',
    title: 'the one of the settings, which is missing',
    files: { [SETTINGS]: 'runtime: /opt/runc\n', '/usr/bin/runc': '' },
    options: { owners: { '/usr/bin/runc': PROGRAM } },
    want: [
      'error: runtime "/opt/runc" of the settings is no program',
      ' help: install a runtime, or set runtime in the settings',
    ],
  },
  {
    check: 'runtime',
    title: 'one of somebody else',
    files: { '/usr/bin/runc': '' },
    options: { owners: { '/usr/bin/runc': { mode: 0o755, uid: 7 } } },
    system: { firstLine: () => assert.fail('a program of somebody else is started') },
    want: ['error: the shim does not run "/usr/bin/runc": it belongs to user 7', GIVE],
  },
  {
    check: 'runtime',
    title: 'one that does not answer',
    files: { '/usr/bin/runc': '' },
    options: { owners: { '/usr/bin/runc': PROGRAM } },
    want: ['warning: /usr/bin/runc does not answer to --version', ' help: install it again'],
  },
  { check: 'shim', title: 'none', want: [`warning: there is no shim at ${SHIM_PATH}`, ' help: run cdictl install'] },
  { check: 'shim', title: 'this version', ...withShim(shimBytes('1')), want: [`ok: ${SHIM_PATH}: version 1`] },
  {
    check: 'shim',
    title: 'another version, cut off, for another system, set-uid, and not for everybody',
    ...withShim(shimBytes('0.9', 183).subarray(0, 240), { [SHIM_PATH]: { mode: 0o4754 } }),
    want: [
      `error: ${SHIM_PATH} is cut off at 240 bytes`,
      ' help: run cdictl install again',
      `error: ${SHIM_PATH} is for arm64, not x64`,
      ' help: run cdictl install again',
      `error: ${SHIM_PATH} is set-uid, and then refuses to run (mode 4754)`,
      ' help: run cdictl install again',
      `warning: ${SHIM_PATH} is not executable for everybody (mode 4754)`,
      ` help: chmod 0755 ${SHIM_PATH}`,
      `warning: ${SHIM_PATH} is version 0.9, this cdictl is 1`,
      ' help: run cdictl install again',
    ],
  },
  {
    check: 'shim',
    title: 'other bytes than those of this cdictl',
    ...withShim(shimBytes('1')),
    system: { bytes: () => shimBytes('1'), packagedShim: () => shimBytes('1').fill(9, 250) },
    want: [
      `warning: ${SHIM_PATH} is not the shim of this cdictl, though of its version`,
      ' help: run cdictl install again',
    ],
  },
  {
    check: 'shim',
    title: 'another program',
    ...withShim(new Uint8Array(100)),
    want: [`error: ${SHIM_PATH} is another program`, ' help: run cdictl install'],
  },
  {
    check: 'shim',
    title: 'one that others can write',
    ...withShim(shimBytes('1'), { '/usr/local/bin': { mode: 0o777 } }),
    want: [
      `error: whoever can write ${SHIM_PATH} runs programs as root: directory "/usr/local/bin" can be written by everybody (mode 0777)`,
      ' help: give it and its directories to root',
    ],
  },
  {
    check: 'links',
    title: 'none',
    want: [`skipped: no link is beside ${SHIM_PATH}: engines get one by engine configure`],
  },
  { check: 'engines', title: 'none', want: ['skipped: no engine is installed or configured'] },
  {
    check: 'engines',
    title: 'one that is not wired',
    system: engine({}),
    want: ['warning: none of the engines calls the shim: docker', ' help: run cdictl engine configure docker'],
  },
  {
    check: 'engines',
    title: 'one that is wired',
    system: engine({ runtimes: [WIRED] }),
    want: ['ok: docker: runtime "cdi" runs /usr/bin/runc'],
  },
  {
    check: 'engines',
    title: 'one that runs by an older file, with a link that leads nowhere and one that is the default',
    system: engine({
      runtimes: [
        { ...WIRED, running: 'no' },
        { ...WIRED, name: 'b', problem: '"/usr/local/bin/cdi-b" leads nowhere' },
        { ...WIRED, name: 'c', isDefault: true },
      ],
      warnings: ['a flag of the service wins'],
    }),
    want: [
      'warning: docker: a flag of the service wins',
      ' help: see cdictl engine status docker',
      'warning: docker: runtime "cdi": docker runs with other files than those of now',
      ' help: systemctl reload docker.service',
      'error: docker: runtime "b": "/usr/local/bin/cdi-b" leads nowhere',
      ' help: run cdictl install, then cdictl engine configure docker',
      'warning: docker: runtime "c" is the default: the environment of every image may request devices',
      ' help: set requests.env.enabled: false in the settings',
    ],
  },
  {
    check: 'engines',
    title: 'a default runtime without requests by environment',
    files: { [SETTINGS]: 'requests: { env: { enabled: false } }\n' },
    system: engine({ runtimes: [{ ...WIRED, isDefault: true }] }),
    want: ['ok: docker: runtime "cdi" runs /usr/bin/runc, by default'],
  },
  {
    check: 'engines',
    title: 'a Podman whose images bring annotations',
    system: engine({ engine: 'podman', version: '4.3.1', runtimes: [WIRED] }),
    want: [
      'error: podman 4.3.1 gives each container the annotations of its image, by which any image could ask for devices',
      ' help: use a newer one (Podman from 4.5.1 on), or set requests.annotations.enabled: false in the settings',
      'ok: podman: runtime "cdi" runs /usr/bin/runc',
    ],
  },
  {
    check: 'engines',
    title: 'a Podman whose images bring annotations that do not count',
    files: { [SETTINGS]: 'requests: { annotations: { enabled: false } }\n' },
    system: engine({ engine: 'podman', version: '4.3.1', runtimes: [WIRED] }),
    want: ['ok: podman: runtime "cdi" runs /usr/bin/runc'],
  },
  {
    check: 'engines',
    title: 'a Podman whose images bring annotations, without our runtime',
    system: engine({ engine: 'podman', version: '4.3.1' }),
    want: ['warning: none of the engines calls the shim: podman', ' help: run cdictl engine configure podman'],
  },
  {
    check: 'engines',
    title: 'a file that cannot be read',
    system: engine({
      error: new CdiError('CANNOT_READ', { what: 'read "/etc/docker/daemon.json"', why: 'it is a folder' }),
    }),
    want: ['error: cannot read "/etc/docker/daemon.json": it is a folder', ' help: see cdictl engine status docker'],
  },
  { check: 'native-cdi', title: 'no engine', want: ['skipped: no engine is installed or configured'] },
  { check: 'cgroups', title: 'none', want: ['skipped: /sys/fs/cgroup is empty or not there'] },
  { check: 'cgroups', title: 'v1', files: V1, want: ['ok: v1: device rules are those of the devices controller'] },
  { check: 'cgroups', title: 'v2', files: V2, want: ['ok: v2: device rules are programs of the kernel'] },
  {
    check: 'cgroups',
    title: 'both, with nothing in v2',
    files: { ...V1, '/sys/fs/cgroup/unified/cgroup.controllers': '\n' },
    want: ['ok: hybrid: device rules are those of the devices controller'],
  },
  {
    check: 'cgroups',
    title: 'both, with a controller in v2',
    files: { ...V1, '/sys/fs/cgroup/unified/cgroup.controllers': 'hugetlb\n' },
    want: [
      'warning: hybrid, and v2 has hugetlb: crun refuses to start containers',
      ' help: boot with systemd.unified_cgroup_hierarchy=1, or use runc',
    ],
  },
  {
    check: 'cgroups',
    title: 'v1 without devices',
    files: { '/sys/fs/cgroup/memory/tasks': '' },
    want: [
      'warning: v1, without the devices controller: every container may open every device',
      ' help: mount the devices controller, or use cgroup v2',
    ],
  },
  {
    check: 'device-filter',
    title: 'v1',
    files: V1,
    want: ['skipped: not with cgroup v1, which has a devices controller'],
  },
  { check: 'device-filter', title: 'no cgroups', want: ['skipped: /sys/fs/cgroup is empty or not there'] },
  {
    check: 'device-filter',
    title: 'a kernel that has them',
    files: V2,
    system: { kernelConfig: () => 'CONFIG_A=y\nCONFIG_CGROUP_BPF=y\n' },
    want: ['ok: kernel 6.12.1 with CONFIG_CGROUP_BPF'],
  },
  {
    check: 'device-filter',
    title: 'a kernel without them',
    files: V2,
    system: { kernelConfig: () => '# CONFIG_CGROUP_BPF is not set\n' },
    want: [
      'error: kernel 6.12.1 is without CONFIG_CGROUP_BPF: containers with device rules do not start',
      ' help: use a kernel that has it, or cgroup v1',
    ],
  },
  {
    check: 'device-filter',
    title: 'a kernel of which nothing is known',
    files: V2,
    want: ['ok: kernel 6.12.1; its configuration is not to be seen'],
  },
  {
    check: 'device-filter',
    title: 'an old kernel',
    files: { ...V2, '/proc/sys/kernel/osrelease': '4.14.99-x\n' },
    want: ['error: kernel 4.14.99-x has no device rules for cgroup v2', ' help: use 4.15 or newer'],
  },
  {
    check: 'user-namespaces',
    title: 'for everybody',
    files: { '/proc/sys/user/max_user_namespaces': '1000\n' },
    want: ['ok: ordinary users can make them, as far as is to be seen'],
  },
  {
    check: 'user-namespaces',
    title: 'for root alone',
    files: { '/proc/sys/kernel/unprivileged_userns_clone': '0\n' },
    want: [
      'ok: /proc/sys/kernel/unprivileged_userns_clone is 0: ordinary users cannot make user namespaces, and root can',
    ],
  },
  {
    check: 'user-namespaces',
    title: 'not for this user',
    files: { '/proc/sys/kernel/apparmor_restrict_unprivileged_userns': '1\n' },
    uid: 1000,
    want: [
      'warning: /proc/sys/kernel/apparmor_restrict_unprivileged_userns is 1: ordinary users cannot make user namespaces',
      ' help: give the engine an AppArmor profile with userns, or sysctl kernel.apparmor_restrict_unprivileged_userns=0',
    ],
  },
  {
    check: 'user-namespaces',
    title: 'inside of one',
    options: { userNamespace: true },
    want: ['ok: this process is in one: devices are mounted, and have no cgroup rules'],
  },
  { check: 'rootless', title: 'root', want: ['skipped: root runs this: run it as the user of the containers'] },
  {
    check: 'rootless',
    title: 'another root',
    root: '/host',
    want: ['skipped: users of another root are not looked at'],
  },
  {
    check: 'rootless',
    title: 'a user who has everything',
    ...ORDINARY,
    files: {
      ...MAPPERS,
      '/run/user/1000': DIRECTORY,
      '/etc/subuid': 'bob:1:2\nann:3:4\n',
      '/etc/subgid': '1000:3:4\n',
    },
    want: ['ok: subordinate ids, newuidmap, newgidmap and XDG_RUNTIME_DIR are there'],
  },
  {
    check: 'rootless',
    title: 'a user who has nothing',
    uid: 1000,
    files: { '/etc/subuid': 'anna:3:4\n' },
    system: { userName: () => 'ann' },
    want: [
      'warning: /etc/subuid has no ids for "ann"',
      ' help: usermod --add-subuids 100000-165535 --add-subgids 100000-165535 ann',
      'warning: /etc/subgid has no ids for "ann"',
      ' help: usermod --add-subuids 100000-165535 --add-subgids 100000-165535 ann',
      'warning: newuidmap is in none of /usr/local/sbin, /usr/local/bin, /usr/sbin, /usr/bin, /sbin, /bin',
      ' help: install uidmap',
      'warning: newgidmap is in none of /usr/local/sbin, /usr/local/bin, /usr/sbin, /usr/bin, /sbin, /bin',
      ' help: install uidmap',
      'warning: XDG_RUNTIME_DIR is not set',
      ' help: log in by a session of your own, or loginctl enable-linger',
    ],
  },
  {
    check: 'rootless',
    title: "a runtime directory that is not the user's alone, in a user namespace",
    files: { '/run/user/1000': DIRECTORY },
    options: { userNamespace: true, environment: { XDG_RUNTIME_DIR: '/run/user/1000' } },
    want: [
      `warning: "/run/user/1000" of XDG_RUNTIME_DIR is not this user's alone`,
      ' help: log in by a session of your own, or loginctl enable-linger',
    ],
  },
  { check: 'security-modules', title: 'no /sys', want: ['skipped: /sys is not to be seen'] },
  {
    check: 'security-modules',
    title: 'none',
    files: { '/sys/module/apparmor/parameters/enabled': 'N\n' },
    want: ['ok: neither SELinux nor AppArmor is on'],
  },
  {
    check: 'security-modules',
    title: 'SELinux against devices',
    files: { '/sys/fs/selinux/enforce': '1', '/sys/fs/selinux/booleans/container_use_devices': '0 0' },
    want: [
      'warning: SELinux is enforcing and container_use_devices is off: containers get EACCES for device nodes',
      ' help: setsebool -P container_use_devices on',
    ],
  },
  {
    check: 'security-modules',
    title: 'SELinux for devices, and AppArmor',
    files: {
      '/sys/fs/selinux/enforce': '1',
      '/sys/fs/selinux/booleans/container_use_devices': '1 1',
      '/sys/module/apparmor/parameters/enabled': 'Y\n',
    },
    want: [
      'ok: SELinux is enforcing',
      'ok: AppArmor is on: the profile of a container may deny paths that specs mount',
    ],
  },
  {
    check: 'security-modules',
    title: 'SELinux, by the types of the nodes of specs',
    files: {
      '/sys/fs/selinux/enforce': '1',
      '/sys/fs/selinux/booleans/container_use_devices': '0 0',
      '/sys/fs/selinux/booleans/container_use_dri_devices': '1 1',
      '/sys/fs/selinux/booleans/container_use_xserver_devices': '0 0',
      '/etc/cdi/a.yaml': NODE.replace('/dev/gpu', '/dev/dri/card0'),
      '/etc/cdi/b.yaml': NODE.replace('/dev/gpu', '/dev/nvidia0').replace('vendor.com', 'b.com'),
      '/etc/cdi/c.yaml': NODE.replace('/dev/gpu', '/dev/kfd').replace('vendor.com', 'c.com'),
      '/etc/cdi/d.yaml': NODE.replace('vendor.com', 'd.com'),
    },
    want: [
      'ok: SELinux is enforcing, and container_use_dri_devices is on for "/dev/dri/card0" (dri_device_t)',
      'warning: SELinux is enforcing and container_use_xserver_devices is off: containers get EACCES for "/dev/nvidia0" (xserver_misc_device_t)',
      ' help: setsebool -P container_use_xserver_devices on',
      'warning: SELinux is enforcing and container_use_devices is off: containers get EACCES for "/dev/gpu" (other types)',
      ' help: setsebool -P container_use_devices on',
    ],
  },
  {
    check: 'security-modules',
    title: 'SELinux with a policy from before there were such booleans',
    files: {
      '/sys/fs/selinux/enforce': '1',
      '/sys/fs/selinux/booleans/container_use_devices': '0 0',
      '/etc/cdi/a.yaml': NODE.replace('/dev/gpu', '/dev/dri/card0'),
    },
    want: [
      'warning: SELinux is enforcing and container_use_devices is off: containers get EACCES for "/dev/dri/card0" (dri_device_t)',
      ' help: setsebool -P container_use_devices on',
    ],
  },
  { check: 'acls', title: 'no nodes', want: ['skipped: no spec has device nodes'] },
  {
    check: 'acls',
    title: 'a node without one',
    files: { '/etc/cdi/a.yaml': NODE, '/dev/gpu': CHARACTER, '/run/udev/data/c9:1': 'G:seat\n' },
    want: ['ok: no node of a spec has an access list of the seat'],
  },
  {
    check: 'acls',
    title: 'a node of the seat, for root',
    files: { '/etc/cdi/a.yaml': NODE, '/dev/gpu': CHARACTER, '/run/udev/data/c9:1': 'S:dri\nG:uaccess\n' },
    want: ['ok: "/dev/gpu": whoever sits at the screen may open it (uaccess), whatever its group says'],
  },
  {
    check: 'acls',
    title: 'a node of the seat, for an ordinary user',
    uid: 1000,
    files: { '/etc/cdi/a.yaml': NODE, '/dev/gpu': CHARACTER, '/run/udev/data/c9:1': 'Q:uaccess\n' },
    want: [
      'warning: "/dev/gpu": whoever sits at the screen may open it (uaccess), whatever its group says',
      ' help: be in the group of the node: the access ends with the session at the screen',
    ],
  },
  {
    check: 'audit',
    title: 'room in the directory that will be made',
    files: { '/var/log': DIRECTORY },
    system: { room: (path) => (path === '/var/log' ? GIB : undefined) },
    want: ['ok: /var/log/cdi-runtime/audit.jsonl: room for 1024 MiB'],
  },
  {
    check: 'audit',
    title: 'a log besides, and no audit',
    files: { [SETTINGS]: 'audit: { enabled: false }\nlog: { path: /var/log/cdi.log }\n', '/var/log/cdi.log': '' },
    want: ['skipped: audit.enabled is false', 'ok: /var/log/cdi.log'],
  },
  {
    check: 'audit',
    title: 'no room, no rights, and others who have them',
    files: { '/var/log/cdi-runtime': DIRECTORY },
    options: { owners: { '/var/log/cdi-runtime': { uid: 7 } } },
    system: { room: () => 5 * 1024 ** 2, mayWrite: () => false },
    want: [
      'warning: user 0 cannot write in "/var/log/cdi-runtime": nothing is recorded',
      ' help: give it to the user who starts containers, or set another path',
      'warning: there is room for 5 MiB more in "/var/log/cdi-runtime"',
      ' help: free some space',
      'warning: "/var/log/cdi-runtime/audit.jsonl" can be changed by others: it belongs to user 7',
      GIVE.replace(', and let no one else write there', ''),
    ],
  },
  {
    check: 'audit',
    title: 'a directory in its place, where it must be written',
    files: { [SETTINGS]: 'audit: { required: true, path: /var/log }\n', '/var/log': DIRECTORY },
    want: ['error: "/var/log" is no file: no container with devices starts', ' help: remove it'],
  },
];

async function results(row: Row): Promise<readonly string[]> {
  const { check } = row;
  const view = memoryView(row);
  const [examined] = await examine(
    view,
    CHECKS.filter(({ id }) => id === check),
  );
  return (examined?.results ?? []).flatMap(({ status, message, cure, path, at }) => {
    const place = at === undefined ? '' : `${path}:${at.line}:${at.column} `;
    return [`${status}: ${place}${message}`, ...(cure === undefined ? [] : [` help: ${cure}`])];
  });
}

for (const row of ROWS) {
  test(`${row.check}: ${row.title}`, async () => {
    assert.deepEqual(await results(row), row.want);
  });
}

test('every check has rows above, and a section in docs/doctor.md that begins with what it looks at', () => {
  const docs = readFileSync(join(import.meta.dirname, '../../docs/doctor.md'), 'utf8');
  const sections = docs.split(/^## /m).slice(1);
  assert.deepEqual(
    sections.map((section) => section.split('\n\n').slice(0, 2).join(': ').toLowerCase()),
    CHECKS.map(({ id, summary }) => `${id}: ${summary}.`.toLowerCase()),
  );
  for (const section of sections) assert.match(section, /\*\*What to do:\*\* /);
  assert.deepEqual(
    [...new Set(ROWS.map(({ check }) => check))],
    CHECKS.map(({ id }) => id),
  );
});
