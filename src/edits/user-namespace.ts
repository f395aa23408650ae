// Whether a container has a user namespace of its own, in which owners and devices are not what they are on the host.
import type { Draft } from './draft.ts';

const NAMESPACES = ['linux', 'namespaces'];

export function hasUserNamespace<N>(draft: Draft<N>): boolean {
  const types = draft.scalars(NAMESPACES, 'type');
  let place = 0;
  for (const entry of draft.list(NAMESPACES)) {
    const type = types?.[place++];
    if (type === 'user') return true;
    if (type === undefined && 'kept' in entry && draft.entryText(NAMESPACES, entry.kept, 'type') === 'user')
      return true;
  }
  return false;
}
