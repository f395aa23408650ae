// Mounts: replaced by destination, and sorted so that a parent comes before its child.
import type { Mount } from '../cdi/spec.ts';
import type { JsonValue } from '../text/json.ts';
import { cleanPath } from '../text/path.ts';
import type { Draft, Entry } from './draft.ts';
import type { Mode } from './mode.ts';
import { same } from './same.ts';

const PATH = ['mounts'];
const NAMESPACES = ['linux', 'namespaces'];

interface OciMount {
  readonly [field: string]: JsonValue | undefined;
  readonly destination: string;
}

/**
 * Puts each mount in the place of the first one with the same destination, at the end, and sorts all mounts,
 * the document's too, by depth (corpus NOTES 42).
 *
 * @see CDI SPEC "OCI Edits" (mounts); OCI config "Mounts"; Go sortMounts
 */
export function applyMounts<N>(draft: Draft<N>, mounts: readonly Mount[] | undefined, mode: Mode): void {
  if (mounts === undefined || mounts.length === 0) return;
  const mapped = hasUserNamespace(draft);
  const wanted = mounts.map((mount) => ociMount(mount, mapped));
  const entries = draft.list(PATH).map((entry): Known<N> => {
    return { entry, destination: 'kept' in entry ? draft.entryText(PATH, entry.kept, 'destination') : '' };
  });
  const added = mode === 'once' ? missing(draft, entries, wanted) : wanted;
  if (added.length === 0) return;
  const there = new Set(entries.map((known) => known.destination));
  for (const mount of added) {
    const destination = mount.destination;
    if (there.has(destination)) entries.splice(indexOf(entries, destination), 1);
    there.add(destination);
    entries.push({ entry: { value: mount }, destination });
  }
  draft.setList(PATH, sortByDepth(entries));
}

/** An entry of the list of mounts, with what it is known by. */
interface Known<N> {
  readonly entry: Entry<N>;
  readonly destination: string;
}

function indexOf<N>(entries: readonly Known<N>[], destination: string): number {
  return entries.findIndex((known) => known.destination === destination);
}

/** A parent must be mounted before its child; those of one depth keep their order. */
function sortByDepth<N>(entries: readonly Known<N>[]): Entry<N>[] {
  const levels: Entry<N>[][] = [];
  for (const known of entries) {
    const level = depth(known.destination);
    const list = levels[level];
    if (list === undefined) levels[level] = [known.entry];
    else list.push(known.entry);
  }
  return levels.flat();
}

/** Those whose last edit is not the last mount of that destination in the document. */
function missing<N>(draft: Draft<N>, entries: readonly Known<N>[], wanted: readonly OciMount[]): readonly OciMount[] {
  const there = new Map<string, Entry<N>>();
  for (const known of entries) there.set(known.destination, known.entry);
  if (!wanted.some((mount) => there.has(mount.destination))) return wanted;
  const last = new Map<string, OciMount>();
  for (const mount of wanted) last.set(mount.destination, mount);
  return wanted.filter((mount) => {
    const old = there.get(mount.destination);
    const final = last.get(mount.destination);
    return old === undefined || final === undefined || !('kept' in old) || !same(draft.reader, old.kept, final);
  });
}

function ociMount(mount: Mount, mapped: boolean): OciMount {
  const { type } = mount;
  const options = mapped ? withIdMapping(mount) : (mount.options ?? []);
  return {
    destination: mount.containerPath,
    type: type === '' ? undefined : type,
    source: mount.hostPath === '' ? undefined : mount.hostPath,
    options: options.length === 0 ? undefined : options,
  };
}

/** A bind mount of a container with a user namespace shows the host's owners (corpus NOTES 43). */
function withIdMapping(mount: Mount): readonly string[] {
  const options = mount.options ?? [];
  if (options.includes('idmap') || options.includes('ridmap')) return options;
  const byOption = options.findLast((option) => option === 'bind' || option === 'rbind');
  const kind = byOption ?? (mount.type === 'bind' ? 'bind' : undefined);
  return kind === undefined ? options : [...options, kind === 'rbind' ? 'ridmap' : 'idmap'];
}

function hasUserNamespace<N>(draft: Draft<N>): boolean {
  return draft
    .list(NAMESPACES)
    .some((entry) => 'kept' in entry && draft.entryText(NAMESPACES, entry.kept, 'type') === 'user');
}

/** Go counts the separators of the cleaned destination: `/` has one, like `/a`. */
function depth(destination: string): number {
  const isClean = !destination.includes('//') && !destination.includes('/.') && !destination.endsWith('/');
  const path = isClean && destination.startsWith('/') ? destination : cleanPath(destination);
  return path.split('/').length - 1;
}
