// Requests for devices in container annotations: cdi.k8s.io/<plugin>_<id> = qualified names with commas.
import { compareBytes, countBytes } from '../text/byte-order.ts';
import { demandText } from '../text/demand-text.ts';
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
  const known = takeAnnotations(annotations);
  if (known.has(key)) {
    const what = `add annotation ${quote(key)}`;
    throw new CdiError('BAD_ANNOTATION', { what, why: 'the key is in use', hint: 'use another device ID' });
  }
  // A spread and a computed key define properties, so that a key "__proto__" is one like any other.
  return { ...Object.fromEntries(known), [key]: annotationValue(devices) };
}

/**
 * Reads the requests for devices among annotations: all of them, or none if one is bad. Other keys are ignored.
 * @throws {CdiError} BAD_ANNOTATION when a name is not a qualified one; an empty value and a blank count as such
 * @see Go cdi.ParseAnnotations
 */
export function parseAnnotations(annotations: Readonly<Record<string, string>> | null | undefined): AnnotationRequests {
  const known = takeAnnotations(annotations);
  const keys = [...known.keys()].filter((key) => key.startsWith(ANNOTATION_PREFIX)).sort(compareBytes);
  const devices: string[] = [];
  for (const key of keys) {
    const value = known.get(key) ?? '';
    demandText(value, `read annotation ${quote(key)}`);
    for (const device of value.split(',')) {
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
  demandText(plugin, 'make an annotation key');
  demandText(deviceID, 'make an annotation key');
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
  const given = takeList(devices);
  for (const device of given) checkDevice(device, undefined);
  return given.join(',');
}

/** @throws {CdiError} BAD_ARGUMENT */
function takeList(devices: readonly string[] | null | undefined): readonly string[] {
  const what = 'make an annotation value';
  try {
    if (Array.isArray(devices ?? [])) return [...(devices ?? [])];
  } catch (cause) {
    throw new CdiError('BAD_ARGUMENT', { what, why: 'the names of devices cannot be read', cause });
  }
  throw new CdiError('BAD_ARGUMENT', { what, why: 'the names of devices are no list' });
}

/** Annotations by their keys. Undefined counts as absent. @throws {CdiError} BAD_ARGUMENT for what is no plain data */
function takeAnnotations(annotations: object | null | undefined): ReadonlyMap<string, string> {
  try {
    const entries: [string, string][] = Object.entries(annotations ?? {});
    return new Map(entries.filter(([, value]) => value !== undefined));
  } catch (cause) {
    const why = 'they cannot be read as plain data';
    throw new CdiError('BAD_ARGUMENT', { what: 'read annotations', why, cause });
  }
}

function checkDevice(device: string, key: string | undefined): void {
  const fault = findQualifiedNameFault(device);
  if (fault === undefined) return;
  const what = key === undefined ? 'make an annotation value' : `read annotation ${quote(key)}`;
  const why = `device ${quote(device)}: ${fault.why}`;
  throw new CdiError('BAD_ANNOTATION', { what, why, hint: fault.hint });
}
