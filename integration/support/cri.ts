// Kubernetes' way into containerd: a client of the Container Runtime Interface, and containerd's configuration for it.
import { resolve } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { Client, credentials } from '@grpc/grpc-js';
import { loadSync, type MethodDefinition } from '@grpc/proto-loader';
import { PAUSE_IMAGE } from './image.ts';
import { ANNOTATION, type Stage } from './stage.ts';

const PROTO = resolve(import.meta.dirname, '../engines/fixtures/cri.proto');
const SERVICE = 'runtime.v1.RuntimeService';

/** Any response: each call has its own of these fields. */
export interface Reply {
  readonly pod_sandbox_id?: string;
  readonly container_id?: string;
  readonly status?: { readonly state: string; readonly exit_code: number };
  readonly containers?: readonly { readonly id: string }[];
  readonly stdout?: string;
  readonly stderr?: string;
  readonly exit_code?: number;
}

export interface Cri {
  /** Calls a method of cri.proto; the error of a call that is refused has the `details` that a kubelet shows. */
  call(method: string, request: object): Promise<Reply>;
  /** Waits until it answers: its server may be there before the plugin behind it is. */
  ready(): Promise<void>;
  close(): void;
}

const EACH_MS = 50;
const PATIENCE_MS = 60_000;

export function connectCri(socket: string): Cri {
  const service = loadSync(PROTO, { keepCase: true, enums: String, longs: Number, defaults: true })[SERVICE];
  const client = new Client(`unix://${socket}`, credentials.createInsecure(), {
    'grpc.default_authority': 'localhost',
    'grpc.max_reconnect_backoff_ms': 200,
  });
  const methods = new Map<string, MethodDefinition<object, object>>(Object.entries(service ?? {}));
  const cri: Cri = {
    ready: async () => {
      const end = Date.now() + PATIENCE_MS;
      for (;;) {
        try {
          await cri.call('ListContainers', {});
          return;
        } catch (error) {
          if (Date.now() > end) throw error;
          await pause(EACH_MS);
        }
      }
    },
    call: async (name, request) => {
      const method = methods.get(name);
      if (method === undefined) throw new Error(`${name} is not in cri.proto`);
      const read = (bytes: Buffer): Reply => method.responseDeserialize(bytes);
      return await new Promise((succeed, fail) => {
        const deadline = Date.now() + 60_000;
        client.makeUnaryRequest(method.path, method.requestSerialize, read, request, { deadline }, (error, reply) => {
          if (error !== null) fail(error);
          else succeed(reply ?? {});
        });
      });
    },
    close: () => client.close(),
  };
  return cri;
}

/**
 * The runtimes that pods can name, each the handler of a runtime class: `cdi` lets our annotations through, `closed`
 * none, and `runc` is without us. What names none gets `cdi`.
 *
 * @param ownCdi whether containerd injects devices as well
 */
export function criConfig(stage: Stage, ownCdi: boolean): string {
  const plugin = '[plugins."io.containerd.grpc.v1.cri"';
  const runtime = (name: string, binary: string, patterns: readonly string[]): string => `
${plugin}.containerd.runtimes.${name}]
  runtime_type = "io.containerd.runc.v2"
  pod_annotations = ${JSON.stringify(patterns)}
  container_annotations = ${JSON.stringify(patterns)}
${plugin}.containerd.runtimes.${name}.options]
  BinaryName = "${binary}"
`;
  return `${plugin}]
  sandbox_image = "${PAUSE_IMAGE}"
  enable_cdi = ${ownCdi}
  cdi_spec_dirs = ["${stage.specs}"]
  disable_apparmor = true
  restrict_oom_score_adj = true
  tolerate_missing_hugetlb_controller = true
${plugin}.containerd]
  default_runtime_name = "cdi"
${runtime('cdi', stage.shim('cdi-runc'), [`${ANNOTATION.replace(/\/.*/, '')}/*`])}
${runtime('closed', stage.shim('cdi-runc'), [])}
${runtime('runc', 'runc', [])}`;
}
