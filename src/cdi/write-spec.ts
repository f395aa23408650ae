// A spec as text: JSON as Go's encoder has it, YAML that every reader of YAML 1.1 takes alike.
import { compareBytes } from '../text/byte-order.ts';
import { type OrderedJson, spellJson } from '../text/json.ts';
import { writeYaml } from '../text/yaml-write.ts';
import { asGoIndents } from './go-indents.ts';
import type { ContainerEdits, Device, DeviceNode, Hook, Integer, IntelRdt, Mount, Spec } from './spec.ts';

type Fields = { readonly [field: string]: OrderedJson | undefined };

/** JSON without a line end; `<`, `>`, `&` and the line separators are written as escapes. */
export function specJson(spec: Spec): string {
  const text = spellJson(ordered(spec, {}));
  return text.replace(/[<>&\u2028\u2029]/g, (character) => {
    return `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`;
  });
}

/** YAML that begins with `---`. What it says is what Go's says, lost blanks included. */
export function specYaml(spec: Spec): string {
  return `---\n${writeYaml(asGoIndents(ordered(spec, undefined)))}`;
}

/** The fields in the order of the specification, the empty ones left out where Go leaves them out. */
function ordered(spec: Spec, noEdits: Fields | undefined): Fields {
  const edits = orderedEdits(spec.containerEdits ?? {});
  return {
    cdiVersion: spec.cdiVersion,
    kind: spec.kind,
    annotations: sorted(spec.annotations),
    devices: spec.devices.map((device) => orderedDevice(device)),
    containerEdits: Object.values(edits).every((member) => member === undefined) ? noEdits : edits,
  };
}

function orderedDevice(device: Device): Fields {
  return {
    name: device.name,
    annotations: sorted(device.annotations),
    containerEdits: orderedEdits(device.containerEdits),
  };
}

function orderedEdits(edits: ContainerEdits): Fields {
  return {
    env: filled(edits.env),
    deviceNodes: filled(edits.deviceNodes?.map(orderedNode)),
    netDevices: filled(edits.netDevices?.map(({ hostInterfaceName, name }) => ({ hostInterfaceName, name }))),
    hooks: filled(edits.hooks?.map(orderedHook)),
    mounts: filled(edits.mounts?.map(orderedMount)),
    intelRdt: edits.intelRdt === undefined ? undefined : orderedRdt(edits.intelRdt),
    additionalGids: filled(edits.additionalGids),
  };
}

function orderedNode(node: DeviceNode): Fields {
  return {
    path: node.path,
    hostPath: text(node.hostPath),
    type: text(node.type),
    major: nonZero(node.major),
    minor: nonZero(node.minor),
    fileMode: node.fileMode,
    permissions: text(node.permissions),
    uid: node.uid,
    gid: node.gid,
  };
}

function orderedHook(hook: Hook): Fields {
  return {
    hookName: hook.hookName,
    path: hook.path,
    args: filled(hook.args),
    env: filled(hook.env),
    timeout: hook.timeout,
  };
}

function orderedMount(mount: Mount): Fields {
  return {
    hostPath: mount.hostPath,
    containerPath: mount.containerPath,
    options: filled(mount.options),
    type: text(mount.type),
  };
}

function orderedRdt(rdt: IntelRdt): Fields {
  return {
    closID: text(rdt.closID),
    l3CacheSchema: text(rdt.l3CacheSchema),
    memBwSchema: text(rdt.memBwSchema),
    schemata: filled(rdt.schemata),
    enableMonitoring: rdt.enableMonitoring === true ? true : undefined,
  };
}

function filled<T extends OrderedJson>(list: readonly T[] | undefined): readonly T[] | undefined {
  return list === undefined || list.length === 0 ? undefined : list;
}

function text(value: string | undefined): string | undefined {
  return value === '' ? undefined : value;
}

function nonZero(value: Integer | undefined): Integer | undefined {
  return value === undefined || Number(value) === 0 ? undefined : value;
}

function sorted(annotations: Readonly<Record<string, string>> | undefined): ReadonlyMap<string, string> | undefined {
  const entries = Object.entries(annotations ?? {}).sort(([a], [b]) => compareBytes(a, b));
  return entries.length === 0 ? undefined : new Map(entries);
}
