// The devices that names and patterns of a command line mean, among those that resolve.

import { makeConflictError, makeUnresolvedError } from '../../registry/resolve.ts';
import { compareBytes } from '../../text/byte-order.ts';
import { CdiError } from '../../text/error.ts';
import { matchesGlob } from '../../text/glob.ts';
import { suggestNearest } from '../../text/nearest.ts';
import { quote } from '../../text/quote.ts';
import type { SpecView } from '../look.ts';

/** Whether a word is a pattern: no name of a device has these characters. */
export function isPattern(word: string): boolean {
  return /[*?]/.test(word);
}

/**
 * Qualified names, each once: in the order of the words, and those of one pattern by their bytes.
 *
 * @throws {CdiError} UNRESOLVED_DEVICE, DEVICE_CONFLICT for a word that means no device, with the nearest names
 */
export function matchDevices(found: SpecView, words: readonly string[]): readonly string[] {
  return [
    ...new Set(words.flatMap((word) => (isPattern(word) ? findMatching(found, word) : [requireDevice(found, word)]))),
  ];
}

function requireDevice({ index, scan, directories, sources }: SpecView, name: string): string {
  if (index.devices.has(name)) return name;
  throw makeUnresolvedError(name, scan, index, directories, sources.words);
}

function findMatching({ index }: SpecView, pattern: string): readonly string[] {
  const names = [...index.devices.keys()].sort(compareBytes);
  const matched = names.filter((name) => matchesGlob(pattern, name));
  if (matched.length > 0) return matched;
  for (const [name, files] of index.conflicts)
    if (matchesGlob(pattern, name)) throw makeConflictError(name, files, files[0]);
  throw new CdiError('UNRESOLVED_DEVICE', {
    what: `find devices for ${quote(pattern)}`,
    why: names.length === 0 ? 'no device resolves' : `none of ${names.length === 1 ? 'one' : names.length} matches`,
    hint: suggestNearest(pattern, names) ?? 'see cdictl devices',
  });
}
