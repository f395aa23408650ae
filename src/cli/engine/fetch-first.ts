// What a daemon answers over its own socket.
import { request } from 'node:http';

const LONGEST_MS = 3000;

/** What the first socket answers that answers at all. */
export async function fetchFirst(sockets: readonly string[], path: string): Promise<string | undefined> {
  for (const socketPath of sockets) {
    const text = await fetchText(socketPath, path);
    if (text !== undefined) return text;
  }
  return undefined;
}

function fetchText(socketPath: string, path: string): Promise<string | undefined> {
  return new Promise((resolve) => {
    const sent = request({ socketPath, path, timeout: LONGEST_MS }, (response) => {
      const parts: Buffer[] = [];
      response.on('data', (part: Buffer) => parts.push(part));
      response.on('error', () => resolve(undefined));
      response.on('end', () => resolve(response.statusCode === 200 ? Buffer.concat(parts).toString() : undefined));
    });
    sent.on('timeout', () => sent.destroy());
    sent.on('error', () => resolve(undefined));
    sent.end();
  });
}
