// The language server for YAML that editors run, spoken to over its standard input and output.
import { spawn } from 'node:child_process';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** Beside its main module, as its own command has it. */
const PROGRAM = join(dirname(fileURLToPath(import.meta.resolve('yaml-language-server'))), 'server.js');

interface Message {
  readonly id?: number;
  readonly method?: string;
  readonly params?: unknown;
  readonly result?: unknown;
}

export interface LanguageServer {
  request(method: string, params: object): Promise<unknown>;
  notify(method: string, params: object): void;
  /** The parameters of the next notification of this name that fits. */
  waitFor(method: string, fits: (params: unknown) => boolean): Promise<unknown>;
  stop(): void;
}

/** @param settings as an editor has them, below `yaml` */
export function startLanguageServer(settings: object): LanguageServer {
  const server = spawn(process.execPath, [PROGRAM, '--stdio'], { stdio: ['pipe', 'pipe', 'ignore'] });
  const answers = new Map<number, (result: unknown) => void>();
  let waiting: { method: string; fits: (params: unknown) => boolean; done: (params: unknown) => void }[] = [];
  let next = 0;
  const send = (message: object): void => {
    const text = JSON.stringify({ jsonrpc: '2.0', ...message });
    server.stdin.write(`Content-Length: ${Buffer.byteLength(text)}\r\n\r\n${text}`);
  };
  const take = ({ id, method, params, result }: Message): void => {
    // It asks for sections of the settings, of which it has but one.
    const wanted =
      method === 'workspace/configuration' ? readItems(params).map((one) => (one === 'yaml' ? settings : {})) : null;
    if (method === undefined) answers.get(id ?? -1)?.(result);
    else if (id !== undefined) send({ id, result: wanted });
    const ready = waiting.filter((one) => one.method === method && one.fits(params));
    waiting = waiting.filter((one) => !ready.includes(one));
    for (const { done } of ready) done(params);
  };
  let bytes = Buffer.alloc(0);
  server.stdout.on('data', (chunk: Buffer) => {
    bytes = Buffer.concat([bytes, chunk]);
    for (;;) {
      const end = bytes.indexOf('\r\n\r\n');
      const length = Number(/Content-Length: (\d+)/.exec(bytes.subarray(0, Math.max(end, 0)).toString())?.[1]);
      if (end < 0 || bytes.length < end + 4 + length) return;
      const text = bytes.subarray(end + 4, end + 4 + length).toString();
      bytes = bytes.subarray(end + 4 + length);
      take(JSON.parse(text));
    }
  });
  return {
    request: (method, params) => {
      const id = ++next;
      send({ id, method, params });
      return new Promise((done) => answers.set(id, done));
    },
    notify: (method, params) => send({ method, params }),
    waitFor: (method, fits) => new Promise((done) => waiting.push({ method, fits, done })),
    stop: () => void server.kill(),
  };
}

function readItems(params: unknown): readonly unknown[] {
  const { items = [] }: { items?: readonly { section?: unknown }[] } = Object(params);
  return items.map(({ section }) => section);
}
