// A monitor in a process of its own, and the directories that it watches.
import assert from 'node:assert/strict';
import { type ChildProcessByStdio, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, mkdtempSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import type { Readable } from 'node:stream';
import { after } from 'node:test';
import { temporaryFolder } from '../support/temporary-folder.ts';
import { closedSchema } from './closed-schema.ts';

export const MAIN = resolve(import.meta.dirname, '../../src/cli/main.ts');
export const CDICTL = [process.execPath, MAIN];
const folder = temporaryFolder();
chmodSync(folder, 0o755);
export const config = join(folder, 'config.yaml');
writeFileSync(config, '');

interface Change {
  readonly change: string;
  readonly kind: string;
  readonly name: string;
  readonly error?: string;
}

/** A running monitor. */
export class Monitor {
  readonly process: ChildProcessByStdio<null, Readable, Readable>;
  stderr = '';
  #lines: string[] = [];
  #rest = '';

  /** @param command what runs cdictl */
  constructor(words: readonly string[], command: readonly string[] = CDICTL, settings: string = config) {
    const [program = '', ...others] = [...command, 'monitor', '--config', settings, ...words];
    this.process = spawn(program, others, { cwd: '/', stdio: ['ignore', 'pipe', 'pipe'] });
    this.process.stderr.on('data', (data) => {
      this.stderr += data;
    });
    this.process.stdout.on('data', (data) => {
      const parts = `${this.#rest}${data}`.split('\n');
      this.#rest = parts.pop() ?? '';
      this.#lines.push(...parts);
    });
    after(() => this.process.kill('SIGKILL'));
  }

  /** The next lines. */
  async lines(count: number): Promise<string[]> {
    while (this.#lines.length < count) await once(this.process.stdout, 'data', { signal: AbortSignal.timeout(60_000) });
    return this.#lines.splice(0, count);
  }

  /** The next changes, as `change kind name`; paths below the folder are relative. */
  async changes(count: number): Promise<string[]> {
    return (await this.lines(count)).map((line) => {
      const data: Change = JSON.parse(line);
      VALID(data);
      const name = data.name.replace(`${folder}/`, '');
      return `${data.change} ${data.kind} ${name}${data.error === undefined ? '' : ' in error'}`;
    });
  }

  /** The lines of its log, without their times, which are those of RFC 3339. */
  log(): Record<string, unknown>[] {
    return this.stderr
      .split('\n')
      .slice(0, -1)
      .map((line) => {
        const { time, ...others } = JSON.parse(line);
        assert.match(time, /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/);
        return others;
      });
  }

  /** @returns the exit status, and what was not read */
  async end(signal: 'SIGINT' | 'SIGTERM'): Promise<{ status: number | null; rest: string[] }> {
    const closed = once(this.process, 'close');
    this.process.kill(signal);
    const [status] = await closed;
    return { status, rest: this.#lines };
  }
}

const VALID = closedSchema('cdictl/monitor.schema.json');

/** Puts a file in its place at once, as tools do. */
export function put(path: string, text: string): void {
  writeFileSync(`${path}.tmp`, text);
  renameSync(`${path}.tmp`, path);
}

export function scratch(...names: string[]): string[] {
  const place = mkdtempSync(join(folder, 'm-'));
  chmodSync(place, 0o755);
  return names.map((name) => join(place, name));
}

export function below(path: string): string {
  return path.replace(`${folder}/`, '');
}

/** Until they watch and have looked for the first time: what does nothing any more has done both. */
export async function settled(...monitors: readonly Monitor[]): Promise<void> {
  for (const { process } of monitors) {
    let before: string | undefined;
    for (let tries = 0; ; tries++) {
      assert.ok(tries < 1200, 'the monitor does not come to rest');
      const now = restOf(process.pid);
      if (now !== undefined && now === before) break;
      before = now;
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
  }
}

/** Processor time of a process that watches and sleeps; undefined for any other. */
function restOf(pid: number | undefined): string | undefined {
  const watches = spawnSync('sh', ['-c', `grep -qs inotify /proc/${pid}/fdinfo/*`]).status === 0;
  const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return watches && fields[0] === 'S' ? `${fields[11]} ${fields[12]}` : undefined;
}
