// The rules that Kubernetes has for annotations: what Go's schema package checks beside the schema, in YAML only.
import { countBytes } from '../text/byte-order.ts';
import { quote } from '../text/quote.ts';
import { isFields, isList, type Value } from './value.ts';
import { describe, type Violation } from './violation.ts';

/** Of a key's name, in bytes. */
const LONGEST_NAME = 63;

/** Of a key's prefix, in bytes. */
const LONGEST_PREFIX = 253;

/** Of all keys and values together, in bytes. */
const LARGEST = 256 * 1024;

const NAME = /^([a-z0-9][-a-z0-9_.]*)?[a-z0-9]$/;
const LABEL = '[a-z0-9]([-a-z0-9]*[a-z0-9])?';
const PREFIX = new RegExp(`^${LABEL}(\\.${LABEL})*$`);

/** What is wrong with the annotations of a spec and of its devices. */
export function findAnnotationFaults(spec: Value): Violation[] {
  if (!isFields(spec)) return [];
  const faults = findFaults(spec['annotations'], ['annotations']);
  const devices = spec['devices'];
  if (!isList(devices)) return faults;
  for (const [index, device] of devices.entries()) {
    if (isFields(device)) faults.push(...findFaults(device['annotations'], ['devices', index, 'annotations']));
    else if (device !== null) {
      faults.push({ field: ['devices', index], why: `${describe(device)} stands where a mapping is needed` });
    }
  }
  return faults;
}

function findFaults(annotations: Value | undefined, field: readonly (string | number)[]): Violation[] {
  if (!isFields(annotations)) return [];
  const faults: Violation[] = [];
  let size = 0;
  for (const [key, value] of Object.entries(annotations)) {
    const fault = typeof value === 'string' ? findKeyFault(key) : `${describe(value)} stands where a text is needed`;
    if (fault !== undefined) faults.push({ field: [...field, key], why: fault });
    size += countBytes(key) + (typeof value === 'string' ? countBytes(value) : 0);
  }
  if (size > LARGEST) {
    faults.push({ field, why: `together they have ${size} bytes`, hint: `use at most ${LARGEST}` });
  }
  return faults;
}

function findKeyFault(key: string): string | undefined {
  // Go's lower case of a dotted capital I is an i; JavaScript's has two characters.
  const parts = key.replaceAll('\u0130', 'i').toLowerCase().split('/');
  const [name = '', prefix] = parts.reverse();
  if (parts.length > 2) return 'the key has more than one "/"';
  if (prefix === '') return 'the key has nothing before its "/"';
  if (prefix !== undefined && countBytes(prefix) > LONGEST_PREFIX) {
    return `the key has more than ${LONGEST_PREFIX} bytes before its "/"`;
  }
  if (prefix !== undefined && !PREFIX.test(prefix)) return `the key's prefix ${quote(prefix)} is no domain name`;
  if (name === '') return prefix === undefined ? 'the key is empty' : 'the key has nothing after its "/"';
  if (countBytes(name) > LONGEST_NAME) return `the key's name has more than ${LONGEST_NAME} bytes`;
  if (!NAME.test(name)) return 'the key needs a letter or digit at both ends, and between them also . _ - only';
  return undefined;
}
