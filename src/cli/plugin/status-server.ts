// Answers by HTTP how the device plugin does: /healthz, /readyz and /metrics.
import { once } from 'node:events';
import { createServer, type Server, type ServerResponse } from 'node:http';
import { CdiError } from '../../text/error.ts';
import { quote } from '../../text/quote.ts';
import { readErrno } from '../files/errno.ts';
import { UsageError } from '../usage-error.ts';

export interface StatusSource {
  /** what keeps containers from getting devices, one sentence each */
  troubles(): readonly string[];
  metrics(): Promise<{ readonly type: string; readonly text: string }>;
}

export interface Address {
  readonly host: string;
  readonly port: number;
}

/** `HOST:PORT`, `[IPv6]:PORT`, or `:PORT` for all addresses. @throws {UsageError} */
export function readAddress(word: string): Address {
  const [, six, plain = '', port = ''] = /^(?:\[([0-9a-fA-F:.]+)\]|([^:[\]]*)):(\d{1,5})$/.exec(word) ?? [];
  if (port === '' || Number(port) > 65_535) {
    throw new UsageError(`option --metrics-address is ${quote(word)}, which is no HOST:PORT`);
  }
  return { host: six ?? (plain === '' ? '::' : plain), port: Number(port) };
}

/** @throws {CdiError} CANNOT_WRITE where no one can listen at the address */
export async function startStatusServer({ host, port }: Address, source: StatusSource): Promise<Server> {
  const server = createServer((request, response) => {
    if (request.method !== 'GET' && request.method !== 'HEAD') return answer(response, 405, 'text/plain', '');
    const [path] = (request.url ?? '').split('?');
    if (path === '/healthz') return answer(response, 200, 'text/plain', 'ok\n');
    if (path === '/readyz') {
      const troubles = source.troubles();
      const text = troubles.length === 0 ? 'ok\n' : troubles.map((trouble) => `${trouble}\n`).join('');
      return answer(response, troubles.length === 0 ? 200 : 503, 'text/plain', text);
    }
    if (path !== '/metrics') return answer(response, 404, 'text/plain', '');
    void source.metrics().then(({ type, text }) => answer(response, 200, type, text));
  });
  server.listen(port, host);
  try {
    await once(server, 'listening');
  } catch (error) {
    const errno = readErrno(error);
    const what = `answer at ${host}:${port}`;
    const hint = 'choose another --metrics-address';
    throw new CdiError('CANNOT_WRITE', { what, why: `the kernel refused it (${errno})`, hint, cause: error });
  }
  return server;
}

function answer(response: ServerResponse, status: number, type: string, text: string): void {
  response.writeHead(status, { 'content-type': type }).end(text);
}
