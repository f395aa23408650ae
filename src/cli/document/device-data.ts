// A device and its spec as programs get them: members in the order of the specification, numbers with all their digits.
import type { Spec } from '../../cdi/spec.ts';
import { writeSpecJson } from '../../cdi/write-spec.ts';
import type { IndexedDevice } from '../../registry/device-index.ts';
import type { OrderedJson } from '../../text/json.ts';
import { parseValue } from './document.ts';

export interface DeviceData {
  /** what the spec says of the device */
  readonly device: OrderedJson | undefined;
  /** what it says of all of its devices; undefined where that is nothing */
  readonly specEdits: OrderedJson | undefined;
}

/** What a device does to a container. */
export function encodeDevice({ file, device }: IndexedDevice): DeviceData {
  const spec = encodeSpec({ ...file.spec, devices: [device] });
  const specEdits = getMember(spec, 'containerEdits');
  const isEmpty = !(specEdits instanceof Map) || specEdits.size === 0;
  return { device: getMember(getMember(spec, 'devices'), 0), specEdits: isEmpty ? undefined : specEdits };
}

/** A whole spec. */
export function encodeSpec(spec: Spec): OrderedJson {
  return parseValue(writeSpecJson(spec));
}

/** A member of an object, or an entry of a list. */
export function getMember(data: OrderedJson | undefined, key: string | number): OrderedJson | undefined {
  if (data instanceof Map) return data.get(key);
  return Array.isArray(data) ? data[Number(key)] : undefined;
}
