// What is known of a container, by what its engine wrote about it, and what follows from that whatever the policy says.
import type { Draft } from '../edits/draft.ts';
import type { Source } from '../settings/settings.ts';
import { type Annotations, type DisputedFact, type EngineMarks, readEngineMarks } from './engine-marks.ts';

/** Why a request comes to nothing in a container, where no rule forbids it. */
export interface Withheld {
  readonly by: 'sandbox' | 'checkpoint';
  readonly reason: string;
}

export interface ContainerFacts extends EngineMarks {
  /** whether the container has a user namespace of its own */
  readonly userNamespace: boolean;
  /** whether it may use every device and has CAP_SYS_ADMIN, as engines make it for "privileged" */
  readonly privileged: boolean;
  /** why no request of this source is granted here; undefined where the policy alone decides */
  withhold(source: Source): Withheld | undefined;
}

/** @param restored whether the container comes from a checkpoint */
export function readContainerFacts<N>(draft: Draft<N>, annotations: Annotations, restored = false): ContainerFacts {
  const marks = readEngineMarks(annotations, restored);
  return {
    ...marks,
    // Looked for only where a rule asks: most documents need not be read that far.
    get userNamespace() {
      return hasUserNamespace(draft);
    },
    get privileged() {
      return allowsEveryDevice(draft) && hasSysAdmin(draft);
    },
    withhold: (source) =>
      marks.sandbox ? SANDBOX : restored && marks.cri && source === 'annotation' ? CHECKPOINT : undefined,
  };
}

/** For outputs: what cannot be known of a container; undefined where all is well. */
export function listDisputed({
  disputedFacts,
}: Pick<ContainerFacts, 'disputedFacts'>): readonly DisputedFact[] | undefined {
  return disputedFacts.length === 0 ? undefined : disputedFacts;
}

const SANDBOX: Withheld = { by: 'sandbox', reason: 'it has a mark of a pod sandbox, which never gets devices' };

/** Engines of Kubernetes take a container's annotations out of the image that the checkpoint is in. */
const CHECKPOINT: Withheld = {
  by: 'checkpoint',
  reason: 'a restored container has the annotations of its checkpoint image, and an image cannot ask',
};

/** A member of an entry of a list in the document, as text; undefined for any other. */
function readMember<N>({ reader }: Draft<N>, entry: N, key: string): string | undefined {
  if (reader.kind(entry) !== 'object') return undefined;
  const found = reader.members(entry).find(([name]) => name === key)?.[1];
  if (found === undefined) return undefined;
  const kind = reader.kind(found);
  return kind === 'string' ? reader.string(found) : kind === 'number' ? reader.number(found) : kind;
}

function hasUserNamespace<N>(draft: Draft<N>): boolean {
  return draft
    .list(['linux', 'namespaces'])
    .some((entry) => 'kept' in entry && readMember(draft, entry.kept, 'type') === 'user');
}

const ACCESS = ['r', 'w', 'm'];
/** Of a rule's type, each type of node that it is about: none means all, and `u` is a character device as well. */
const RULED = new Map(Object.entries({ '': 'bc', a: 'bc', b: 'b', c: 'c', u: 'c' }));

/** Whether the rules for all numbers leave every access to block and to character devices, in one rule or in several. */
function allowsEveryDevice<N>(draft: Draft<N>): boolean {
  const allowed = new Set<string>();
  for (const entry of draft.list(['linux', 'resources', 'devices'])) {
    if (!('kept' in entry)) continue;
    const isNumbered = ['major', 'minor'].some((key) => {
      const number = readMember(draft, entry.kept, key);
      return number !== undefined && number !== 'null' && number !== '-1';
    });
    if (isNumbered) continue;
    const isAllowed = readMember(draft, entry.kept, 'allow') === 'true';
    const access = readMember(draft, entry.kept, 'access') ?? '';
    for (const type of RULED.get(readMember(draft, entry.kept, 'type') ?? '') ?? '') {
      for (const letter of ACCESS.filter((one) => access.includes(one))) {
        if (isAllowed) allowed.add(type + letter);
        else allowed.delete(type + letter);
      }
    }
  }
  return allowed.size === 2 * ACCESS.length;
}

function hasSysAdmin<N>(draft: Draft<N>): boolean {
  const { reader } = draft;
  return draft
    .list(['process', 'capabilities', 'bounding'])
    .some(
      (entry) =>
        'kept' in entry && reader.kind(entry.kept) === 'string' && reader.string(entry.kept) === 'CAP_SYS_ADMIN',
    );
}
