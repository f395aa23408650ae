// NVIDIA's own service that makes its spec at boot and when the driver changes: whether it is there, on, and has done so.
import { isFailure } from '../../host/host.ts';
import { quote } from '../../text/quote.ts';
import { type Check, type Result, reportOk, reportSkipped, reportWarning } from './check.ts';
import type { HostView } from './host-view.ts';
import { readNvidiaVersion } from './nvidia.ts';

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
