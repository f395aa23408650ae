// Whether a container has a user namespace of its own, in which owners and devices are not what they are on the host.
import type { Draft } from './draft.ts';

const NAMESPACES = ['linux', 'namespaces'];

export function hasUserNamespace<N>(draft: Draft<N>): boolean {
  let place = 0;
  const types = draft.scalars(NAMESPACES, 'type') ?? [];
  for (const type of types) {
    if (type === 'user') return true;
    if (type === undefined) break;
    ++place;
  }
  if (place > 0 && place === types.length) return false;
  for (const entry of draft.list(NAMESPACES).slice(place)) {
    if ('kept' in entry && draft.entryText(NAMESPACES, entry.kept, 'type') === 'user') return true;
  }
  return false;
}
