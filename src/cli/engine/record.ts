// What cdictl did for an engine, kept on the host so that it can be undone to the byte.
import { statSync } from 'node:fs';
import { join } from 'node:path';
import type { EngineId } from '../../engines/engine.ts';
import { ENGINES } from '../../engines/engines.ts';
import type { EngineRecord } from '../../engines/record.ts';
import type { SpecHost } from '../../host/host.ts';
import { findUserFolder, isOrdinaryUser } from '../../host/user-folder.ts';
import { CdiError } from '../../text/error.ts';
import { quote } from '../../text/quote.ts';
import { type HostChanges, readIfThere } from '../files/host-changes.ts';
import { resolveInRoot } from '../files/host-root.ts';

/** Paths are those of the host. */
export interface NeededLink {
  readonly path: string;
  /** the engine's main file that needs it */
  readonly main: string;
  /** whether cdictl has made it */
  readonly made: boolean;
}

export type EngineSetup = {
  /** texts of the engine's files, before and after */
  readonly files: EngineRecord;
  /** those that switched the engine's own CDI on, with the texts right before and after */
  readonly native: EngineRecord;
  /** pinned links that the engine's runtimes need */
  readonly links: readonly NeededLink[];
  /** directories that cdictl has made, the outermost first */
  readonly directories: readonly string[];
};

export const NO_SETUP: EngineSetup = { files: [], native: [], links: [], directories: [] };

const FORMAT = 1;

/** Engines' files may hold secrets of their registries. */
const MODE = 0o600;

/** Where records are: of root, or of the ordinary user who runs this. */
export function findRecordFolder(host: SpecHost, root: string): string {
  const isOfUser = root === '' && isOrdinaryUser(host);
  const state = isOfUser ? findUserFolder(host, host.environment('XDG_STATE_HOME'), '.local/state') : undefined;
  return join(state ?? '/var/lib', 'cdi-runtime/engines');
}

/** @throws {CdiError} CANNOT_READ */
export function readSetup(folder: string, root: string, id: EngineId): EngineSetup {
  const path = makeRecordPath(folder, id);
  const text = readIfThere(resolveInRoot(root, path));
  if (text === undefined) return NO_SETUP;
  const setup = parseSetup(text);
  if (setup !== undefined) return setup;
  const why = 'it is not as cdictl writes it';
  const hint = `move it away, and take the runtime out of the files of ${id} by hand where unconfigure does not`;
  throw new CdiError('CANNOT_READ', { what: `read the record ${quote(path)}`, path, why, hint });
}

/** The records of all engines. */
export function readAllSetups(folder: string, root: string): ReadonlyMap<EngineId, EngineSetup> {
  return new Map(Object.values(ENGINES).map(({ id }) => [id, readSetup(folder, root, id)]));
}

/** milliseconds since 1970 at which a record was written; 0 where there is none */
export function readRecordTime(folder: string, root: string, id: EngineId): number {
  return statSync(resolveInRoot(root, makeRecordPath(folder, id)), { throwIfNoEntry: false })?.mtimeMs ?? 0;
}

/** Writes a record; one of which nothing is left to undo goes. */
export function writeSetup(changes: HostChanges, folder: string, root: string, id: EngineId, setup: EngineSetup): void {
  const path = resolveInRoot(root, makeRecordPath(folder, id));
  const before = readIfThere(path);
  const after = isDone(setup) ? undefined : writeSetupText(id, setup);
  if (before === after) return;
  if (after !== undefined) changes.makeDirectory(resolveInRoot(root, folder));
  changes.put(path, before, after, MODE);
}

/** Removes what is left of the folder of records when there is no record in it. */
export function removeRecordFolder(changes: HostChanges, folder: string, root: string): void {
  const path = resolveInRoot(root, folder);
  if (changes.removeEmptyDirectory(path)) changes.removeEmptyDirectory(join(path, '..'));
}

function isDone({ files, links, directories }: EngineSetup): boolean {
  return files.length + directories.length === 0 && links.every(({ made }) => !made);
}

function makeRecordPath(folder: string, id: EngineId): string {
  return `${folder}/${id}.json`;
}

function parseSetup(text: string): EngineSetup | undefined {
  let value: { readonly [key: string]: unknown };
  try {
    value = Object(JSON.parse(text));
  } catch {
    return undefined;
  }
  const setup = { ...NO_SETUP };
  for (const list of Object.keys(NO_SETUP))
    if (value[list] !== undefined) Object.assign(setup, { [list]: value[list] });
  return value['format'] === FORMAT && Object.values(setup).every(Array.isArray) ? setup : undefined;
}

function writeSetupText(id: EngineId, setup: EngineSetup): string {
  return `${JSON.stringify({ format: FORMAT, engine: id, ...setup }, null, 2)}\n`;
}
