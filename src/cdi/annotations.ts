// Requests for devices in container annotations: cdi.k8s.io/<plugin>_<id> = qualified names with commas.
import { compareBytes, countBytes } from '../text/byte-order.ts';
import { CdiError } from '../text/error.ts';
import { quote } from '../text/quote.ts';
import { findNameFault, findQualifiedNameFault } from './device-name.ts';

/** What the keys of requests start with. Go cdi.AnnotationPrefix. */
export const ANNOTATION_PREFIX = 'cdi.k8s.io/';

/** Of plugin and device ID together, in bytes. */
const LONGEST_NAME = 63;

/** What annotations ask for. */
export interface AnnotationRequests {
  /** keys with `ANNOTATION_PREFIX`, in the order of their UTF-8 bytes */
  readonly keys: readonly string[];
  /** qualified names, key by key in that order, as written and as often */
  readonly devices: readonly string[];
}

/**
 * Adds a request for devices to annotations.
 * @param plugin by convention `vendor.device-type`
 * @param devices qualified names; none make an empty value
 * @returns a new record with the request last; `annotations` is untouched
 * @throws {CdiError} BAD_ANNOTATION as `annotationKey` and `annotationValue`, and when the key is in use
 * @see Go cdi.UpdateAnnotations
 */
export function updateAnnotations(
  annotations: Readonly<Record<string, string>> | null | undefined,
  plugin: string,
  deviceID: string,
  devices: readonly string[] | null | undefined,
): Record<string, string> {
  const key = annotationKey(plugin, deviceID);
  if (annotations?.[key] !== undefined) {
    const what = `add annotation ${quote(key)}`;
    throw new CdiError('BAD_ANNOTATION', { what, why: 'the key is in use', hint: 'use another device ID' });
  }
  // A spread and a computed key define properties, so that a key "__proto__" is one like any other.
  return { ...annotations, [key]: annotationValue(devices) };
}

/**
 * Reads the requests for devices among annotations: all of them, or none if one is bad. Other keys are ignored.
 * @throws {CdiError} BAD_ANNOTATION when a name is not a qualified one; an empty value and a blank count as such
 * @see Go cdi.ParseAnnotations
 */
export function parseAnnotations(annotations: Readonly<Record<string, string>> | null | undefined): AnnotationRequests {
  const keys: string[] = [];
  for (const key of Object.keys(annotations ?? {})) if (key.startsWith(ANNOTATION_PREFIX)) keys.push(key);
  keys.sort(compareBytes);
  const devices: string[] = [];
  for (const key of keys) {
    for (const device of (annotations?.[key] ?? '').split(',')) {
      checkDevice(device, key);
      devices.push(device);
    }
  }
  return { keys, devices };
}

/**
 * Makes the key of a request: `cdi.k8s.io/<plugin>_<deviceID>`, slashes of the ID as underscores.
 * @throws {CdiError} BAD_ANNOTATION when either is empty, both together are longer than 63 bytes with the
 * underscore, or they hold more than ASCII letters, digits and `. _ -` with a letter or digit at the ends
 * @see Go cdi.AnnotationKey
 */
export function annotationKey(plugin: string, deviceID: string): string {
  const what = `make an annotation key for plugin ${quote(plugin)} and device ID ${quote(deviceID)}`;
  if (plugin === '' || deviceID === '') {
    const why = `the ${plugin === '' ? 'plugin' : 'device ID'} is empty`;
    throw new CdiError('BAD_ANNOTATION', { what, why, hint: 'give both' });
  }
  const name = `${plugin}_${deviceID.split('/').join('_')}`;
  const length = countBytes(name);
  if (length > LONGEST_NAME) {
    const why = `together they have ${length} bytes`;
    throw new CdiError('BAD_ANNOTATION', { what, why, hint: `use at most ${LONGEST_NAME} with the "_" between them` });
  }
  const fault = findNameFault('annotation name', name);
  if (fault !== undefined) throw new CdiError('BAD_ANNOTATION', { what, ...fault });
  return ANNOTATION_PREFIX + name;
}

/**
 * Makes the value of a request: the names joined by commas.
 * @throws {CdiError} BAD_ANNOTATION when a name is not a qualified one
 * @see Go cdi.AnnotationValue
 */
export function annotationValue(devices: readonly string[] | null | undefined): string {
  for (const device of devices ?? []) checkDevice(device, undefined);
  return devices?.join(',') ?? '';
}

function checkDevice(device: string, key: string | undefined): void {
  const fault = findQualifiedNameFault(device);
  if (fault === undefined) return;
  const what = key === undefined ? 'make an annotation value' : `read annotation ${quote(key)}`;
  const why = `device ${quote(device)}: ${fault.why}`;
  throw new CdiError('BAD_ANNOTATION', { what, why, hint: fault.hint });
}
