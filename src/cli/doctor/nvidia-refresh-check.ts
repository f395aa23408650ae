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
const WANTS = ['/etc/systemd/system', '/run/systemd/system', '/usr/lib/systemd/system', '/lib/systemd/system'];
const SPEC = '/var/run/cdi/nvidia.yaml';
const JOURNAL = 'see journalctl --unit nvidia-cdi-refresh.service';

export const NVIDIA_REFRESH_CHECK: Check = {
  id: 'nvidia-cdi-refresh',
  summary: "NVIDIA's service that keeps its spec up to date is on, and has made it",
  examine: (view) => {
    const there = UNITS.filter((unit) => findUnit(view, unit) !== undefined);
    if (there.length === 0) return [reportSkipped('it is not installed')];
    const results = there.flatMap((unit) => judgeUnit(view, unit));
    if (results.length > 0) return results;
    const hasMade = !isFailure(view.host.pathInfo(SPEC));
    if (hasMade) return [reportOk(`it is on, and has made ${SPEC}`)];
    if (readNvidiaVersion(view.host) === undefined) return [reportOk('it is on, and waits for a driver')];
    return [reportWarning(`it is on and the driver is loaded, but there is no ${SPEC}`, JOURNAL)];
  },
};

function judgeUnit(view: HostView, unit: string): readonly Result[] {
  const { host } = view;
  const masks = ['/etc/systemd/system', '/run/systemd/system'].filter(
    (folder) => host.readLink(`${folder}/${unit}`) === '/dev/null',
  );
  const [masked] = masks;
  const on = `run systemctl enable --now ${unit}`;
  if (masked !== undefined) {
    return [
      reportWarning(`${unit} is masked by ${quote(`${masked}/${unit}`)}`, `run systemctl unmask ${unit}, then ${on}`),
    ];
  }
  if (isWanted(view, unit)) return [];
  return [reportWarning(`${unit} is not enabled: no one makes NVIDIA's spec at boot`, on, findUnit(view, unit))];
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
