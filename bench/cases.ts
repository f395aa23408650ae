// The cases of the benchmark: bundles, specs and settings in a scratch folder, and the targets of each.
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { configJson } from './bundle.ts';
import { fillDirectory, KIND, largeSpec } from './specs.ts';
import type { Target } from './table.ts';

export interface Case {
  /** for files and the launcher's plan */
  readonly name: string;
  readonly title: string;
  readonly command: 'state' | 'create';
  readonly settings: string;
  /** the document before each run */
  readonly config: string;
  /** how many mounts and device nodes the document has afterwards; none of its bytes change without */
  readonly wanted?: { readonly mounts: number; readonly devices: number } | undefined;
  readonly must?: Target | undefined;
}

export interface Place {
  /** the scratch folder */
  readonly folder: string;
  /** the bundle, whose config.json is made anew before each run */
  readonly bundle: string;
  readonly standIn: string;
}

/** Mounts of config.json itself. */
const OWN_MOUNTS = 9;

/** Makes all files, and says what to measure. */
export function makeCases(place: Place): readonly Case[] {
  const large = join(place.folder, 'large');
  mkdirSync(large);
  writeFileSync(join(large, 'bench.yaml'), largeSpec(join(place.folder, 'libraries'), place.standIn));
  const fill = (name: string, count: number, kind: (number: number) => string): string => {
    fillDirectory(join(place.folder, name), count, kind);
    return join(place.folder, name);
  };
  const others = (number: number): string => `vendor${number}.example/class`;
  const settings = (specs: string): string => writeSettings(place, specs, place.standIn);
  const ask = (name: string, count: number, first: string): string => writeConfig(place, name, count, first);
  const small = { mounts: OWN_MOUNTS + 1, devices: 1 };
  const none = writeConfig(place, 'none', 0, '');
  return [
    { name: 'state', title: 'state', command: 'state', settings: settings(large), config: none, must: { ratio: 1.5 } },
    {
      ...{ name: 'none', title: 'create, no request', command: 'create', settings: settings(large), config: none },
      must: { ratio: 1.6 },
    },
    {
      ...{ name: 'one', title: 'create, 1 device of a 12 KB spec', command: 'create', settings: settings(large) },
      ...{ config: ask('one', 1, '0'), wanted: { mounts: OWN_MOUNTS + 30, devices: 5 }, must: { milliseconds: 3 } },
    },
    {
      ...{ name: 'eight', title: 'create, 8 devices of it', command: 'create', settings: settings(large) },
      ...{ config: ask('eight', 8, '0'), wanted: { mounts: OWN_MOUNTS + 30, devices: 19 }, must: { milliseconds: 3 } },
    },
    {
      ...{ name: 'of-64', title: 'create, 1 of 64 specs', command: 'create', wanted: small, must: { milliseconds: 2.5 } },
      ...{ settings: settings(fill('of-64', 64, others)), config: ask('of-64', 1, 'wanted') },
    },
    {
      ...{ name: 'of-1001', title: 'create, 1 of 1001 specs', command: 'create', wanted: small, must: { milliseconds: 6 } },
      ...{ settings: settings(fill('of-1001', 1001, others)), config: ask('of-1001', 1, 'wanted') },
    },
    {
      // as drivers do that write a spec for each container: every file may define the device, until it is parsed
      ...{ name: 'kind-64', title: 'create, 1 of 64 specs of one kind', command: 'create', wanted: small },
      ...{ settings: settings(fill('kind-64', 64, () => KIND)), config: ask('kind-64', 1, 'wanted') },
    },
  ];
}

/** Settings that name a runtime and one spec directory; named after the directory. */
export function writeSettings(place: Place, specs: string, runtime: string, suffix = ''): string {
  const file = `${specs}${suffix}.settings.yaml`;
  writeFileSync(file, `runtime: ${runtime}\nfamily: ${suffix === '' ? 'runc' : 'auto'}\nspecDirs:\n- ${specs}\naudit:\n  enabled: false\n`);
  return file;
}

/** A document that asks for `count` devices, whose names are numbers from `first` on, or `first` alone. */
function writeConfig({ folder }: Place, name: string, count: number, first: string): string {
  const devices = Array.from({ length: count }, (_, i) => `${KIND}=${count === 1 ? first : i}`);
  const file = join(folder, `${name}.config.json`);
  writeFileSync(file, configJson('/stand-in', count === 0 ? {} : { 'cdi.k8s.io/bench': devices.join(',') }));
  return file;
}
