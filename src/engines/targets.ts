// What an engine or a runtime of some version would refuse in a spec, or pass over: the same for the linter and the page.

import type { Spec } from '../cdi/spec.ts';
import { findLeastVersion, findVersionFault, VERSIONS } from '../cdi/versions.ts';
import type { FieldPath } from '../edits/fault.ts';
import type { ContainerEdits } from '../edits/kinds.ts';
import { isAtLeast } from './engine-version.ts';

/**
 * The newest version of CDI that readers of specs know, and since when. A reader refuses specs of any other version, and
 * fields that it does not know, since all of them read by Go's library, strictly: its version decides.
 *
 * Sources: `tags.cncf.io/container-device-interface` (before: `github.com/container-orchestrated-devices/…`) in `go.mod` of
 * each release tag (docker up to 28: `vendor.mod`), and `CurrentVersion` in `specs-go` of that version of the library.
 * Looked at up to podman 5.8.2, buildah 1.44.0, docker 29.7.2, containerd 2.3.4, CRI-O 1.36.3, buildkit 0.32.2 and
 * NVIDIA's toolkit 1.20.0. Where a branch got a newer library late (docker 25.0.17), the next one has its own row.
 */
const READERS = {
  podman: ['4.1 0.4.0', '4.3 0.5.0', '4.7 0.6.0', '5.1 0.7.0', '5.2 0.8.0', '5.5 1.0.0'],
  buildah: ['1.38 0.8.0', '1.40 1.0.0', '1.44 1.1.0'],
  docker: ['25.0 0.6.0', '25.0.17 0.8.0', '26.0 0.6.0', '26.1 0.7.0', '27.4 0.8.0', '28.1 1.0.0', '29.2 1.1.0'],
  containerd: ['1.7 0.5.0', '1.7.12 0.6.0', '1.7.16 0.7.0', '1.7.27 0.8.0', '2.0.5 1.0.0', '2.2.1 1.1.0'],
  crio: ['1.24 0.3.0', '1.25 0.5.0', '1.28 0.6.0', '1.30 0.7.0', '1.31 0.8.0', '1.33 1.0.0', '1.35 1.1.0'],
  buildkit: ['0.20 0.8.0', '0.21 1.0.0', '0.27 1.1.0'],
  // Its runtime in the mode cdi.
  'nvidia-container-runtime': [
    '1.10 0.3.0',
    '1.11 0.4.0',
    '1.12 0.5.0',
    '1.14 0.6.0',
    '1.15 0.7.0',
    '1.16 0.8.0',
    '1.18 1.0.0',
    '1.18.2 1.1.0',
  ],
} as const;

/**
 * Edits that runtimes pass over without a word, as they read of a document what they know, and since when they do not.
 *
 * Sources: `libcontainer/specconv` of runc's and `src/libcrun` of crun's release tags, up to runc 1.5.1 and crun 1.29.1.
 */
const RUNTIMES = {
  runc: ['netDevices 1.4', 'intelRdt.schemata 1.4', 'intelRdt.enableMonitoring 1.4', 'intelRdt.closID 1.1'],
  crun: ['netDevices 1.22', 'intelRdt 1.10', 'intelRdt.schemata 1.22', 'intelRdt.enableMonitoring 1.24'],
} as const;

export interface Target {
  readonly name: keyof typeof READERS | keyof typeof RUNTIMES;
  /** `4.9`: the first release of it; `4.9.3` */
  readonly version: string;
}

export const TARGET_NAMES: readonly Target['name'][] = [...listNames(READERS), ...listNames(RUNTIMES)];

export interface TargetFinding {
  readonly effect: 'refused' | 'ignored';
  readonly field: FieldPath;
  readonly message: string;
  /** what to do about it */
  readonly cure: string;
  /** a cdiVersion that the target accepts and that holds the spec */
  readonly version?: string;
}

/** @param text `podman@4.9`; undefined where it has another form or is no target */
export function parseTarget(text: string): Target | undefined {
  const [, word = '', number = '', rest] = /^([a-z-]+)@v?(\d+)((?:\.\d+){1,2})?$/.exec(text) ?? [];
  const name = TARGET_NAMES.find((known) => known === (word === 'cri-o' ? 'crio' : word));
  return name === undefined ? undefined : { name, version: `${number}${rest ?? '.0'}` };
}

/** Every release of a target from which on it reads or does more, rising. */
export function listReleases(name: Target['name']): readonly Target[] {
  const rows = listRows(READERS, name);
  const since =
    rows.length > 0 ? rows.map(([release]) => release) : listRows(RUNTIMES, name).map(([, release]) => release);
  return [...new Set(since)]
    .map((release): Target => ({ name, version: /^\d+\.\d+$/.test(release) ? `${release}.0` : release }))
    .sort((a, b) => (isSince(a.version, b.version) ? 1 : -1));
}

function writeTarget({ name, version }: Target): string {
  return `${name} ${version}`;
}

/** The newest version of CDI that a reader knows; undefined where it reads no specs at all, as runtimes do not. */
export function findKnownVersion({ name, version }: Target): string | undefined {
  return listRows(READERS, name).findLast(([since]) => isSince(version, since))?.[1];
}

/** @param spec valid, or what is wrong with it is told already */
export function judgeForTarget(spec: Spec, target: Target): readonly TargetFinding[] {
  return Object.hasOwn(READERS, target.name) ? judgeReading(spec, target) : judgeRunning(spec, target);
}

function judgeReading(spec: Spec, target: Target): readonly TargetFinding[] {
  const [rows, own] = [listRows(READERS, target.name), writeTarget(target)];
  const known = findKnownVersion(target);
  if (known === undefined) {
    const cure = `use ${target.name} ${rows[0]?.[0]} or newer`;
    return [{ effect: 'ignored', field: [], message: `${own} reads no CDI specs`, cure }];
  }
  if (rankVersion(spec.cdiVersion.replace(/^v/, '')) <= rankVersion(known)) return [];
  const version = findLeastVersion(spec);
  const message = `${own} refuses cdiVersion ${spec.cdiVersion}: it knows up to ${known}`;
  const place = { effect: 'refused', field: ['cdiVersion'] } as const;
  if (rankVersion(version) <= rankVersion(known))
    return [{ ...place, message, cure: `set cdiVersion to ${version}`, version }];
  const newer = rows[rows.findLastIndex(([, cdi]) => rankVersion(cdi) < rankVersion(version)) + 1];
  const why = findVersionFault({ ...spec, cdiVersion: known })?.why.replace(/^.*: /, '') ?? `it needs ${version}`;
  const use = newer === undefined ? '' : `, or use ${target.name} ${newer[0]} or newer`;
  return [{ ...place, message: `${message}, and ${why}`, cure: `leave that out${use}` }];
}

type Row = readonly [what: string, version: string];

function judgeRunning(spec: Spec, target: Target): readonly TargetFinding[] {
  const all = [
    { edits: spec.containerEdits ?? {}, field: ['containerEdits'] },
    ...spec.devices.map(({ containerEdits }, i) => ({
      edits: containerEdits,
      field: ['devices', i, 'containerEdits'],
    })),
  ];
  return listRows(RUNTIMES, target.name).flatMap(([what, since]) =>
    all.flatMap(({ edits, field }): TargetFinding[] => {
      const path = what.split('.');
      if (isSince(target.version, since) || !saysSomething(edits, path)) return [];
      const message = `${writeTarget(target)} ignores ${what}, which it knows from ${since} on`;
      const cure = `use ${target.name} ${since} or newer, or leave it out`;
      return [{ effect: 'ignored', field: [...field, ...path], message, cure }];
    }),
  );
}

/** An empty text or list, and a false, reach no document. */
function saysSomething(edits: ContainerEdits, [name, member]: readonly string[]): boolean {
  if (member === undefined) return Object.keys(edits).some((kind) => kind === name);
  const said = Object.entries(edits.intelRdt ?? {}).find(([field]) => field === member)?.[1];
  return Array.isArray(said) ? said.length > 0 : Boolean(said);
}

function listNames<Name extends string>(table: Readonly<Record<Name, unknown>>): Name[];
function listNames(table: Readonly<Record<string, unknown>>): string[] {
  return Object.keys(table);
}

function listRows(table: Readonly<Record<string, readonly string[]>>, name: string): readonly Row[] {
  return (table[name] ?? []).map((row): Row => {
    const [what = '', version = ''] = row.split(' ');
    return [what, version];
  });
}

function isSince(version: string, since: string): boolean {
  const [major = 0, minor = 0, patch] = since.split('.').map(Number);
  return isAtLeast(version, major, minor, patch) === true;
}

/** Rising; what is unknown is no version of CDI, which is told by others. */
function rankVersion(version: string): number {
  const index = VERSIONS.findIndex((known) => known.version === version);
  return index < 0 ? Number.NEGATIVE_INFINITY : -index;
}
