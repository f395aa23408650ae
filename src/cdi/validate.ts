// Whether a spec, a device or edits keep the rules, in Go's order. As in Go, no one looks at their annotations.
import {
  type FieldFault,
  type FieldPath,
  findFirstFault,
  findRepeated,
  makeFault,
  placeFault,
} from '../edits/fault.ts';
import { type AnyKind, type ContainerEdits, isEmpty, isRecord, sortKinds } from '../edits/kinds.ts';
import { CdiError, type Position } from '../text/error.ts';
import type { JsonValue } from '../text/json.ts';
import { quote } from '../text/quote.ts';
import { type Fault, findNameFault, parseQualifier } from './device-name.ts';
import type { Device, Spec } from './spec.ts';
import { findVersionFault } from './versions.ts';

/** Where a spec came from, for the messages about it. */
export interface SpecSource {
  /** to follow "cannot", as in `load spec "/etc/cdi/gpu.yaml"` */
  readonly what?: string | undefined;
  /** the file, as the error has it in `path` */
  readonly path?: string | undefined;
  /** Where a field stands in the text; undefined for one that is not there: then its parent is asked for. */
  readonly locate?: ((field: FieldPath) => Position | undefined) | undefined;
}

/** As Go checks them. */
const CHECKED = sortKinds(['env', 'deviceNodes', 'hooks', 'mounts', 'intelRdt', 'netDevices']);

/**
 * Checks a whole spec: version, kind, edits, and at least one device, each named once and with edits.
 * @throws {CdiError} BAD_SPEC, BAD_DEVICE_NAME for a device's name, BAD_EDITS; of several faults the first
 * @see CDI "CDI JSON Specification"; Go cdi.Spec.validate
 */
export function validateSpec(spec: Spec, source: SpecSource = {}): void {
  refuse(findSpecFault(spec), 'validate the spec', source);
}

/**
 * Checks one device: its name, and that it has edits and good ones. `source.locate` starts at the device.
 * @throws {CdiError} BAD_DEVICE_NAME, BAD_EDITS
 * @see CDI "CDI Devices"; Go cdi.Device.validate
 */
export function validateDevice(device: Device, source: SpecSource = {}): void {
  refuse(findDeviceFault(device), 'validate the device', source);
}

/**
 * Checks edits, of which there may be none. `source.locate` starts at the edits.
 * @throws {CdiError} BAD_EDITS
 * @see CDI "OCI Edits"; Go cdi.ContainerEdits.Validate
 */
export function validateEdits(edits: ContainerEdits | undefined, source: SpecSource = {}): void {
  refuse(findEditsFault(edits), 'validate the edits', source);
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

function findSpecFault(spec: Spec): FieldFault | undefined {
  const version = findVersionFault(spec);
  if (version !== undefined) return { ...version, code: 'BAD_SPEC', field: ['cdiVersion'] };
  const kind = findKindFault(spec.kind);
  if (kind !== undefined) return { ...kind, code: 'BAD_SPEC', field: ['kind'] };
  const edits = placeFault('containerEdits', findEditsFault(spec.containerEdits));
  if (edits !== undefined) return edits;
  if (spec.devices.length === 0) return makeFault('devices', 'the spec has no devices', 'add at least one', 'BAD_SPEC');
  const names = new Set<string>();
  const check = (device: Device) =>
    findDeviceFault(device) ?? findRepeated(names, device.name, 'name', 'device', 'BAD_SPEC');
  return placeFault('devices', findFirstFault(spec.devices, check));
}

function findKindFault(kind: string): Fault | undefined {
  const { vendor, class: className } = parseQualifier(kind);
  if (vendor !== '') return findNameFault('vendor', vendor) ?? findNameFault('class', className);
  const why = kind === '' ? 'the spec has no kind' : `kind ${quote(kind)} lacks a vendor or a class`;
  return { why, hint: 'write it as vendor.com/class' };
}

function findDeviceFault(device: Device): FieldFault | undefined {
  const fault = findNameFault('device name', device.name);
  if (fault !== undefined) return { ...fault, code: 'BAD_DEVICE_NAME', field: ['name'] };
  if (!isEmpty(device.containerEdits)) return placeFault('containerEdits', findEditsFault(device.containerEdits));
  return makeFault('containerEdits', `device ${quote(device.name)} has no edits`, 'add at least one');
}

// On the way of every container: in QuickJS, calls and walks through lists take most of the time.
function findEditsFault(edits: ContainerEdits | undefined): FieldFault | undefined {
  if (edits === undefined) return undefined;
  for (let i = 0; i < CHECKED.length; i += 1) {
    const kind = CHECKED[i];
    const value: JsonValue | undefined = kind && edits[kind.name];
    if (kind === undefined || value === undefined || value === null) continue;
    const check = kind.unique === undefined ? kind.fault : checkUnique(kind.fault, kind.unique);
    const fault = Array.isArray(value) ? findFirstFault(value, check) : check(value);
    if (fault !== undefined) return placeFault(kind.name, fault);
  }
  return undefined;
}

function checkUnique(check: AnyKind['fault'], { fields, owner }: NonNullable<AnyKind['unique']>): AnyKind['fault'] {
  const seen = fields.map((field) => ({ field, texts: new Set<string>() }));
  return (item) => {
    let fault = check(item);
    if (isRecord(item))
      for (const { field, texts } of seen) fault ??= findRepeated(texts, String(item[field]), field, owner);
    return fault;
  };
}
