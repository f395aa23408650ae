// The annotations that nobody may take over from an image, since they ask for devices: for the runtime's `features`.
import type { Settings } from '../settings/settings.ts';
import { OPTIONAL } from './from-annotations.ts';

/**
 * Of each prefix that counts, as it is, and as far as a dot: what ends in one is a prefix to the runtime specification,
 * all else a whole key.
 */
export function listUnsafeAnnotations({ annotations: { enabled, prefixes } }: Settings['requests']): readonly string[] {
  if (enabled === false) return [];
  const all = prefixes.flatMap((prefix) => [prefix, `${OPTIONAL}${prefix}`]);
  const dotted = all.map((prefix) => prefix.slice(0, prefix.lastIndexOf('.') + 1)).filter((prefix) => prefix !== '');
  return [...new Set([...all, ...dotted])];
}
