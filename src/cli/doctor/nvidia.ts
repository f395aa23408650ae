// NVIDIA's driver on a host: which version is loaded, and for which one a spec was made.
import { type Host, isFailure } from '../../host/host.ts';
import type { SpecFile } from '../../registry/spec-file.ts';
import { quote } from '../../text/quote.ts';
import { type Check, type Result, reportOk, reportSkipped, reportWarning } from './check.ts';
import { type HostView, readText } from './host-view.ts';

/** The command that makes a spec where engines look for specs of this boot. */
export const MAKE_NVIDIA_SPEC = 'run nvidia-ctk cdi generate --output=/var/run/cdi/nvidia.yaml';

const VERSION = /\b\d{3,}\.\d+(?:\.\d+)?\b/;

/** undefined where none is loaded. */
export function readNvidiaVersion(host: Host): string | undefined {
  const words = ['/sys/module/nvidia/version', '/proc/driver/nvidia/version'].map((path) => readText(host, path) ?? '');
  return words.map((text) => VERSION.exec(text)?.[0]).find((version) => version !== undefined);
}

/** By the names of the libraries that it mounts: `libcuda.so.570.133.20`. */
export function findNvidiaVersion({ spec }: SpecFile): string | undefined {
  const edits = [spec.containerEdits, ...spec.devices.map((device) => device.containerEdits)];
  const paths = edits.flatMap((one) => (one?.mounts ?? []).map(({ hostPath }) => hostPath));
  return paths
    .map((path) => /\/lib(?:nvidia|cuda|nv)[\w-]*\.so\.(\d{3,}\.\d+(?:\.\d+)?)$/.exec(path)?.[1])
    .find(Boolean);
}

const UNITS = ['nvidia-cdi-refresh.path', 'nvidia-cdi-refresh.service'];
/** Where systemd looks, first what wins. */
const FOLDERS = [
  '/etc/systemd/system',
  '/run/systemd/system',
  '/usr/local/lib/systemd/system',
  '/usr/lib/systemd/system',
  '/lib/systemd/system',
];
const MASKS = ['/etc/systemd/system', '/run/systemd/system'];
const WANTS = ['/etc/systemd/system', '/run/systemd/system', '/usr/lib/systemd/system', '/lib/systemd/system'];
const SPEC = '/var/run/cdi/nvidia.yaml';
const JOURNAL = 'see journalctl --unit nvidia-cdi-refresh.service';

export const NVIDIA_REFRESH_CHECK: Check = {
  id: 'nvidia-cdi-refresh',
  summary: "NVIDIA's service that keeps its spec up to date is on, and has made it",
  examine: (view) => {
    const there = UNITS.filter((unit) => findUnit(view, unit) !== undefined);
    if (there.length === 0) return [reportSkipped('it is not installed')];
    const masked = there.flatMap((unit) => reportMasked(view, unit));
    if (masked.length > 0) return masked;
    const off = there.filter((unit) => !isWanted(view, unit));
    if (off.length > 0) {
      const message = `${off.join(' and ')} ${off.length === 1 ? 'is' : 'are'} not enabled: no one makes NVIDIA's spec at boot`;
      return [reportWarning(message, `run systemctl enable --now ${off.join(' ')}`)];
    }
    const hasMade = !isFailure(view.host.pathInfo(SPEC));
    if (hasMade) return [reportOk(`it is on, and has made ${SPEC}`)];
    if (readNvidiaVersion(view.host) === undefined) return [reportOk('it is on, and waits for a driver')];
    return [reportWarning(`it is on and the driver is loaded, but there is no ${SPEC}`, JOURNAL)];
  },
};

function reportMasked({ host }: HostView, unit: string): readonly Result[] {
  const paths = MASKS.map((folder) => `${folder}/${unit}`);
  const masked = paths.find((path) => host.readLink(path) === '/dev/null');
  if (masked === undefined) return [];
  const cure = `run systemctl unmask ${unit}, then systemctl enable --now ${unit}`;
  return [reportWarning(`${unit} is masked by ${quote(masked)}`, cure, masked)];
}

function findUnit({ host }: HostView, unit: string): string | undefined {
  return FOLDERS.map((folder) => `${folder}/${unit}`).find((path) => !isFailure(host.pathInfo(path)));
}

/** By a link in a folder of what some target wants. */
function isWanted({ host }: HostView, unit: string): boolean {
  return WANTS.some((folder) => {
    const entries = host.listDirectory(folder);
    if (isFailure(entries)) return false;
    const wants = entries.filter(({ name }) => /\.(?:wants|requires|upholds)$/.test(name));
    return wants.some(({ name }) => !isFailure(host.pathInfo(`${folder}/${name}/${unit}`)));
  });
}
