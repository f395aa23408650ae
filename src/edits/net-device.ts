// Network interfaces of the host that move into the container, by their name on the host.
import { type FieldTable, recordsOf } from '../text/yaml-decode.ts';
import { text } from '../text/yaml-reader.ts';
import type { Draft } from './draft.ts';
import type { Edit } from './edit.ts';
import { type FieldFault, makeMissingFault } from './fault.ts';
import type { EditKind } from './kind.ts';

/** A network device that moves into the container. Go specs.LinuxNetDevice. */
export type NetDevice = {
  /** what the host calls the interface, which it loses while the container runs. CDI "OCI Edits" */
  readonly hostInterfaceName: string;
  /** what the interface is called in the container, unlike any other there. CDI "OCI Edits" */
  readonly name: string;
};

const PATH = ['linux', 'netDevices'];
const FIELDS: FieldTable<NetDevice> = { hostInterfaceName: text, name: text };
const NAMES = ['hostInterfaceName', 'name'];

export const netDevices: EditKind<'netDevices', NetDevice> = {
  name: 'netDevices',
  word: 'net device',
  path: PATH,
  isList: true,
  isRepeated: false,
  decode: recordsOf(FIELDS, { hostInterfaceName: '', name: '' }),
  needs: [{ version: '1.1.0', words: 'a network device' }],
  fields: FIELDS,
  always: NAMES,
  fault: findNetDeviceFault,
  unique: { fields: NAMES, owner: 'network device' },
  apply: applyNetDevices,
  key: (device) => device.hostInterfaceName,
  words: ({ hostInterfaceName, name }) => (name === '' ? hostInterfaceName : `${hostInterfaceName} as ${name}`),
};

function findNetDeviceFault(device: NetDevice): FieldFault | undefined {
  if (device.hostInterfaceName === '') return makeMissingFault('hostInterfaceName', 'network device');
  return device.name === '' ? makeMissingFault('name', 'network device') : undefined;
}

/** @see CDI SPEC "OCI Edits" (netDevices); OCI config-linux "Network Devices" */
function applyNetDevices<N>(draft: Draft<N>, edits: readonly Edit<NetDevice>[]): void {
  const there = draft.map(PATH);
  const last = new Map(edits.map((edit) => [edit.value.hostInterfaceName, edit]));
  for (const [hostInterfaceName, from] of last) {
    const { name } = from.value;
    const value = name === '' ? {} : { name };
    draft.setMember([...PATH, hostInterfaceName], { value, from }, there.get(hostInterfaceName));
  }
}
