// A pod that is started by a runtime handler and removed again: what an engine says to that says whether pods can have it.
import { Client, credentials, type ServiceError } from '@grpc/grpc-js';
import { readId, type Sandbox, writeId, writeSandbox } from './messages.ts';

/** A pod takes a second; a node that is busy some more. */
const PATIENCE_MS = 60_000;
const SERVICE = '/runtime.v1.RuntimeService';

/** @returns undefined where the pod came and went, else the engine's own words */
export async function tryHandler(socket: string, sandbox: Sandbox): Promise<string | undefined> {
  const client = new Client(`unix:${socket}`, credentials.createInsecure(), { 'grpc.default_authority': 'localhost' });
  const call = <T>(method: string, write: (request: T) => Buffer, request: T): Promise<string> =>
    new Promise((resolve, reject) => {
      const deadline = Date.now() + PATIENCE_MS;
      client.makeUnaryRequest(`${SERVICE}/${method}`, write, readId, request, { deadline }, (error, id = '') => {
        if (error === null) resolve(id);
        else reject(error);
      });
    });
  try {
    const id = await call('RunPodSandbox', writeSandbox, sandbox);
    await call('StopPodSandbox', writeId, id);
    await call('RemovePodSandbox', writeId, id);
    return undefined;
  } catch (error) {
    if (isOfService(error)) return error.details;
    throw error;
  } finally {
    client.close();
  }
}

function isOfService(error: unknown): error is ServiceError {
  return error instanceof Error && 'details' in error;
}
