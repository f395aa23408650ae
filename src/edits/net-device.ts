// Network interfaces of the host that move into the container, by their name on the host.
import type { NetDevice } from '../cdi/spec.ts';
import type { Draft } from './draft.ts';
import { same } from './same.ts';

const PATH = ['linux', 'netDevices'];

/** @see CDI SPEC "OCI Edits" (netDevices); OCI config-linux "Network Devices" */
export function applyNetDevices<N>(draft: Draft<N>, netDevices: readonly NetDevice[] | undefined): void {
  if (netDevices === undefined || netDevices.length === 0) return;
  const there = draft.map(PATH);
  const last = new Map(netDevices.map((device) => [device.hostInterfaceName, device.name]));
  for (const [hostInterfaceName, name] of last) {
    const value = name === '' ? {} : { name };
    const old = there.get(hostInterfaceName);
    if (old === undefined || !same(draft.reader, old, value)) draft.set([...PATH, hostInterfaceName], value);
  }
}
