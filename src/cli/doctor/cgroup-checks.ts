// What this host's cgroups mean for devices: who enforces the rules, and whether the kernel can.
import { type Host, isFailure } from '../../host/host.ts';
import { type Check, type Result, reportError, reportOk, reportSkipped, reportWarning } from './check.ts';
import { readText } from './host-view.ts';

const ROOT = '/sys/fs/cgroup';
const UNSEEN = `${ROOT} is empty or not there`;
const UNIFIED = `${ROOT}/unified/cgroup.controllers`;

/** The first kernel with programs for devices in cgroup v2. */
const FIRST_WITH_PROGRAMS = [4, 15] as const;

type CgroupMode = 'v1' | 'v2' | 'hybrid';

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
      const mode = findMode(host);
      if (mode === undefined) return [reportSkipped(UNSEEN)];
      if (mode !== 'v2') return [reportSkipped('not with cgroup v1, which has a devices controller')];
      const release = readText(host, '/proc/sys/kernel/osrelease')?.trim();
      if (release === undefined) return [reportSkipped('the release of the kernel is not to be seen')];
      const [major = 0, minor = 0] = release.split('.').map((part) => Number.parseInt(part, 10));
      const [first, second] = FIRST_WITH_PROGRAMS;
      if (major < first || (major === first && minor < second)) {
        return [reportError(`kernel ${release} has no device rules for cgroup v2`, `use ${first}.${second} or newer`)];
      }
      const config = system.kernelConfig();
      if (config === undefined) return [reportOk(`kernel ${release}; its configuration is not to be seen`)];
      if (/^CONFIG_CGROUP_BPF=y$/m.test(config)) return [reportOk(`kernel ${release} with CONFIG_CGROUP_BPF`)];
      const message = `kernel ${release} is without CONFIG_CGROUP_BPF: containers with device rules do not start`;
      return [reportError(message, 'use a kernel that has it, or cgroup v1')];
    },
  },
];

/** undefined where no cgroups are to be seen. */
function findMode(host: Host): CgroupMode | undefined {
  if (readText(host, `${ROOT}/cgroup.controllers`) !== undefined) return 'v2';
  if (readText(host, UNIFIED) !== undefined) return 'hybrid';
  const entries = host.listDirectory(ROOT);
  return isFailure(entries) || entries.length === 0 ? undefined : 'v1';
}

function judgeMode(host: Host): Result {
  const mode = findMode(host);
  if (mode === undefined) return reportSkipped(UNSEEN);
  if (mode === 'v2') return reportOk('v2: device rules are programs of the kernel');
  if (isFailure(host.listDirectory(`${ROOT}/devices`))) {
    const message = `${mode}, without the devices controller: every container may open every device`;
    return reportWarning(message, 'mount the devices controller, or use cgroup v2');
  }
  const kept = mode === 'hybrid' ? (readText(host, UNIFIED)?.trim() ?? '') : '';
  if (kept !== '') {
    const message = `hybrid, and v2 has ${kept}: crun refuses to start containers`;
    return reportWarning(message, 'boot with systemd.unified_cgroup_hierarchy=1, or use runc');
  }
  return reportOk(`${mode}: device rules are those of the devices controller`);
}
