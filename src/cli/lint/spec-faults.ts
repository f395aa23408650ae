// All that is wrong with a spec by the rules of CDI: the checks, which stop at the first fault, asked part by part.

import type { Spec } from '../../cdi/spec.ts';
import { type SpecSource, validateDevice, validateEdits, validateSpec } from '../../cdi/validate.ts';
import { CURRENT_VERSION } from '../../cdi/versions.ts';
import type { FieldPath } from '../../edits/fault.ts';
import { type ContainerEdits, KINDS, listItems } from '../../edits/kinds.ts';
import { CdiError, type Position } from '../../text/error.ts';
import { makeFault, type SpecFault, sortFaults, writePosition } from './finding.ts';

/** Where a field stands, or as much of the way to it as there is. */
export type LocateField = (field: FieldPath) => Position | undefined;

const HARMLESS: ContainerEdits = { env: ['NAME=value'] };
const GOOD: Spec = {
  cdiVersion: CURRENT_VERSION,
  kind: 'vendor.com/class',
  devices: [{ name: 'device', containerEdits: HARMLESS }],
};

/** Every fault by the specification's rules, in the order of the file; none in a spec that engines take. */
export function findSpecFaults(spec: Spec, locate: LocateField): readonly SpecFault[] {
  // Errors are only read here, tens of thousands of them where each device has a fault: their stacks are what costs.
  const { stackTraceLimit } = Error;
  Error.stackTraceLimit = 0;
  try {
    return checkParts(spec, locate);
  } finally {
    Error.stackTraceLimit = stackTraceLimit;
  }
}

function checkParts(spec: Spec, locate: LocateField): readonly SpecFault[] {
  const found = new Map<string, SpecFault>();
  const check = (field: FieldPath, validate: (source: SpecSource) => void, skipped = 0): void => {
    const fault = findFault(() => validate({ locate: (inner) => locate([...field, ...inner.slice(skipped)]) }));
    // The whole and its part find the same.
    const identity = `${writePosition(fault?.at)} ${fault?.why}`;
    if (fault !== undefined && !found.has(identity)) found.set(identity, fault);
  };
  const checkEdits = (edits: ContainerEdits, field: FieldPath): void => {
    for (const { name, isList } of KINDS) {
      for (const [index, item] of isList ? listItems(edits, name).entries() : []) {
        check([...field, name, index], (source) => validateEdits({ [name]: [item] }, source), 2);
      }
      // As a whole once more: two entries of a list may have one name.
      check(field, (source) => validateEdits({ [name]: edits[name] }, source));
    }
  };
  check([], (source) => validateSpec(spec, source));
  check([], (source) => validateSpec({ ...GOOD, kind: spec.kind }, source));
  if (spec.containerEdits !== undefined) checkEdits(spec.containerEdits, ['containerEdits']);
  const names = new Set<string>();
  for (const [index, device] of spec.devices.entries()) {
    check(['devices', index], (source) => validateDevice(device, source));
    checkEdits(device.containerEdits, ['devices', index, 'containerEdits']);
    if (!names.has(device.name)) {
      names.add(device.name);
      continue;
    }
    const twin = { name: device.name, containerEdits: HARMLESS };
    check(['devices', index], (source) => validateSpec({ ...GOOD, devices: [twin, twin] }, source), 2);
  }
  return sortFaults([...found.values()]);
}

function findFault(validate: () => void): SpecFault | undefined {
  try {
    validate();
    return undefined;
  } catch (error) {
    if (error instanceof CdiError) return makeFault(error, 'specification');
    throw error;
  }
}
