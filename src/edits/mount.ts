// Mounts: replaced by destination, and sorted so that a parent comes before its child.
import type { Mount } from '../cdi/spec.ts';
import type { JsonValue } from '../text/json.ts';
import { cleanPath } from '../text/path.ts';
import type { Draft } from './draft.ts';
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
  const entries = draft.list(PATH).map((entry) => ({
    entry,
    destination: 'kept' in entry ? draft.entryText(PATH, entry.kept, 'destination') : '',
  }));
  const added = mode === 'once' ? missing(draft, entries, wanted) : wanted;
  if (added.length === 0) return;
  const there = new Set(entries.map((known) => known.destination));
  for (const mount of added) {
    const { destination } = mount;
    if (there.has(destination)) {
      const old = entries.findIndex((known) => known.destination === destination);
      entries.splice(old, 1);
    }
    there.add(destination);
    entries.push({ entry: { value: mount }, destination });
  }
  const sorted = entries.map((known) => ({ entry: known.entry, depth: depth(known.destination) }));
  sorted.sort((a, b) => a.depth - b.depth);
  draft.setList(
    PATH,
    sorted.map((known) => known.entry),
  );
}

/** Those whose last edit is not the last mount of that destination in the document. */
function missing<N>(
  draft: Draft<N>,
  entries: readonly { readonly entry: { kept: N } | { value: JsonValue }; readonly destination: string }[],
  wanted: readonly OciMount[],
): readonly OciMount[] {
  const there = new Map(entries.map(({ entry, destination }) => [destination, entry]));
  const last = new Map(wanted.map((mount) => [mount.destination, mount]));
  return wanted.filter(({ destination }) => {
    const old = there.get(destination);
    const final = last.get(destination);
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
