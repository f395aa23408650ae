// For a device that does not resolve: why, and the devices that were perhaps meant.
import { isQualifiedName, parseDevice, qualifiedName } from '../src/cdi/device-name.ts';
import { findNearest } from '../src/text/nearest.ts';
import type { Verdict } from './judge.ts';

export interface Suggestion {
  readonly device: string;
  readonly nearest: readonly string[];
}

/** Of each device that is asked for and that no spec has. */
export function suggestDevices({ plan, index }: Verdict): readonly Suggestion[] {
  const asked = new Set((plan?.decisions ?? []).map(({ request }) => request.device));
  const known = [...index.devices.keys()];
  return [...asked]
    .filter((device) => !index.devices.has(device) && isQualifiedName(device))
    .map((device) => ({ device, nearest: findMeant(device, known) }));
}

/** By the part of the name that is wrong: the device's, or else all of it. */
function findMeant(device: string, known: readonly string[]): readonly string[] {
  const { vendor, class: className, name } = parseDevice(device);
  const ofKind = known.filter((one) => one.startsWith(qualifiedName(vendor, className, '')));
  const names = findNearest(
    name,
    ofKind.map((one) => parseDevice(one).name),
  );
  return ofKind.length > 0 ? names.map((one) => qualifiedName(vendor, className, one)) : findNearest(device, known);
}
