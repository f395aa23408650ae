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

/** The engines write their keys after the pod author's values, so that these cannot be forged. */
export function containerFacts<N>(draft: Draft<N>, annotations: Annotations): ContainerFacts {
  const crio = annotations.has(CRIO_TYPE);
  const cri = crio || annotations.has(CRI_TYPE);
  const [pod, namespace] = crio
    ? crioPod(annotations)
    : cri
      ? [annotations.get(CRI_POD), annotations.get(CRI_NAMESPACE)]
      : [];
  return {
    sandbox: annotations.get(CRI_TYPE) === 'sandbox' || annotations.get(CRIO_TYPE) === 'sandbox',
    crio,
    cri,
    engine: crio ? 'cri-o' : cri ? 'containerd-cri' : annotations.get(MANAGER) === 'libpod' ? 'podman' : undefined,
    namespace,
    pod,
    // Looked for only where a rule asks: most documents need not be read that far.
    get userNamespace() {
      return hasUserNamespace(draft);
    },
    get privileged() {
      return allowsEveryDevice(draft) && hasSysAdmin(draft);
    },
  };
}

/** CRI-O names a sandbox `k8s_POD_NAMESPACE_UID_ATTEMPT`; the names in it have no underscores. */
function crioPod(annotations: Annotations): readonly [pod?: string, namespace?: string] {
  const parts = (annotations.get(CRIO_SANDBOX) ?? '').split('_');
  return parts.length === 5 && parts[0] === 'k8s' ? [parts[1] ?? '', parts[2] ?? ''] : [];
}

/** A member of an entry of a list in the document, as text; undefined for any other. */
function member<N>({ reader }: Draft<N>, entry: N, key: string): string | undefined {
  if (reader.kind(entry) !== 'object') return undefined;
  const found = reader.members(entry).find(([name]) => name === key)?.[1];
  if (found === undefined) return undefined;
  const kind = reader.kind(found);
  return kind === 'string' ? reader.string(found) : kind === 'number' ? reader.number(found) : kind;
}

function hasUserNamespace<N>(draft: Draft<N>): boolean {
  return draft
    .list(['linux', 'namespaces'])
    .some((entry) => 'kept' in entry && member(draft, entry.kept, 'type') === 'user');
}

/** The last rule for all devices decides. */
function allowsEveryDevice<N>(draft: Draft<N>): boolean {
  let all = false;
  for (const entry of draft.list(['linux', 'resources', 'devices'])) {
    if (!('kept' in entry)) continue;
    const type = member(draft, entry.kept, 'type') ?? 'a';
    const isNumbered = ['major', 'minor'].some((key) => {
      const number = member(draft, entry.kept, key);
      return number !== undefined && number !== 'null' && number !== '-1';
    });
    if ((type === 'a' || type === '') && !isNumbered) all = member(draft, entry.kept, 'allow') === 'true';
  }
  return all;
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
