// What the engine wrote into a container's annotations about it.

const CRI_TYPE = 'io.kubernetes.cri.container-type';
const CRIO_TYPE = 'io.kubernetes.cri-o.ContainerType';

export interface ContainerFacts {
  /** the pause container of a pod, which never gets devices */
  readonly sandbox: boolean;
  readonly crio: boolean;
  /** made through the Container Runtime Interface, so for Kubernetes */
  readonly cri: boolean;
}

/** Both engines write their keys after the pod author's values. */
export function containerFacts(annotations: ReadonlyMap<string, string | undefined>): ContainerFacts {
  const crio = annotations.has(CRIO_TYPE);
  return {
    sandbox: annotations.get(CRI_TYPE) === 'sandbox' || annotations.get(CRIO_TYPE) === 'sandbox',
    crio,
    cri: crio || annotations.has(CRI_TYPE),
  };
}
