// Mounts: replaced by destination, and sorted so that a parent comes before its child.
import type { JsonValue } from '../text/json.ts';
import { cleanPath } from '../text/path.ts';
import { type FieldTable, recordsOf, textList } from '../text/yaml-decode.ts';
import { text } from '../text/yaml-reader.ts';
import type { DeviceLookup } from './device-lookup.ts';
import { type Draft, type Entry, replaceEntries } from './draft.ts';
import type { Edit } from './edit.ts';
import { type FieldFault, makeMissingFault } from './fault.ts';
import type { EditKind } from './kind.ts';
import type { Mode } from './mode.ts';
import { findMountProblem, settleMount } from './mount-finding.ts';
import { isSame } from './same.ts';
import { hasUserNamespace } from './user-namespace.ts';
import { getText, getTexts, writeFrom, writeInBrackets } from './words.ts';

/** A mount in the container. Go specs.Mount. */
export type Mount = {
  /** what is mounted: a path on the host, or what stands for the source of the `type`. CDI "OCI Edits" */
  readonly hostPath: string;
  /** where it shows in the container: an absolute path. CDI "OCI Edits" */
  readonly containerPath: string;
  /** options as mount(8) has them, such as `ro`, `nosuid`, `rbind`. CDI "OCI Edits"; OCI config "Mounts" */
  readonly options?: readonly string[] | undefined;
  /** a type of file system, such as `tmpfs`; bind mounts need none. From 0.4.0. CDI "OCI Edits" */
  readonly type?: string | undefined;
};

const PATH = ['mounts'];
const FIELDS: FieldTable<Mount> = { hostPath: text, containerPath: text, options: textList, type: text };

export const mounts: EditKind<'mounts', Mount> = {
  name: 'mounts',
  word: 'mount',
  path: PATH,
  isList: true,
  isRepeated: false,
  decode: recordsOf(FIELDS, { hostPath: '', containerPath: '' }),
  needs: [{ version: '0.4.0', field: 'type', words: 'a mount with a type' }],
  fields: FIELDS,
  always: ['hostPath', 'containerPath'],
  fault: findMountFault,
  finding: findMountProblem,
  settled: settleMount,
  apply: applyMounts,
  key: (mount) => mount.containerPath,
  words: ({ hostPath, containerPath, type = '', options = [] }) =>
    `${containerPath}${writeFrom(hostPath, containerPath)}${writeInBrackets([type, ...options])}`,
  oldWords: (old) => getText(old, 'source') + writeInBrackets([getText(old, 'type'), ...getTexts(old, 'options')]),
  covered: findCovered,
};

function findMountFault(mount: Mount): FieldFault | undefined {
  if (mount.hostPath === '') return makeMissingFault('hostPath', 'mount');
  return mount.containerPath === '' ? makeMissingFault('containerPath', 'mount') : undefined;
}

interface OciMount {
  readonly [field: string]: JsonValue | undefined;
  readonly destination: string;
}

/** A mount that the document is to have, and whose it is. */
interface WantedMount {
  readonly value: OciMount;
  readonly from: Edit;
}

/**
 * Puts each mount in the place of the first one with the same destination, at the end, and sorts all mounts,
 * the document's too, by depth (corpus NOTES 42).
 *
 * @see CDI SPEC "OCI Edits" (mounts); OCI config "Mounts"; Go sortMounts
 */
function applyMounts<N>(draft: Draft<N>, edits: readonly Edit<Mount>[], _: DeviceLookup, mode: Mode): void {
  const mapped = hasUserNamespace(draft);
  const entries = draft.list(PATH);
  const destinations = [...draft.readListTexts(PATH, 'destination')];
  const there = new Set(destinations);
  const size = there.size + edits.length;
  const wanted: WantedMount[] = [];
  const added: string[] = [];
  for (const from of edits) {
    const value = makeOciMount(from.value, mapped);
    there.add(value.destination);
    added[wanted.length] = value.destination;
    wanted[wanted.length] = { value, from };
  }
  if (there.size === size) {
    // As most are, of which none has the destination of another.
    draft.setList(PATH, sortByDepth([...entries, ...wanted], [...destinations, ...added]));
    return;
  }
  const missing = mode === 'once' ? findMissingMounts(draft, entries, destinations, wanted) : wanted;
  if (missing.length === 0) return;
  replaceMounts(entries, destinations, missing);
  draft.setList(PATH, sortByDepth(entries, destinations));
}

/** Each in the place of the first that is left of its destination. */
function replaceMounts<N>(
  entries: (Entry<N> | undefined)[],
  destinations: string[],
  mounts: readonly WantedMount[],
): void {
  const places = new Map<string, number[]>();
  for (const { value } of mounts) places.set(value.destination, []);
  let place = 0;
  for (const destination of destinations) {
    places.get(destination)?.push(place);
    place += 1;
  }
  for (const mount of mounts) {
    const { destination } = mount.value;
    const known = places.get(destination) ?? [];
    const first = known.shift() ?? entries.length;
    const old = entries[first];
    known.push(entries.length);
    entries.push(old === undefined ? mount : replaceEntries(mount, old));
    destinations.push(destination);
    if (old !== undefined) entries[first] = undefined;
  }
}

/** Mounts come in the order of the list: a later one covers what was mounted there or below before. */
function findCovered<N>(draft: Draft<N>, list: readonly Entry<N>[]): (entry: Entry<N>) => readonly Entry<N>[] {
  const known = list.map((entry, place) => ({
    entry,
    place,
    path: cleanPath(
      'kept' in entry ? draft.entryText(PATH, entry.kept, 'destination') : getText(entry.value, 'destination'),
    ),
  }));
  const places = new Map(known.map((one) => [one.entry, one]));
  const below = new Map<string, typeof known>();
  for (const one of known)
    for (let path = one.path; path !== ''; path = findParent(path)) {
      const others = below.get(path);
      if (others === undefined) below.set(path, [one]);
      else others.push(one);
    }
  return (entry) => {
    const { place = 0, path = '' } = places.get(entry) ?? {};
    return (below.get(path) ?? []).filter((other) => other.place < place).map((other) => other.entry);
  };
}

/** Empty for what is in no other directory. */
function findParent(path: string): string {
  const slash = path.lastIndexOf('/');
  return slash === 0 && path.length > 1 ? '/' : path.slice(0, Math.max(slash, 0));
}

/** A parent must be mounted before its child; those of one depth keep their order. */
function sortByDepth<N>(entries: readonly (Entry<N> | undefined)[], destinations: readonly string[]): Entry<N>[] {
  const levels: Entry<N>[][] = [];
  // Most are right in the directory of the one before, as far as that is plain: names of one or two letters may be dots.
  let directory = '';
  let level: Entry<N>[] = [];
  let place = 0;
  for (const destination of destinations) {
    const entry = entries[place];
    place += 1;
    if (entry === undefined) continue;
    const { length } = directory;
    const isLong = length > 0 && destination.length > length + 2;
    if (!isLong || !destination.startsWith(directory) || destination.indexOf('/', length) >= 0) {
      level = levels[countSlashes(cleanPath(destination))] ??= [];
      directory = destination.slice(0, destination.lastIndexOf('/') + 1);
    }
    level[level.length] = entry;
  }
  return levels.flat();
}

/** Those whose last edit is not the last mount of that destination in the document. */
function findMissingMounts<N>(
  draft: Draft<N>,
  entries: readonly Entry<N>[],
  destinations: readonly string[],
  wanted: readonly WantedMount[],
): readonly WantedMount[] {
  const there = new Map<string, Entry<N>>();
  let place = 0;
  for (const entry of entries) there.set(destinations[place++] ?? '', entry);
  const last = new Map<string, OciMount>();
  for (const { value } of wanted) last.set(value.destination, value);
  return wanted.filter(({ value: { destination } }) => {
    const old = there.get(destination);
    const final = last.get(destination);
    return old === undefined || final === undefined || !('kept' in old) || !isSame(draft.reader, old.kept, final);
  });
}

function makeOciMount(mount: Mount, mapped: boolean): OciMount {
  const { containerPath: destination, type = '' } = mount;
  const source = mount.hostPath === '' ? undefined : mount.hostPath;
  const given = mapped ? addIdMapping(mount) : (mount.options ?? []);
  const options = given.length === 0 ? undefined : given;
  return type === '' ? { destination, source, options } : { destination, type, source, options };
}

/** A bind mount of a container with a user namespace shows the host's owners (corpus NOTES 43). */
function addIdMapping(mount: Mount): readonly string[] {
  const options = mount.options ?? [];
  if (options.includes('idmap') || options.includes('ridmap')) return options;
  const byOption = options.findLast((option) => option === 'bind' || option === 'rbind');
  const kind = byOption ?? (mount.type === 'bind' ? 'bind' : undefined);
  return kind === undefined ? options : [...options, kind === 'rbind' ? 'ridmap' : 'idmap'];
}

/** Go counts the separators of the cleaned destination: `/` has one, like `/a`. */
function countSlashes(path: string): number {
  let count = 0;
  for (let slash = path.indexOf('/'); slash >= 0; slash = path.indexOf('/', slash + 1)) ++count;
  return count;
}
