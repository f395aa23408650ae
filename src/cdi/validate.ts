// Whether a spec, a device or edits keep the rules, in Go's order. As in Go, nobody looks at their annotations.
import { byteLength } from '../text/byte-order.ts';
import { CdiError, type ErrorCode, type Position } from '../text/error.ts';
import { quote } from '../text/quote.ts';
import { type Fault, nameFault, parseQualifier } from './device-name.ts';
import type { ContainerEdits, Device, DeviceNode, Hook, IntelRdt, Mount, NetDevice, Spec } from './spec.ts';
import { HOOK_NAMES } from './spec.ts';
import { versionFault } from './versions.ts';

/** The way to a field: `['devices', 0, 'containerEdits', 'mounts', 2, 'hostPath']`. */
export type FieldPath = readonly (string | number)[];

/** Where a spec came from, for the messages about it. */
export interface SpecSource {
  /** to follow "cannot", as in `load spec "/etc/cdi/gpu.yaml"` */
  readonly what?: string | undefined;
  readonly path?: string | undefined;
  /** Where a field stands in the text; undefined for one that is not there: then its parent is asked for. */
  readonly locate?: ((field: FieldPath) => Position | undefined) | undefined;
}

interface FieldFault extends Fault {
  readonly code: ErrorCode;
  readonly field: FieldPath;
}

const KNOWN_HOOKS: readonly string[] = HOOK_NAMES;

/** Of a file name in resctrl, in bytes. */
const LONGEST_CLOS_ID = 4095;

/**
 * Checks a whole spec: version, kind, edits, and at least one device, each named once and with edits.
 * @throws {CdiError} BAD_SPEC, BAD_DEVICE_NAME for a device's name, BAD_EDITS; of several faults the first
 * @see CDI "CDI JSON Specification"; Go cdi.Spec.validate
 */
export function validateSpec(spec: Spec, source: SpecSource = {}): void {
  refuse(specFault(spec), 'validate the spec', source);
}

/**
 * Checks one device: its name, and that it has edits and good ones. `source.locate` starts at the device.
 * @throws {CdiError} BAD_DEVICE_NAME, BAD_EDITS
 * @see CDI "CDI Devices"; Go cdi.Device.validate
 */
export function validateDevice(device: Device, source: SpecSource = {}): void {
  refuse(deviceFault(device), 'validate the device', source);
}

/**
 * Checks edits, of which there may be none. `source.locate` starts at the edits.
 * @throws {CdiError} BAD_EDITS
 * @see CDI "OCI Edits"; Go cdi.ContainerEdits.Validate
 */
export function validateEdits(edits: ContainerEdits | undefined, source: SpecSource = {}): void {
  refuse(editsFault(edits), 'validate the edits', source);
}

function refuse(fault: FieldFault | undefined, task: string, { what = task, path, locate }: SpecSource): void {
  if (fault === undefined) return;
  const { code, field, hint } = fault;
  let at: Position | undefined;
  for (let end = field.length; at === undefined && end >= 0; end--) at = locate?.(field.slice(0, end));
  const steps = field.map((step, i) => (typeof step === 'number' ? `[${step}]` : `${i === 0 ? '' : '.'}${step}`));
  const why = at === undefined && steps.length > 0 ? `${steps.join('')}: ${fault.why}` : fault.why;
  throw new CdiError(code, { what, why, path, at, hint });
}

function specFault(spec: Spec): FieldFault | undefined {
  const version = versionFault(spec);
  if (version !== undefined) return { ...version, code: 'BAD_SPEC', field: ['cdiVersion'] };
  const kind = kindFault(spec.kind);
  if (kind !== undefined) return { ...kind, code: 'BAD_SPEC', field: ['kind'] };
  const edits = within('containerEdits', editsFault(spec.containerEdits));
  if (edits !== undefined) return edits;
  if (spec.devices.length === 0) return bad('devices', 'the spec has no devices', 'add at least one', 'BAD_SPEC');
  const names = new Set<string>();
  const check = (device: Device) => deviceFault(device) ?? repeated(names, device.name, 'name', 'device', 'BAD_SPEC');
  return firstFault('devices', spec.devices, check);
}

function kindFault(kind: string): Fault | undefined {
  const { vendor, class: className } = parseQualifier(kind);
  if (vendor !== '') return nameFault('vendor', vendor) ?? nameFault('class', className);
  const why = kind === '' ? 'the spec has no kind' : `kind ${quote(kind)} lacks a vendor or a class`;
  return { why, hint: 'write it as vendor.com/class' };
}

function deviceFault(device: Device): FieldFault | undefined {
  const fault = nameFault('device name', device.name);
  if (fault !== undefined) return { ...fault, code: 'BAD_DEVICE_NAME', field: ['name'] };
  if (!isEmpty(device.containerEdits)) return within('containerEdits', editsFault(device.containerEdits));
  return bad('containerEdits', `device ${quote(device.name)} has no edits`, 'add at least one');
}

/** An empty `intelRdt` and a group 0 are edits, empty lists are not. */
function isEmpty(edits: ContainerEdits): boolean {
  if (edits.deviceNodes?.length || edits.env?.length || edits.mounts?.length || edits.hooks?.length) return false;
  return edits.intelRdt === undefined && !edits.netDevices?.length && !edits.additionalGids?.length;
}

function editsFault(edits: ContainerEdits | undefined): FieldFault | undefined {
  if (edits === undefined) return undefined;
  return (
    firstFault('env', edits.env, envFault) ??
    firstFault('deviceNodes', edits.deviceNodes, deviceNodeFault) ??
    firstFault('hooks', edits.hooks, hookFault) ??
    firstFault('mounts', edits.mounts, mountFault) ??
    (edits.intelRdt && within('intelRdt', intelRdtFault(edits.intelRdt))) ??
    (edits.netDevices && netDevicesFault(edits.netDevices))
  );
}

function envFault(entry: string): FieldFault | undefined {
  if (entry.indexOf('=') > 0) return undefined;
  const why = `environment entry ${quote(entry)} has no name before a "="`;
  return { code: 'BAD_EDITS', field: [], why, hint: 'write it as NAME=value' };
}

function deviceNodeFault(node: DeviceNode): FieldFault | undefined {
  if (node.path === '') return missing('path', 'device node');
  const type = node.type ?? '';
  if (type.length > 1 || !'bcup'.includes(type)) {
    return bad(
      'type',
      `device node ${quote(node.path)} is of type ${quote(type)}`,
      'use b, c, u or p, or leave it out',
    );
  }
  const permissions = node.permissions ?? '';
  if (permissions === '' || permissions === 'none') return undefined;
  for (const letter of permissions) {
    if ('rwm'.includes(letter)) continue;
    const why = `device node ${quote(node.path)} has permissions ${quote(permissions)}`;
    return bad('permissions', why, 'use letters of rwm, or none');
  }
  return undefined;
}

function hookFault(hook: Hook): FieldFault | undefined {
  if (!KNOWN_HOOKS.includes(hook.hookName)) {
    return bad('hookName', `hook name ${quote(hook.hookName)} is unknown`, `use one of ${KNOWN_HOOKS.join(', ')}`);
  }
  return hook.path === '' ? missing('path', 'hook') : firstFault('env', hook.env, envFault);
}

function mountFault(mount: Mount): FieldFault | undefined {
  if (mount.hostPath === '') return missing('hostPath', 'mount');
  return mount.containerPath === '' ? missing('containerPath', 'mount') : undefined;
}

/** A class of service names a directory in resctrl; "/" is the root one. */
function intelRdtFault(rdt: IntelRdt): FieldFault | undefined {
  const closID = rdt.closID ?? '';
  const fits = closID.length * 3 <= LONGEST_CLOS_ID || byteLength(closID) <= LONGEST_CLOS_ID;
  const isFileName = fits && closID !== '.' && closID !== '..' && !closID.includes('/') && !closID.includes('\n');
  if (isFileName || closID === '/') return undefined;
  const hint = `use a file name of at most ${LONGEST_CLOS_ID} bytes, or "/"`;
  return bad('closID', `closID ${quote(closID)} cannot name a directory`, hint);
}

function netDevicesFault(devices: readonly NetDevice[]): FieldFault | undefined {
  const hosts = new Set<string>();
  const names = new Set<string>();
  return firstFault('netDevices', devices, ({ hostInterfaceName: host, name }) => {
    if (host === '') return missing('hostInterfaceName', 'network device');
    if (name === '') return missing('name', 'network device');
    const twice = repeated(hosts, host, 'hostInterfaceName', 'network device');
    return twice ?? repeated(names, name, 'name', 'network device');
  });
}

// On the way of every container: in QuickJS, paths made ahead and destructured parameters take most of the time.
function firstFault<T>(
  field: string,
  items: readonly T[] | undefined,
  check: (item: T) => FieldFault | undefined,
): FieldFault | undefined {
  if (items === undefined) return undefined;
  let index = 0;
  for (const item of items) {
    const fault = check(item);
    if (fault !== undefined) return within(field, { ...fault, field: [index, ...fault.field] });
    index++;
  }
  return undefined;
}

function within(field: string, fault: FieldFault | undefined): FieldFault | undefined {
  return fault && { ...fault, field: [field, ...fault.field] };
}

function missing(field: string, owner: string): FieldFault {
  return bad(field, `the ${owner} has no ${field}`, 'add it');
}

function repeated(
  seen: Set<string>,
  text: string,
  field: string,
  owner: string,
  code?: ErrorCode,
): FieldFault | undefined {
  if (seen.has(text)) return bad(field, `another ${owner} has the ${field} ${quote(text)} too`, 'use each once', code);
  seen.add(text);
  return undefined;
}

function bad(field: string, why: string, hint: string, code: ErrorCode = 'BAD_EDITS'): FieldFault {
  return { code, field: [field], why, hint };
}
