// The cases of the benchmark: documents, specs and settings in a scratch folder, and the limits of each.
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { configJson } from './bundle.ts';
import type { Limits } from './limits.ts';
import { fillDirectory, KIND, largeSpec, nodesSpec } from './specs.ts';

/** How many mounts and device nodes a document has. */
export interface Counts {
  readonly mounts: number;
  readonly devices: number;
}

export interface Case {
  /** for files and the launcher's plan */
  readonly name: string;
  readonly title: string;
  readonly command: 'state' | 'create';
  readonly specs: string;
  /** its bundle is on disk */
  readonly isOnDisk?: boolean;
  /** file with the document as it is before each run */
  readonly config: string;
  /** lines that the settings have besides */
  readonly settings?: string;
  /** what the document has after it; without, it keeps its bytes */
  readonly wanted?: Counts | undefined;
  readonly limits?: Limits;
  /** in KiB, before the runtime begins */
  readonly mostMemory?: number;
}

/** The cgroup above those of all containers, in the document. */
export const CGROUP = 'cdi-bench';

/** What the document itself has. */
const OWN: Counts = { mounts: 9, devices: 0 };

const NODES = 1000;
const RULES = 100;

/** With a request; and without one. */
const MEMORY = 3072;
const MEMORY_OF_NONE = 1024;

/** Makes all files in a folder, and says what to measure. @param hook a program that succeeds */
export function makeCases(folder: string, hook: string): readonly Case[] {
  const put = (name: string, text: string): string => {
    mkdirSync(join(folder, name));
    writeFileSync(join(folder, name, 'bench.yaml'), text);
    return join(folder, name);
  };
  const fill = (name: string, count: number, kind: (number: number) => string): string => {
    fillDirectory(join(folder, name), count, kind);
    return join(folder, name);
  };
  const large = put('large', largeSpec(join(folder, 'driver-root/usr/lib/x86_64-linux-gnu'), hook));
  const many = fill('many', 64, otherKind);
  const very = fill('very-many', 1001, otherKind);
  const alike = fill('alike', 64, () => KIND);
  const present = put('present', nodesSpec(NODES, 'hostPath: /dev/null'));
  const missing = put('missing', nodesSpec(NODES, 'type: c, major: 1, minor: 3'));
  const none = writeConfig(folder, 'none', []);
  const one = writeConfig(folder, 'one', ['0']);
  const eight = writeConfig(folder, 'eight', [...'01234567']);
  const small = writeConfig(folder, 'small', ['wanted']);
  const create = { command: 'create' } as const;
  const wanted = counts(1, 1);
  const ofNone = { specs: large, config: none, mostMemory: MEMORY_OF_NONE };
  const ofOne = { ...create, specs: large, config: one, wanted: counts(30, 5) };
  const ofNodes = { ...create, config: small, wanted: counts(0, NODES) };
  return [
    { name: 'state', title: 'state', command: 'state', ...ofNone, limits: { ofExec: 1.2 } },
    { name: 'none', title: 'create, no request', ...create, ...ofNone, limits: { ofExec: 1.35 } },
    {
      ...{ name: 'one', title: 'create, 1 device of a 12 KB spec', ...ofOne },
      ...{ limits: { overExec: 2400, ofPeer: 0.4 }, mostMemory: MEMORY },
    },
    { name: 'on-disk', title: 'the same, its bundle on disk', ...ofOne, isOnDisk: true },
    {
      ...{ name: 'eight', title: 'create, 8 devices of it', ...create, specs: large, config: eight },
      ...{ wanted: counts(30, 19), limits: { overExec: 2500 }, mostMemory: MEMORY },
    },
    {
      ...{ name: 'many', title: 'create, 1 device of 64 specs', ...create, specs: many, config: small },
      ...{ wanted, limits: { overExec: 1900, ofPeer: 0.14 }, mostMemory: MEMORY },
    },
    {
      ...{ name: 'very-many', title: 'create, 1 device of 1,001 specs', ...create, specs: very, config: small },
      ...{ wanted, limits: { overExec: 4500, ofPeer: 0.03 }, mostMemory: MEMORY },
    },
    // as from drivers that write a spec for each container
    {
      name: 'alike',
      title: 'create, 1 device of 64 specs of its kind',
      ...create,
      specs: alike,
      config: small,
      wanted,
    },
    {
      ...{ name: 'rules', title: `create, 1 device, ${RULES} policy rules`, ...ofOne, settings: rulesOf(RULES) },
      limits: { overCase: { name: 'one', most: 900 } },
    },
    { name: 'present', title: 'create, 1,000 device nodes', ...ofNodes, specs: present, limits: { overExec: 15_000 } },
    {
      ...{ name: 'missing', title: 'create, 1,000 device nodes that are missing', ...ofNodes, specs: missing },
      limits: { overExec: 15_000 },
    },
  ];
}

/** None of which is about what the case asks for. */
function rulesOf(count: number): string {
  const rules = Array.from(
    { length: count },
    (_, i) => `  - { devices: ["vendor${i}.example/class=*"], action: deny }\n`,
  );
  return `policy:\n  rules:\n${rules.join('')}`;
}

export function caseOf(cases: readonly Case[], wanted: string): Case {
  const found = cases.find(({ name }) => name === wanted);
  if (found === undefined) throw new Error(`there is no case "${wanted}"`);
  return found;
}

function otherKind(number: number): string {
  return `vendor${number}.example/class`;
}

function counts(mounts: number, devices: number): Counts {
  return { mounts: OWN.mounts + mounts, devices: OWN.devices + devices };
}

function writeConfig(folder: string, name: string, devices: readonly string[]): string {
  const file = join(folder, `${name}.config.json`);
  const request = devices.map((device) => `${KIND}=${device}`).join(',');
  writeFileSync(
    file,
    configJson('/stand-in', `/${CGROUP}/container`, devices.length === 0 ? {} : { 'cdi.k8s.io/bench': request }),
  );
  return file;
}

/** Settings that name a runtime and one spec directory, and a place for the audit; all else is by default. */
export function writeSettings(folder: string, name: string, runtime: string, specs: string, more = ''): string {
  const file = join(folder, `${name}.settings.yaml`);
  writeFileSync(file, `runtime: ${runtime}\nspecDirs:\n- ${specs}\naudit:\n  path: ${auditOf(folder)}\n${more}`);
  return file;
}

export function auditOf(folder: string): string {
  return join(folder, 'audit.jsonl');
}
