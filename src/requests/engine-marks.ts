// What engines write into the annotations of a container: which of them made it, and for which pod, as far as all agree.

const CRI_TYPE = 'io.kubernetes.cri.container-type';
const CRI_NAMESPACE = 'io.kubernetes.cri.sandbox-namespace';
const CRI_POD = 'io.kubernetes.cri.sandbox-name';
const CRIO_TYPE = 'io.kubernetes.cri-o.ContainerType';
const CRIO_SANDBOX = 'io.kubernetes.cri-o.SandboxName';
const CRIO_NAME = 'io.kubernetes.cri-o.Name';
/** CRI-O has it in sandboxes alone. */
const CRIO_HOSTNAME = 'io.kubernetes.cri-o.HostnamePath';
/** As JSON, what the kubelet and device plugins gave the container; of a pod's own annotations nothing is in it. */
const CRIO_GIVEN = 'io.kubernetes.cri-o.Annotations';
/** Labels of the kubelet, which CRI-O writes last. */
const KUBELET_CONTAINER = 'io.kubernetes.container.name';
const KUBELET_NAMESPACE = 'io.kubernetes.pod.namespace';
const KUBELET_POD = 'io.kubernetes.pod.name';
const KUBELET_UID = 'io.kubernetes.pod.uid';
/** Written by Podman and CRI-O. */
const MANAGER = 'io.container.manager';
const LIBPOD = 'io.podman.annotations.';

export type Annotations = ReadonlyMap<string, string | undefined>;

/** What rules may ask for and marks may contradict each other about. */
export type DisputedFact = 'kubernetes' | 'namespace' | 'pod' | 'sandbox';

export interface EngineMarks {
  /** the pause container of a pod, which never gets devices: any mark of one makes it that */
  readonly sandbox: boolean;
  readonly crio: boolean;
  /** made through the Container Runtime Interface, so for Kubernetes */
  readonly cri: boolean;
  /** whether it has the marks of containerd and of CRI-O: one of them hands through what a pod's author wrote */
  readonly mixed: boolean;
  /** who made it, as far as its annotations tell */
  readonly engine: 'containerd-cri' | 'cri-o' | 'podman' | undefined;
  /** of the pod, under CRI */
  readonly namespace: string | undefined;
  readonly pod: string | undefined;
  /** about what not all that the engine writes agrees, so that an image or a pod's author had a hand in it */
  readonly disputedFacts: readonly DisputedFact[];
}

/**
 * An engine writes most of its keys after the values of others, but not all of them everywhere: under CRI-O a
 * sandbox's own keys can be a pod's author's, and those of a container the author's of a checkpoint image. So what is
 * written twice has to be the same twice. Beside Podman's own marks those of Kubernetes are made up.
 *
 * @param restored whether the container comes from a checkpoint, as no sandbox does
 */
export function readEngineMarks(annotations: Annotations, restored: boolean): EngineMarks {
  const crio = annotations.has(CRIO_TYPE) || annotations.get(MANAGER) === 'cri-o';
  const containerd = annotations.has(CRI_TYPE);
  const libpod = annotations.get(MANAGER) === 'libpod' || [...annotations.keys()].some((key) => key.startsWith(LIBPOD));
  const cri = crio || containerd;
  const mixed = crio && containerd;
  const says = listSandboxWitnesses(annotations, crio);
  const sandbox = says.includes(true);
  const isForged = sandbox && (says.includes(false) || libpod || restored);
  const names = mixed || libpod ? { namespace: undefined, pod: undefined } : readNames(annotations, crio, containerd);
  // Under CRI-O each container has them.
  const isDoubted = crio || (cri && libpod);
  return {
    sandbox,
    crio,
    cri,
    mixed,
    engine:
      mixed || (cri && libpod)
        ? undefined
        : crio
          ? 'cri-o'
          : containerd
            ? 'containerd-cri'
            : libpod
              ? 'podman'
              : undefined,
    ...names,
    disputedFacts: [
      ...(cri && libpod ? (['kubernetes'] as const) : []),
      ...(isDoubted && names.namespace === undefined ? (['namespace'] as const) : []),
      ...(isDoubted && names.pod === undefined ? (['pod'] as const) : []),
      ...(isForged ? (['sandbox'] as const) : []),
    ],
  };
}

/**
 * Whether the kubelet gave a container an annotation, for itself or for a device plugin: CRI-O alone tells that from
 * what a pod's author wrote. An image that has marks of its own knows no pod's UID beforehand.
 */
export function tellKubeletAnnotations(
  annotations: Annotations,
  { engine, disputedFacts }: Pick<EngineMarks, 'engine' | 'disputedFacts'>,
): (key: string) => boolean {
  const uid = splitName(annotations.get(CRIO_SANDBOX), 5)?.[2];
  const isSure = engine === 'cri-o' && disputedFacts.length === 0 && uid !== undefined;
  if (!isSure || uid !== annotations.get(KUBELET_UID)) return () => false;
  const given = new Map(Object.entries(parseAnnotations(annotations.get(CRIO_GIVEN) ?? '')));
  return (key) => given.has(key) && given.get(key) === annotations.get(key);
}

function parseAnnotations(text: string): object {
  try {
    return Object(JSON.parse(text));
  } catch {
    return {};
  }
}

/** What each key that tells sandboxes from containers says: whether this is a sandbox. */
function listSandboxWitnesses(annotations: Annotations, crio: boolean): readonly boolean[] {
  const types = [CRI_TYPE, CRIO_TYPE]
    .filter((key) => annotations.has(key))
    .map((key) => annotations.get(key) === 'sandbox');
  if (!crio) return types;
  const names = [annotations.get(KUBELET_CONTAINER), splitName(annotations.get(CRIO_NAME), 6)?.[0]];
  return [
    ...types,
    ...names.flatMap((name) => (name === undefined ? [] : [name === 'POD'])),
    ...(annotations.has(CRIO_HOSTNAME) ? [true] : []),
  ];
}

type Names = Pick<EngineMarks, 'namespace' | 'pod'>;

function readNames(annotations: Annotations, crio: boolean, containerd: boolean): Names {
  if (crio) return readCrioNames(annotations);
  const [namespace, pod] = containerd ? [annotations.get(CRI_NAMESPACE), annotations.get(CRI_POD)] : [];
  return { namespace, pod };
}

/**
 * CRI-O names a sandbox `k8s_POD_NAMESPACE_UID_ATTEMPT` and a container in it `k8s_CONTAINER_POD_NAMESPACE_UID_ATTEMPT`,
 * and has the kubelet's names besides. Its keys for the names alone are not used: in a container it does not write them.
 */
function readCrioNames(annotations: Annotations): Names {
  const [pod, namespace] = splitName(annotations.get(CRIO_SANDBOX), 5) ?? [];
  const name = annotations.get(CRIO_NAME);
  const own = name === undefined ? [pod, namespace] : (splitName(name, 6)?.slice(1) ?? splitName(name, 5) ?? []);
  const [ownPod, ownNamespace] = own;
  if (namespace !== annotations.get(KUBELET_NAMESPACE) || namespace !== ownNamespace) return NO_NAMES;
  const isAgreed = pod === (annotations.get(KUBELET_POD) ?? pod) && pod === ownPod;
  return { namespace, pod: isAgreed ? pod : undefined };
}

const NO_NAMES: Names = { namespace: undefined, pod: undefined };

/** The names in a name of CRI-O, which have no underscores; undefined for one of another form. */
function splitName(name: string | undefined, count: number): readonly string[] | undefined {
  const [first, ...parts] = (name ?? '').split('_');
  return first === 'k8s' && parts.length === count - 1 ? parts : undefined;
}
