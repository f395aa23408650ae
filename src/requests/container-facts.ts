// What the engine itself wrote about a container: nothing here is in the hands of who wrote the pod or the image.
import type { Draft } from '../edits/draft.ts';

const CRI_TYPE = 'io.kubernetes.cri.container-type';
const CRI_NAMESPACE = 'io.kubernetes.cri.sandbox-namespace';
const CRI_POD = 'io.kubernetes.cri.sandbox-name';
const CRIO_TYPE = 'io.kubernetes.cri-o.ContainerType';
const CRIO_SANDBOX = 'io.kubernetes.cri-o.SandboxName';
/** Written by podman and CRI-O. */
const MANAGER = 'io.container.manager';

export interface ContainerFacts {
  /** the pause container of a pod, which never gets devices */
  readonly sandbox: boolean;
  readonly crio: boolean;
  /** made through the Container Runtime Interface, so for Kubernetes */
  readonly cri: boolean;
  /** whether it has the marks of two engines: one of them hands through what a pod's author wrote */
  readonly disputed: boolean;
  /** who made it, as far as its annotations tell */
  readonly engine: 'containerd-cri' | 'cri-o' | 'podman' | undefined;
  /** of the pod, under CRI */
  readonly namespace: string | undefined;
  readonly pod: string | undefined;
  /** whether the container has a user namespace of its own */
  readonly userNamespace: boolean;
  /** whether it may use every device and has CAP_SYS_ADMIN, as engines make it for "privileged" */
  readonly privileged: boolean;
}

type Annotations = ReadonlyMap<string, string | undefined>;

/** An engine writes its own keys after the pod author's values, so that those of that engine cannot be forged. */
export function readContainerFacts<N>(draft: Draft<N>, annotations: Annotations): ContainerFacts {
  const crio = annotations.has(CRIO_TYPE);
  const containerd = annotations.has(CRI_TYPE);
  return {
    sandbox: annotations.get(CRI_TYPE) === 'sandbox' || annotations.get(CRIO_TYPE) === 'sandbox',
    crio,
    cri: crio || containerd,
    disputed: crio && containerd,
    ...readNames(annotations, crio, containerd),
    // Looked for only where a rule asks: most documents need not be read that far.
    get userNamespace() {
      return hasUserNamespace(draft);
    },
    get privileged() {
      return allowsEveryDevice(draft) && hasSysAdmin(draft);
    },
  };
}

type Named = Pick<ContainerFacts, 'engine' | 'namespace' | 'pod'>;

function readNames(annotations: Annotations, crio: boolean, containerd: boolean): Named {
  if (crio && containerd) return { engine: undefined, namespace: undefined, pod: undefined };
  if (crio) return readCrioNames(annotations);
  const [namespace, pod] = containerd ? [annotations.get(CRI_NAMESPACE), annotations.get(CRI_POD)] : [];
  const other = annotations.get(MANAGER) === 'libpod' ? 'podman' : undefined;
  return { engine: containerd ? 'containerd-cri' : other, namespace, pod };
}

/**
 * CRI-O names a sandbox `k8s_POD_NAMESPACE_UID_ATTEMPT`; the names in it have no underscores. Its keys for the names
 * alone are not used: under CRI-O a pod's author can write any annotation but those that it writes itself.
 */
function readCrioNames(annotations: Annotations): Named {
  const parts = (annotations.get(CRIO_SANDBOX) ?? '').split('_');
  const [, pod, namespace] = parts.length === 5 && parts[0] === 'k8s' ? parts : [];
  return { engine: 'cri-o', namespace, pod };
}

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
