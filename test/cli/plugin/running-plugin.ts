// A device plugin in a process of its own, with a folder for its kubelet, one for its specs and one for nodes.
import assert from 'node:assert/strict';
import { type ChildProcessByStdio, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, mkdirSync, mkdtempSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import type { Readable } from 'node:stream';
import { after } from 'node:test';
import { temporaryFolder } from '../../support/temporary-folder.ts';
import { put } from '../running-monitor.ts';

const MAIN = resolve(import.meta.dirname, '../../../src/cli/main.ts');
const scratch = temporaryFolder();
chmodSync(scratch, 0o755);

export interface Place {
  readonly kubelet: string;
  readonly specs: string;
  readonly nodes: string;
}

export function makePlace(): Place {
  const folder = mkdtempSync(join(scratch, 'p-'));
  chmodSync(folder, 0o755);
  const place = { kubelet: join(folder, 'k'), specs: join(folder, 'specs'), nodes: join(folder, 'nodes') };
  for (const path of Object.values(place)) mkdirSync(path, { mode: 0o755 });
  writeFileSync(join(folder, 'config.yaml'), '');
  return place;
}

/** A named pipe: a device node that every user can make. */
export function makeNode({ nodes }: Place, name: string): string {
  const path = join(nodes, name);
  execFileSync('mkfifo', [path]);
  return path;
}

/** Writes a spec whose devices have the nodes of these names. */
export function putSpec(
  { specs, nodes }: Place,
  kind: string,
  devices: Readonly<Record<string, readonly string[]>>,
): void {
  const list = Object.entries(devices).map(([name, names]) => ({
    name,
    containerEdits: { deviceNodes: names.map((node) => ({ path: join(nodes, node) })) },
  }));
  put(join(specs, `${kind.replace('/', '-')}.json`), JSON.stringify({ cdiVersion: '0.6.0', kind, devices: list }));
}

interface LogLine {
  readonly level: string;
  readonly msg: string;
  readonly [field: string]: unknown;
}

export class RunningPlugin {
  readonly process: ChildProcessByStdio<null, null, Readable>;
  #text = '';

  constructor({ kubelet, specs }: Place, words: readonly string[], main = MAIN) {
    const config = resolve(specs, '../config.yaml');
    const own = ['device-plugin', '--config', config, '-d', specs, '--kubelet-dir', kubelet, ...words];
    this.process = spawn(process.execPath, [main, ...own], { stdio: ['ignore', 'ignore', 'pipe'] });
    this.process.stderr.on('data', (data) => {
      this.#text += data;
    });
    after(() => this.process.kill('SIGKILL'));
  }

  log(): readonly LogLine[] {
    return this.#text
      .split('\n')
      .slice(0, -1)
      .map((line) => JSON.parse(line));
  }

  /** Waits until it has said something. */
  async says(pattern: RegExp): Promise<void> {
    const signal = AbortSignal.timeout(60_000);
    while (!this.log().some(({ msg }) => pattern.test(msg))) await once(this.process.stderr, 'data', { signal });
  }

  async end(signal: 'SIGINT' | 'SIGTERM' | 'SIGKILL'): Promise<number | null> {
    const closed = once(this.process, 'close');
    this.process.kill(signal);
    const [status] = await closed;
    assert.ok(status === null || typeof status === 'number');
    return status;
  }
}
