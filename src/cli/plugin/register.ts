// Telling a kubelet of a resource, and of the socket where it is asked about.
import { Client, credentials } from '@grpc/grpc-js';
import { type Registration, readEmpty, writeRegistration } from './messages.ts';

/** The kubelet calls back before it answers, and takes that long for it. */
const PATIENCE_MS = 10_000;

/**
 * @param ended ends the wait for an answer
 * @throws what gRPC says, with the kubelet's words in `details`
 */
export function registerResource(socket: string, registration: Registration, ended: AbortSignal): Promise<void> {
  const client = new Client(`unix:${socket}`, credentials.createInsecure(), { 'grpc.default_authority': 'localhost' });
  return new Promise<void>((resolve, reject) => {
    const call = client.makeUnaryRequest(
      '/v1beta1.Registration/Register',
      writeRegistration,
      readEmpty,
      registration,
      { deadline: Date.now() + PATIENCE_MS },
      (error) => {
        ended.removeEventListener('abort', cancel);
        client.close();
        if (error === null) resolve();
        else reject(error);
      },
    );
    const cancel = (): void => call.cancel();
    ended.addEventListener('abort', cancel);
    if (ended.aborted) cancel();
  });
}
