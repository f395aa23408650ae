// What this host's cgroups mean for devices: who enforces the rules, and whether the kernel can.
import { failed, type Host } from '../../host/host.ts';
import { type Check, error, ok, type Result, skipped, warning } from './check.ts';
import { fileText } from './file-text.ts';

const ROOT = '/sys/fs/cgroup';
const UNSEEN = `${ROOT} is empty or not there`;
const UNIFIED = `${ROOT}/unified/cgroup.controllers`;

/** The first kernel with programs for devices in cgroup v2. */
const FIRST_WITH_PROGRAMS = [4, 15] as const;

type Mode = 'v1' | 'v2' | 'hybrid';

export const CGROUP_CHECKS: readonly Check[] = [
  {
    id: 'cgroups',
    summary: 'the cgroups are of a make in which the rules of devices hold',
    examine: ({ host }) => [judgeMode(host)],
  },
  {
    id: 'device-filter',
    summary: 'with cgroup v2: the kernel can run the programs that device rules are there',
    examine: ({ host, system }) => {
      const mode = modeOf(host);
      if (mode === undefined) return [skipped(UNSEEN)];
      if (mode !== 'v2') return [skipped('not with cgroup v1, which has a devices controller')];
      const release = fileText(host, '/proc/sys/kernel/osrelease')?.trim();
      if (release === undefined) return [skipped('the release of the kernel is not to be seen')];
      const [major = 0, minor = 0] = release.split('.').map((part) => Number.parseInt(part, 10));
      const [first, second] = FIRST_WITH_PROGRAMS;
      if (major < first || (major === first && minor < second)) {
        return [error(`kernel ${release} has no device rules for cgroup v2`, `use ${first}.${second} or newer`)];
      }
      const config = system.kernelConfig();
      if (config === undefined) return [ok(`kernel ${release}; its configuration is not to be seen`)];
      if (/^CONFIG_CGROUP_BPF=y$/m.test(config)) return [ok(`kernel ${release} with CONFIG_CGROUP_BPF`)];
      const message = `kernel ${release} is without CONFIG_CGROUP_BPF: containers with device rules do not start`;
      return [error(message, 'use a kernel that has it, or cgroup v1')];
    },
  },
];

/** undefined where no cgroups are to be seen. */
function modeOf(host: Host): Mode | undefined {
  if (fileText(host, `${ROOT}/cgroup.controllers`) !== undefined) return 'v2';
  if (fileText(host, UNIFIED) !== undefined) return 'hybrid';
  const entries = host.listDirectory(ROOT);
  return failed(entries) || entries.length === 0 ? undefined : 'v1';
}

function judgeMode(host: Host): Result {
  const mode = modeOf(host);
  if (mode === undefined) return skipped(UNSEEN);
  if (mode === 'v2') return ok('v2: device rules are programs of the kernel');
  if (failed(host.listDirectory(`${ROOT}/devices`))) {
    const message = `${mode}, without the devices controller: every container may open every device`;
    return warning(message, 'mount the devices controller, or use cgroup v2');
  }
  const kept = mode === 'hybrid' ? (fileText(host, UNIFIED)?.trim() ?? '') : '';
  if (kept !== '') {
    const message = `hybrid, and v2 has ${kept}: crun refuses to start containers`;
    return warning(message, 'boot with systemd.unified_cgroup_hierarchy=1, or use runc');
  }
  return ok(`${mode}: device rules are those of the devices controller`);
}
