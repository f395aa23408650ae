// The rendered manifests of deploy/kubernetes as data, and what the tests of several kinds ask of them.
import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { parseAllDocuments } from 'yaml';

export const RENDERED: string = resolve(import.meta.dirname, '../../deploy/kubernetes/rendered');

export interface VolumeMount {
  readonly name: string;
  readonly mountPath: string;
  readonly readOnly?: boolean;
}

export interface Container {
  readonly name: string;
  readonly image: string;
  readonly command?: readonly string[];
  readonly args?: readonly string[];
  readonly env?: readonly { readonly name: string }[];
  readonly envFrom?: readonly { readonly configMapRef: { readonly name: string } }[];
  readonly volumeMounts?: readonly VolumeMount[];
  readonly resources?: { readonly limits?: Readonly<Record<string, number>> };
  readonly securityContext: {
    readonly privileged?: boolean;
    readonly allowPrivilegeEscalation: boolean;
    readonly readOnlyRootFilesystem?: boolean;
    readonly capabilities: { readonly drop: readonly string[]; readonly add?: readonly string[] };
  };
}

export interface PodSpec {
  readonly containers: readonly Container[];
  readonly initContainers?: readonly Container[];
  readonly nodeSelector?: Readonly<Record<string, string>>;
  readonly runtimeClassName?: string;
  readonly automountServiceAccountToken?: boolean;
  readonly hostPID?: boolean;
  readonly hostNetwork?: boolean;
  readonly hostIPC?: boolean;
  readonly volumes?: readonly {
    readonly name: string;
    readonly hostPath?: { readonly path: string };
    readonly configMap?: { readonly name: string };
  }[];
}

export interface KubernetesObject {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: {
    readonly name: string;
    readonly namespace?: string;
    readonly labels?: Readonly<Record<string, string>>;
    readonly annotations?: Readonly<Record<string, string>>;
  };
  readonly spec?: PodSpec & { readonly template?: { readonly spec: PodSpec } };
  readonly data?: Readonly<Record<string, string>>;
  readonly handler?: string;
  readonly scheduling?: { readonly nodeSelector: Readonly<Record<string, string>> };
}

export function listRendered(): readonly string[] {
  return readdirSync(RENDERED).sort();
}

export function readManifest(name: string): readonly KubernetesObject[] {
  return parseAllDocuments(readFileSync(join(RENDERED, name), 'utf8')).map((document) => {
    assert.deepEqual(document.errors, [], name);
    return document.toJS();
  });
}

/** The only object of a kind, of that name where there are more. */
export function pick(objects: readonly KubernetesObject[], kind: string, name?: string): KubernetesObject {
  const found = objects.filter(
    (object) => object.kind === kind && (name ?? object.metadata.name) === object.metadata.name,
  );
  const [only] = found;
  assert.ok(only !== undefined && found.length === 1, `${found.length} of ${kind} ${name}`);
  return only;
}

/** What runs in a pod, or in those that an object makes. */
export function podOf({ kind, metadata, spec }: KubernetesObject): PodSpec {
  const pod = spec?.template?.spec ?? spec;
  assert.ok(pod !== undefined, `${kind} ${metadata.name} has no pod`);
  return pod;
}

/** All containers of a pod, in the order in which they run. */
export function containersOf({ initContainers = [], containers }: PodSpec): readonly Container[] {
  return [...initContainers, ...containers];
}
