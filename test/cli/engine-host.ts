// A host of a test's own below a folder: engines' files, runtimes that need not run, and the shim in its place.
import {
  chmodSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { type CdictlOutcome, runCdictl } from '../support/run-cdictl.ts';

const SHIM = resolve(import.meta.dirname, '../../dist/cdi-runtime');

export class EngineHost {
  readonly root: string;

  /** @param runtimes names in its /usr/bin */
  constructor(root: string, runtimes: readonly string[] = ['runc', 'crun']) {
    this.root = root;
    for (const name of runtimes) this.program(`/usr/bin/${name}`);
    this.put('/usr/local/bin/cdi-runtime', readFileSync(SHIM));
    chmodSync(this.at('/usr/local/bin/cdi-runtime'), 0o755);
    mkdirSync(this.at('/var/lib'), { recursive: true });
    mkdirSync(this.at('/etc'), { recursive: true });
  }

  at(path: string): string {
    return join(this.root, path);
  }

  put(path: string, content: string | Buffer): void {
    mkdirSync(dirname(this.at(path)), { recursive: true });
    writeFileSync(this.at(path), content);
  }

  program(path: string): void {
    this.put(path, '#!/bin/false\n');
    chmodSync(this.at(path), 0o755);
  }

  link(path: string, target: string): void {
    mkdirSync(dirname(this.at(path)), { recursive: true });
    symlinkSync(target, this.at(path));
  }

  read(path: string): string {
    return readFileSync(this.at(path), 'utf8');
  }

  cdictl(...words: string[]): Promise<CdictlOutcome> {
    return runCdictl(['--host-root', this.root, ...words]);
  }

  /** Every path with what it is: two equal ones are the same host to the byte. */
  state(): Record<string, string> {
    const entries = readdirSync(this.root, { recursive: true, withFileTypes: true });
    const states = entries.map((entry): [string, string] => {
      const path = join(entry.parentPath, entry.name);
      if (entry.isSymbolicLink()) return [path, `link to ${readlinkSync(path)}`];
      const { mode, uid, gid } = statSync(path);
      const about = `${(mode & 0o7777).toString(8)} ${uid}:${gid}`;
      return [path, entry.isFile() ? `${about} ${readFileSync(path, 'base64').slice(-4096)}` : about];
    });
    return Object.fromEntries(states.map(([path, about]) => [path.slice(this.root.length), about]));
  }
}
