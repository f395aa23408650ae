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
  /** the folder of all of them */
  readonly folder: string;
}

export function makePlace(): Place {
  const folder = mkdtempSync(join(scratch, 'p-'));
  chmodSync(folder, 0o755);
  const place = { kubelet: join(folder, 'k'), specs: join(folder, 'specs'), nodes: join(folder, 'nodes'), folder };
  for (const path of [place.kubelet, place.specs, place.nodes]) mkdirSync(path, { mode: 0o755 });
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

  /** @param root whether the folder is the root of a host */
  constructor({ folder, kubelet, specs }: Place, words: readonly string[], main = MAIN, root = false) {
    const here = ['--config', join(folder, 'config.yaml'), '-d', specs, '--kubelet-dir', kubelet];
    const there = ['--host-root', folder, '-d', '/specs', '--kubelet-dir', '/k'];
    // what engines this machine has is no matter of a test
    const answer = root || words.includes('--answer') ? [] : ['--answer', 'cdi'];
    const own = ['device-plugin', ...(root ? there : here), ...answer, ...words];
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
