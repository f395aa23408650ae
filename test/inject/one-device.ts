// A spec of one device on a host in memory, for tables of what its edits may be.
import assert from 'node:assert/strict';
import { findFamily } from '../../src/oci/command-line.ts';
import { DEFAULT_SETTINGS, type Settings } from '../../src/settings/settings.ts';
import type { MemoryEntry, MemoryOptions } from '../host/memory-host.ts';
import { type Planned, planned, refusalOf, request } from './planned.ts';

export const SPEC = '/etc/cdi/a.yaml';

/** The host, and what the settings say besides the defaults. */
export interface Surroundings {
  readonly files?: Readonly<Record<string, MemoryEntry>>;
  readonly memory?: MemoryOptions;
  readonly trust?: Partial<Settings['trust']>;
  readonly stale?: Settings['stale'];
  readonly runtime?: string;
  /** what the document says besides the request */
  readonly document?: object;
}

/** The edits stand in the spec as JSON over several lines. */
function textOf(edits: object): string {
  const lines = JSON.stringify(edits, null, 1).split('\n');
  return ['cdiVersion: 0.6.0', 'kind: a/b', 'devices:', '- name: c', '  containerEdits:', ...indented(lines), ''].join(
    '\n',
  );
}

function indented(lines: readonly string[]): string[] {
  return lines.map((line) => `    ${line}`);
}

/** Where a piece of JSON stands in the spec of some edits; a blank in it stands for any white space. */
export function placeIn(edits: object, piece: string): string {
  const words = piece.split(' ').map((word) => word.replaceAll(/[{}[\]*+?.()|^$\\]/g, String.raw`\$&`));
  const at = textOf(edits).search(new RegExp(words.join(String.raw`\s+`)));
  assert.notEqual(at, -1, `${piece} is not in the spec`);
  const lines = textOf(edits).slice(0, at).split('\n');
  return `line ${lines.length}, column ${(lines.at(-1) ?? '').length + 1}`;
}

function around(
  edits: object,
  { files, memory = {}, trust, stale = 'warn', runtime }: Surroundings,
): Parameters<typeof planned>[1] {
  const family: Settings['family'] = runtime === undefined ? 'auto' : findFamily(runtime);
  const settings = { stale, family, trust: { ...DEFAULT_SETTINGS.trust, ...trust } };
  return { files: { ...files, [SPEC]: textOf(edits) }, memory, settings };
}

/** What is planned for a container that asks for the device. */
export function plannedFor(edits: object, surroundings: Surroundings): Planned {
  return planned({ ...surroundings.document, ...request('a/b=c') }, around(edits, surroundings));
}

/** Why it does not get the device. */
export function refusalFor(edits: object, surroundings: Surroundings): string | undefined {
  return refusalOf({ ...surroundings.document, ...request('a/b=c') }, around(edits, surroundings));
}

/** An error of the form that all errors about edits have. */
export function errorAbout(edits: object, code: string, what: string, piece: string, why: string): string {
  return `${code}: cannot ${what} of spec "${SPEC}": ${placeIn(edits, piece)}: ${why}`;
}
