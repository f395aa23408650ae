// What the host has and what its specs were made for: hardware without a spec, another driver, another boot.
import { isFailure } from '../../host/host.ts';
import type { SpecFile } from '../../registry/spec-file.ts';
import { CdiError } from '../../text/error.ts';
import { quote, quoteList } from '../../text/quote.ts';
import { writeCount } from '../terminal/plural.ts';
import { type Check, type Result, reportOk, reportOkIfEmpty, reportSkipped, reportWarning } from './check.ts';
import { readText } from './file-text.ts';
import { findHardware } from './hardware.ts';
import type { HostView } from './host-view.ts';
import { findLostClaims } from './lost-claims.ts';
import { findNvidiaVersion, MAKE_NVIDIA_SPEC, readNvidiaVersion } from './nvidia.ts';
import { NVIDIA_REFRESH_CHECK } from './nvidia-refresh-check.ts';

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
