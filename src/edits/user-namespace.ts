// Whether a container has a user namespace of its own, in which owners and devices are not what they are on the host.
import type { Draft } from './draft.ts';

const NAMESPACES = ['linux', 'namespaces'];

/** An entry of another form is the runtime's to refuse. */
export function hasUserNamespace<N>(draft: Draft<N>): boolean {
  const isUsers = (node: N): boolean =>
    draft.reader.kind(node) === 'object' && draft.entryText(NAMESPACES, node, 'type') === 'user';
  return draft.list(NAMESPACES).some((entry) => 'kept' in entry && isUsers(entry.kept));
}
