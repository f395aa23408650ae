// Devices that the kubelet has prepared for pods by DRA: their specs lie in /run, and a reboot takes them away.
import { CdiError } from '../../text/error.ts';
import { quoteList } from '../../text/quote.ts';
import { writeCount } from '../terminal/plural.ts';
import { type Result, reportOk, reportSkipped, reportWarning } from './check.ts';
import { readText } from './file-text.ts';
import type { HostView } from './host-view.ts';

/** The kubelet's own notes, which stay when the machine is started again. */
const STATES = ['/var/lib/kubelet/dra_manager_state', '/var/lib/kubelet/state/dra_manager_state'];

export function findLostClaims({ host, specs }: HostView): readonly Result[] {
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
