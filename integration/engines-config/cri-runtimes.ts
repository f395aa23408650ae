// What containerd's CRI plugin runs with, as it tells the kubelet.
import { resolve } from 'node:path';
import * as grpc from '@grpc/grpc-js';
import { credentials, type ServiceError } from '@grpc/grpc-js';
import { loadSync } from '@grpc/proto-loader';

const PROTO = resolve(import.meta.dirname, 'cri-status.proto');

export interface CriRuntime {
  readonly binary: string | undefined;
  readonly podAnnotations: readonly string[];
}

export interface CriRuntimes {
  readonly defaultName: string;
  readonly runtimes: ReadonlyMap<string, CriRuntime>;
}

interface PluginConfig {
  readonly containerd: {
    readonly defaultRuntimeName: string;
    readonly runtimes: Readonly<
      Record<
        string,
        { readonly options?: { readonly BinaryName?: string }; readonly PodAnnotations?: readonly string[] }
      >
    >;
  };
}

export async function criRuntimes(socket: string): Promise<CriRuntimes> {
  const { info } = await status(socket);
  const { containerd }: PluginConfig = JSON.parse(info['config'] ?? '');
  const runtimes = Object.entries(containerd.runtimes).map(([name, { options, PodAnnotations }]) => {
    return [name, { binary: options?.BinaryName, podAnnotations: PodAnnotations ?? [] }] as const;
  });
  return { defaultName: containerd.defaultRuntimeName, runtimes: new Map(runtimes) };
}

function status(socket: string): Promise<{ readonly info: Readonly<Record<string, string>> }> {
  const definition = loadSync(PROTO)['runtime.v1.RuntimeService'];
  if (definition === undefined || 'format' in definition) throw new Error(`${PROTO} has no RuntimeService`);
  const Client = grpc.makeGenericClientConstructor(definition, 'RuntimeService');
  const client = new Client(`unix://${socket}`, credentials.createInsecure(), {
    'grpc.default_authority': 'localhost',
  });
  return new Promise((resolve, reject) => {
    client['Status']?.({ verbose: true }, (error: ServiceError | null, answer: { info: Record<string, string> }) => {
      client.close();
      if (error === null) resolve(answer);
      else reject(error);
    });
  });
}
