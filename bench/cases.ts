// The cases of the benchmark: documents, specs and settings in a scratch folder, and the target of each.
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { configJson } from './bundle.ts';
import { fillDirectory, KIND, largeSpec } from './specs.ts';
import type { Target } from './table.ts';

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
  /** file with the document as it is before each run */
  readonly config: string;
  /** what the document has after it; without, it keeps its bytes */
  readonly wanted?: Counts | undefined;
  readonly must?: Target | undefined;
}

/** The cgroup above those of all containers, in the document. */
export const CGROUP = 'cdi-bench';

/** What the document itself has. */
const OWN: Counts = { mounts: 9, devices: 0 };

/** Makes all files in a folder, and says what to measure. @param hook a program that succeeds */
export function makeCases(folder: string, hook: string): readonly Case[] {
  const large = join(folder, 'large');
  mkdirSync(large);
  writeFileSync(join(large, 'bench.yaml'), largeSpec(join(folder, 'driver-root/usr/lib/x86_64-linux-gnu'), hook));
  const fill = (name: string, count: number, kind: (number: number) => string): string => {
    fillDirectory(join(folder, name), count, kind);
    return join(folder, name);
  };
  const many = fill('many', 64, otherKind);
  const very = fill('very-many', 1001, otherKind);
  const alike = fill('alike', 64, () => KIND);
  const none = writeConfig(folder, 'none', []);
  const one = writeConfig(folder, 'one', ['0']);
  const eight = writeConfig(folder, 'eight', [...'01234567']);
  const small = writeConfig(folder, 'small', ['wanted']);
  const create = { command: 'create' } as const;
  const wanted = counts(1, 1);
  return [
    { name: 'state', title: 'state', command: 'state', specs: large, config: none, must: { ratio: 1.5 } },
    { name: 'none', title: 'create, no request', ...create, specs: large, config: none, must: { ratio: 1.6 } },
    {
      ...{ name: 'one', title: 'create, 1 device of a 12 KB spec', ...create, specs: large, config: one },
      ...{ wanted: counts(30, 5), must: { milliseconds: 3 } },
    },
    {
      ...{ name: 'eight', title: 'create, 8 devices of it', ...create, specs: large, config: eight },
      ...{ wanted: counts(30, 19), must: { milliseconds: 3 } },
    },
    {
      ...{ name: 'many', title: 'create, 1 device among 64 specs', ...create, specs: many, config: small },
      ...{ wanted, must: { milliseconds: 2.5 } },
    },
    {
      ...{ name: 'very-many', title: 'create, 1 device among 1001 specs', ...create, specs: very, config: small },
      ...{ wanted, must: { milliseconds: 6 } },
    },
    // as from drivers that write a spec for each container
    {
      name: 'alike',
      title: 'create, 1 device among 64 specs of its kind',
      ...create,
      specs: alike,
      config: small,
      wanted,
    },
  ];
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

/** Settings that name a runtime and one spec directory. */
export function writeSettings(file: string, runtime: string, specs: string): string {
  writeFileSync(file, `runtime: ${runtime}\nspecDirs:\n- ${specs}\nrequests:\n  env:\n    enabled: auto\n`);
  return file;
}
