// Whether a container has a user namespace of its own, in which owners and devices are not what they are on the host.
import type { Draft } from './draft.ts';

/** An entry of another form is the runtime's to refuse. */
export function hasUserNamespace<N>(draft: Draft<N>): boolean {
  const { reader } = draft;
  return draft.list(['linux', 'namespaces']).some((entry) => {
    if (!('kept' in entry) || reader.kind(entry.kept) !== 'object') return false;
    const type = reader.members(entry.kept).find(([name]) => name === 'type')?.[1];
    return type !== undefined && reader.kind(type) === 'string' && reader.string(type) === 'user';
  });
}
