// Which devices a command line means: patterns over their names, and filters over what they are.
import { isQualifiedName } from '../../cdi/device-name.ts';
import { getHostPath } from '../../edits/node-finding.ts';
import type { IndexedDevice } from '../../registry/device-index.ts';
import { makeConflictError } from '../../registry/resolve.ts';
import { CdiError } from '../../text/error.ts';
import { matchesGlob } from '../../text/glob.ts';
import { quote } from '../../text/quote.ts';
import type { Arguments } from '../command.ts';
import { suggestWord } from '../did-you-mean.ts';
import { matchDevices } from '../document/match-devices.ts';
import type { SpecView } from '../look.ts';
import { UsageError } from '../usage-error.ts';
import type { HostView } from './rows.ts';

/** What a filter asks of a device. */
interface Facts {
  readonly view: HostView;
  readonly holdersOf: (name: string) => readonly string[];
}

export type Filter = (device: IndexedDevice, facts: Facts) => boolean;

const WORDS: Readonly<Record<string, Filter>> = {
  stale: ({ device, file }, { view }) =>
    view.lacksOf(device.containerEdits).length > 0 || view.lacksOf(file.spec.containerEdits).length > 0,
  held: ({ name }, { holdersOf }) => holdersOf(name).length > 0,
  free: ({ name }, { holdersOf }) => holdersOf(name).length === 0,
};

const PATTERNS: Readonly<Record<string, (pattern: string) => Filter>> = {
  kind: (pattern) => (device) => matchesGlob(pattern, device.file.spec.kind),
  spec: (pattern) => (device) => matchesGlob(pattern, device.file.path),
  node: (pattern) => (device) =>
    (device.device.containerEdits.deviceNodes ?? []).some(
      (node) => matchesGlob(pattern, node.path) || matchesGlob(pattern, getHostPath(node)),
    ),
};

/** Filters by how they are written; those with `=` go on with a pattern. */
export const FILTERS: readonly string[] = [...Object.keys(WORDS), ...Object.keys(PATTERNS).map((name) => `${name}=`)];

/** Whether a command line asks who holds what. */
export function asksForHolders(given: Arguments): boolean {
  return given.values('filter').some((word) => word === 'held' || word === 'free');
}

/**
 * Those that one of the patterns means, and all of the filters leave.
 *
 * @throws {CdiError} UNRESOLVED_DEVICE, DEVICE_CONFLICT for a pattern that means none
 */
export function chooseDevices(
  found: SpecView,
  devices: readonly IndexedDevice[],
  patterns: readonly string[],
  filters: readonly Filter[],
  facts: Facts,
): readonly IndexedDevice[] {
  const meant = patterns.map((pattern) => {
    const matched = devices.filter(({ name }) => isMeant(pattern, name));
    if (matched.length === 0) refuse(found, pattern);
    return new Set(matched);
  });
  return devices.filter(
    (device) =>
      (meant.length === 0 || meant.some((matched) => matched.has(device))) &&
      filters.every((filter) => filter(device, facts)),
  );
}

function isMeant(pattern: string, name: string): boolean {
  const [kind = ''] = name.split('=');
  return matchesGlob(pattern, name) || matchesGlob(pattern, kind) || kind.startsWith(`${pattern}/`);
}

/** What means no device: that of a name is known best by who resolves it. */
function refuse(found: SpecView, pattern: string): never {
  if (isQualifiedName(pattern)) matchDevices(found, [pattern]);
  for (const [name, files] of found.index.conflicts)
    if (isMeant(pattern, name)) throw makeConflictError(name, files, files[0]);
  const kinds = [...new Set(found.scan.specs.map(({ spec }) => spec.kind))];
  const vendors = kinds.map((kind) => kind.slice(0, kind.indexOf('/')));
  throw new CdiError('UNRESOLVED_DEVICE', {
    what: `find devices for ${quote(pattern)}`,
    why: kinds.length === 0 ? 'no device resolves' : 'it is no device, kind or vendor here, and no pattern of one',
    hint:
      suggestWord(pattern, [...new Set([...kinds, ...vendors, ...found.index.devices.keys()])]) ?? 'see cdictl devices',
  });
}

/** @throws {UsageError} for a filter that there is not */
export function parseFilter(word: string): Filter {
  const [, key = '', pattern] = /^([^=]*)(?:=(.*))?$/s.exec(word) ?? [];
  if (pattern === '' && Object.hasOwn(PATTERNS, key))
    throw new UsageError(`filter ${quote(word)} has no pattern`, `write ${key}=GLOB`);
  const filter = pattern === undefined ? getOwn(WORDS, key) : getOwn(PATTERNS, key)?.(pattern);
  if (filter !== undefined) return filter;
  const known = FILTERS.map((name) => (name.endsWith('=') ? `${name}GLOB` : name));
  throw new UsageError(`filter ${quote(word)} is none of ${known.join(', ')}`, suggestWord(word, FILTERS));
}

function getOwn<V>(table: Readonly<Record<string, V>>, key: string): V | undefined {
  return Object.hasOwn(table, key) ? table[key] : undefined;
}
