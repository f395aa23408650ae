// Whether a container has a user namespace of its own, in which owners and devices are not what they are on the host.
import type { Draft } from './draft.ts';

const NAMESPACES = ['linux', 'namespaces'];

export function hasUserNamespace<N>(draft: Draft<N>): boolean {
  return draft.elements(NAMESPACES).some((entry) => draft.entryText(NAMESPACES, entry, 'type') === 'user');
}
