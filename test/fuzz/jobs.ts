// What fuzzers let the core do on a host, as data: the same in Node and in the shim, so that the two can be compared.
import { rewrite } from '../../src/bundle/rewrite.ts';
import { writeSpecJson } from '../../src/cdi/write-spec.ts';
import { gatherAlone, planEdits } from '../../src/edits/apply.ts';
import type { DeviceLookup } from '../../src/edits/device-lookup.ts';
import { Draft } from '../../src/edits/draft.ts';
import type { ContainerEdits } from '../../src/edits/kinds.ts';
import { type Host, isFailure, isMalformed } from '../../src/host/host.ts';
import { loadSpec } from '../../src/registry/spec-file.ts';
import { SETTINGS_VARIABLE } from '../../src/settings/combine.ts';
import { loadSettings } from '../../src/settings/load.ts';
import type { Settings } from '../../src/settings/settings.ts';
import { CdiError } from '../../src/text/error.ts';

/** A file, and what to make of it. */
export interface Job {
  readonly kind: keyof typeof KINDS;
  readonly file: string;
}

/** In bytes; no input is nearly as large. */
const LARGEST = 1 << 20;

const LOOKUP: DeviceLookup = { deviceInfo: () => ({ type: 'c', major: 1, minor: 3, mode: 0o666 }) };

/** One of every kind. */
const EDITS: ContainerEdits = {
  env: ['A=1', 'NEW=é\u{1f600}"\\'],
  deviceNodes: [{ path: '/dev/a' }, { path: '/dev/b', type: 'c', major: 10, minor: 7, permissions: 'r', uid: 5 }],
  netDevices: [{ hostInterfaceName: 'eth0', name: 'x' }],
  mounts: [
    { hostPath: '/h', containerPath: '/a', options: ['ro', 'bind'] },
    { hostPath: '/h', containerPath: '/' },
  ],
  hooks: [
    { hookName: 'prestart', path: '/bin/h', args: ['h'], env: ['A=1'], timeout: 9223372036854775807n },
    { hookName: 'poststop', path: '/bin/h' },
  ],
  intelRdt: { closID: 'c', schemata: ['L3:0=f'] },
  additionalGids: [5, 4294967295],
};

/** Edits one document in place, as the shim does it. */
function edit(host: Host, path: string): unknown {
  const file = host.holdFile(path, LARGEST);
  if (isFailure(file)) return file.errno;
  const tree = host.parseJson(file);
  if (isMalformed(tree)) return [tree.syntax, tree.at ?? null];
  const changes = planEdits(new Draft(tree, 0), gatherAlone(EDITS), LOOKUP, 'once');
  return host.replaceFile(file, rewrite(tree, file.size, changes))?.errno ?? 'replaced';
}

function spec(host: Host, path: string): unknown {
  const file = host.readFile(path, LARGEST);
  return isFailure(file) ? file.errno : writeSpecJson(loadSpec(host, file, 0).spec);
}

/** The flat tree, with the position of each node. */
function yaml(host: Host, path: string): unknown {
  const file = host.readFile(path, LARGEST);
  if (isFailure(file)) return file.errno;
  const tree = host.parseYaml(file);
  if (isMalformed(tree)) return [tree.syntax, tree.at ?? null];
  const { codes, texts, tags, anchors } = tree;
  return { codes, texts, tags, anchors, positions: codes.map((_, node) => tree.position(node)) };
}

/** The settings that a file is, whatever the host has read at its start. */
export function readSettings(host: Host, path: string): Settings {
  const environment = (name: string): string | undefined => (name === SETTINGS_VARIABLE ? path : undefined);
  return loadSettings({ ...host, environment }).settings;
}

const KINDS = { edit, spec, yaml, settings: readSettings } as const;

/** What comes of each job; a refusal is its sentence. */
export function runJobs(host: Host, jobs: readonly Job[]): unknown[] {
  return jobs.map(({ kind, file }) => {
    try {
      return KINDS[kind](host, file);
    } catch (error) {
      if (error instanceof CdiError) return `${error.code}: ${error.message}`;
      throw error;
    }
  });
}
