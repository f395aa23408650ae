// A create as files in a folder: its bundle, and what stands where the host has /etc.
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { configJson } from './bundle.ts';
import { KIND, smallSpec } from './specs.ts';

/** What is not as in an ordinary create with one device of a small spec. */
export interface Parts {
  /** texts of specs */
  readonly specs?: readonly string[];
  /** names of the devices that are asked for */
  readonly asked?: readonly string[];
  readonly change?: (document: Document) => Document;
  readonly settings?: object;
  readonly dropIns?: number;
}

// biome-ignore lint/suspicious/noExplicitAny: a document is what JSON says it is
export type Document = any;

/** What is counted runs many times slower than it would: no limit of time may end it. */
const LIMITS = { time: '10m', wall: '10m', memory: '1900MiB', config: '64MiB', spec: '64MiB', specs: 100_000 };

/** What a run needs, in a new folder. */
export interface Place {
  readonly bundle: string;
  /** stands where the host has /etc */
  readonly etc: string;
}

/** @param runtime a file that cannot be run, so that the process ends where it would become the runtime */
export function layOut(folder: string, runtime: string, { specs, asked, change, settings, dropIns }: Parts): Place {
  const place = { bundle: join(folder, 'bundle'), etc: join(folder, 'etc') };
  const own = join(place.etc, 'cdi-runtime');
  for (const directory of [place.bundle, join(place.etc, 'cdi'), join(own, 'config.d')]) {
    mkdirSync(directory, { recursive: true });
  }
  writeFileSync(join(place.etc, 'hosts'), '');
  for (const [i, text] of (specs ?? [smallSpec(KIND, 'wanted')]).entries()) {
    writeFileSync(join(place.etc, `cdi/spec-${i}.yaml`), text);
  }
  const request = (asked ?? ['wanted']).map((name) => `${KIND}=${name}`).join(',');
  const annotations = request === '' ? {} : { 'cdi.k8s.io/bench': request };
  const text = configJson('/stand-in', '/container', annotations);
  const config = change === undefined ? text : JSON.stringify(change(JSON.parse(text)));
  writeFileSync(join(place.bundle, 'config.json'), config);
  const all = { audit: { path: join(folder, 'audit.jsonl') }, limits: LIMITS, ...settings };
  const lines = Object.entries(all).map(([key, value]) => `${key}: ${JSON.stringify(value)}\n`);
  writeFileSync(join(own, 'config.yaml'), `runtime: ${runtime}\n${lines.join('')}`);
  for (let i = 0; i < (dropIns ?? 0); i++) writeFileSync(join(own, `config.d/${i}.yaml`), 'wait: 0\n');
  return place;
}

/** A file that cannot be run: a process ends where it would become this. */
export function writeRuntime(folder: string): string {
  const runtime = join(folder, 'runtime');
  writeFileSync(runtime, 'no program', { mode: 0o755 });
  return runtime;
}

/** Milliseconds: what is younger by two whole seconds may be half written, and is looked at again. */
const OLD = 3100;

export async function letFilesAge(): Promise<void> {
  await setTimeout(OLD);
}
