// What the host has and what its specs were made for: hardware without a spec, another driver, another boot.
import { isFailure } from '../../host/host.ts';
import type { SpecFile } from '../../registry/spec-file.ts';
import { CdiError } from '../../text/error.ts';
import { quote, quoteList } from '../../text/quote.ts';
import { writeCount } from '../terminal/plural.ts';
import { type Check, type Result, reportOk, reportOkIfEmpty, reportSkipped, reportWarning } from './check.ts';
import { findHardware } from './hardware.ts';
import { type HostView, readText } from './host-view.ts';
import { findNvidiaVersion, MAKE_NVIDIA_SPEC, NVIDIA_REFRESH_CHECK, readNvidiaVersion } from './nvidia.ts';

export const HARDWARE_CHECKS: readonly Check[] = [
  {
    id: 'hardware',
    summary: 'accelerators that the host has are in some spec',
    examine: (view) => {
      if (isFailure(view.host.listDirectory('/sys'))) return [reportSkipped('/sys is not to be seen')];
      const found = findHardware(view);
      const bare = found.filter(({ kind, isCovered: has }) => !has && kind.isAccelerator);
      const results: Result[] = bare.map(({ kind, count }) =>
        reportWarning(`${writeCount(count, kind.name)}, and no spec for ${count === 1 ? 'it' : 'them'}`, kind.cure),
      );
      const spare = found
        .filter(({ kind, isCovered: has }) => !has && !kind.isAccelerator)
        .map(({ kind }) => kind.name);
      if (spare.length > 0) {
        results.push(reportOk(`no spec for ${spare.join(', ')}: cdictl generate ${spare.join(' ')} makes them`));
      }
      const known = found
        .filter(({ isCovered: has }) => has)
        .map(({ kind, count }) => (kind.isAccelerator ? writeCount(count, kind.name) : kind.name));
      if (known.length > 0) results.push(reportOk(`in specs: ${known.join(', ')}`));
      return reportOkIfEmpty(results, 'nothing is known here that needs a spec');
    },
  },
  {
    id: 'driver',
    summary: 'specs were made for the driver that is loaded, and since this boot',
    examine: (view) => {
      const specs = listSpecs(view);
      const results = [...judgeDriver(view, specs), ...judgeBoot(view, specs)];
      if (results.length > 0) return results;
      return specs.length === 0 ? [reportSkipped('there are no specs')] : [reportOk('no spec says otherwise')];
    },
  },
  {
    id: 'claims',
    summary: 'the devices that the kubelet has prepared for pods are still in some spec',
    examine: (view) => findLostClaims(view),
  },
  NVIDIA_REFRESH_CHECK,
];

function listSpecs({ specs }: HostView): readonly SpecFile[] {
  return specs instanceof CdiError ? [] : specs.look.scan.specs;
}

function judgeDriver(view: HostView, specs: readonly SpecFile[]): readonly Result[] {
  const { host } = view;
  const made = specs.flatMap((file) => {
    const version = findNvidiaVersion(file);
    return version === undefined || isTold(view, file) ? [] : [{ version, path: file.path }];
  });
  const loaded = readNvidiaVersion(host);
  return [...new Set(made.map(({ version }) => version))].flatMap((version) => {
    const paths = made.filter((one) => one.version === version).map(({ path }) => path);
    const them = quoteList(paths);
    const was = paths.length === 1 ? 'was' : 'were';
    if (loaded === undefined) {
      const cure = `load the driver (modprobe nvidia), or remove ${them}`;
      return [reportWarning(`${them} ${was} made for NVIDIA's driver ${version}, and none is loaded`, cure, paths[0])];
    }
    if (version === loaded) return [];
    const message = `${them} ${was} made for NVIDIA's driver ${version}, and ${loaded} is loaded`;
    return [reportWarning(message, MAKE_NVIDIA_SPEC, paths[0])];
  });
}

/** Where its libraries are gone as well, the check of staleness says all of it. */
function isTold({ specs }: HostView, { path }: SpecFile): boolean {
  if (specs instanceof CdiError) return false;
  return specs.findings.some((finding) => finding.rule === 'missing-mount-source' && finding.path === path);
}

/** What is in /run goes with a boot, unless somebody has kept it. */
function judgeBoot({ host }: HostView, specs: readonly SpecFile[]): readonly Result[] {
  const booted = Number(/^btime (\d+)$/m.exec(readText(host, '/proc/stat') ?? '')?.[1] ?? 0) * 1000;
  return specs.flatMap(({ path }) => {
    const stamp = host.stamp(path);
    if (!/^\/(?:var\/)?run\//.test(path) || isFailure(stamp) || stamp.modified >= booted) return [];
    const message = `${quote(path)} is older than this boot: its nodes may have other numbers by now`;
    return [reportWarning(message, 'make it again: by the tool of its vendor, or by cdictl generate', path)];
  });
}

/** The kubelet's own notes, which stay when the machine is started again. */
const STATES = ['/var/lib/kubelet/dra_manager_state', '/var/lib/kubelet/state/dra_manager_state'];

function findLostClaims({ host, specs }: HostView): readonly Result[] {
  const path = STATES.find((one) => readText(host, one) !== undefined);
  if (path === undefined) return [reportSkipped('no kubelet has prepared devices by DRA')];
  if (specs instanceof CdiError) return [reportSkipped('the specs cannot be looked at')];
  const names = readClaimedDevices(readText(host, path) ?? '');
  const lost = names.filter((name) => !specs.look.index.devices.has(name));
  if (lost.length === 0) return [reportOk(`${writeCount(names.length, 'prepared device')}, and a spec for each`)];
  const message = `no spec has ${quoteList(lost)}, which the kubelet has prepared for pods`;
  const cure = 'restart the DRA driver of this node, which writes its claim specs again, then the pods';
  return [reportWarning(message, cure, path)];
}

/** The lists of CDI ids, however deep they are, also in JSON that is a string of other JSON. */
function readClaimedDevices(text: string): readonly string[] {
  const lists = [...text.replaceAll('\\', '').matchAll(/"cdiDeviceIDs":\s*\[([^\]]*)\]/gi)];
  return [...new Set(lists.flatMap(([, list = '']) => [...list.matchAll(/"([^"]+)"/g)].map(([, name = '']) => name)))];
}
