// What Kubernetes calls a container, by what containerd or CRI-O wrote into its document.
import { getJson, isObject } from '../../engines/json-file.ts';

/** The annotations for namespace, pod and container. */
const KEYS = [
  ['io.kubernetes.cri.sandbox-namespace', 'io.kubernetes.cri.sandbox-name', 'io.kubernetes.cri.container-name'],
  ['io.kubernetes.pod.namespace', 'io.kubernetes.pod.name', 'io.kubernetes.container.name'],
] as const;

/** `namespace/pod/container`, or of a sandbox `namespace/pod`; undefined for what is of no pod. */
export function readKubernetesName(document: unknown): string | undefined {
  const annotations = isObject(document) ? getJson(document, ['annotations']) : undefined;
  if (!isObject(annotations)) return undefined;
  for (const keys of KEYS) {
    const known = keys.map((key) => annotations[key]).filter((part) => typeof part === 'string');
    if (known.length >= 2) return known.filter((part) => part !== 'POD').join('/');
  }
  return undefined;
}
