// Whether a container has a user namespace of its own, in which owners and devices are not what they are on the host.
import type { Draft } from './draft.ts';

const NAMESPACES = ['linux', 'namespaces'];

export function hasUserNamespace<N>(draft: Draft<N>): boolean {
  const readType = draft.entryTextOf(NAMESPACES, 'type');
  return draft.list(NAMESPACES).some((entry, place) => readType(entry, place) === 'user');
}
