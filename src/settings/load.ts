// Where the settings come from: the fixed file and its drop-ins, or one that is named; and a user's own when rootless.
import { type Failure, type FoundSettings, type Host, isFailure } from '../host/host.ts';
import { Trust } from '../host/trust.ts';
import { findConfigHome, isOrdinaryUser } from '../host/user-folder.ts';
import { CdiError } from '../text/error.ts';
import { quote } from '../text/quote.ts';
import { readRuntimeLine } from './runtime-line.ts';
import { DEFAULT_SETTINGS, type Settings } from './settings.ts';
import { checkContent, readContent, readSettings, type SettingsFile } from './settings-file.ts';
import type { Part } from './shapes.ts';

/** The environment variable that names the one file to read. */
export const SETTINGS_VARIABLE = 'CDI_RUNTIME_CONFIG';
export const SETTINGS_FILE = '/etc/cdi-runtime/config.yaml';
/** Drop-ins: `*.yaml` in here, in the order of their bytes, each over the ones before. */
export const SETTINGS_DIRECTORY = '/etc/cdi-runtime/config.d';

export interface LoadedSettings {
  readonly settings: Settings;
  /** those that were read, in rising priority */
  readonly files: readonly SettingsFile[];
}

/**
 * The settings that hold for this run.
 *
 * @throws {CdiError} BAD_SETTINGS with line, column and the nearest key; CANNOT_READ; UNTRUSTED for a file that
 *   others may have written
 */
export function loadSettings(host: Host): LoadedSettings {
  const named = readName(host);
  const found = host.settings?.() ?? findSettings(host, named);
  if (isFailure(found)) throw cannotList(found);
  const files = found.flatMap((one) => {
    const { path, content, own, problem } = one;
    if (path === SETTINGS_DIRECTORY && isFailure(content)) throw cannotList(content);
    const ifLink = isMissing(content) ? 'remove the link to it' : undefined;
    const hint = named === undefined ? ifLink : `${SETTINGS_VARIABLE} names it`;
    const file = checkContent(path, content, own, hint);
    if (file === undefined) return [];
    if (problem !== undefined) throw distrust(path, problem);
    return [readSettings(host, file, one)];
  });
  return { settings: files.reduce((settings, { part }) => applyPart(settings, part), DEFAULT_SETTINGS), files };
}

/** The one file to read, where a variable names it. */
function readName(host: Host): string | undefined {
  const named = host.environment(SETTINGS_VARIABLE);
  if (named === undefined || named === '') return undefined;
  if (named.startsWith('/')) return named;
  const why = `${SETTINGS_VARIABLE} does not name it by an absolute path`;
  throw new CdiError('BAD_SETTINGS', { what: `read settings ${quote(named)}`, why, hint: 'write the whole path' });
}

/** The files that count, in rising priority: what shim/settings.c finds, without its care for what is just changing. */
function findSettings(host: Host, named: string | undefined): readonly FoundSettings[] {
  if (named !== undefined) return [findFile(host, named, false)];
  const dropIns = listDropIns(host);
  if (isFailure(dropIns)) throw cannotList(dropIns);
  const shared = [SETTINGS_FILE, ...dropIns].map((path) => findFile(host, path, false));
  const own = findUserSettingsFile(host);
  // Where nothing stands, there may be nothing, or nothing any more; a link that leads nowhere is another matter.
  const there = shared.filter(({ path, content }) => !isMissing(content) || !isMissing(host.pathInfo(path)));
  return own === undefined ? there : [...there, findFile(host, own, true)];
}

function isMissing(result: object): boolean {
  return isFailure(result) && result.errno === 'ENOENT';
}

function findFile(host: Host, path: string, own: boolean): FoundSettings {
  const content = readContent(host, path);
  if (isFailure(content)) return { path, content, own, problem: undefined, runtime: undefined };
  const problem = new Trust(host).problem(path, host.fileInfo(content));
  return { path, content, own, problem, runtime: readRuntimeLine(host.text(content)) };
}

/** As a shell's `*.yaml`: names that begin with a dot are those of editors. */
function listDropIns(host: Host): readonly string[] | Failure {
  const entries = host.listDirectory(SETTINGS_DIRECTORY);
  if (isFailure(entries)) return isMissing(entries) ? [] : entries;
  const files = entries.filter(({ name, directory }) => !directory && name.endsWith('.yaml') && !name.startsWith('.'));
  return files.map(({ name }) => `${SETTINGS_DIRECTORY}/${name}`);
}

/** An ordinary user's own file, which is read last; undefined for root, and where the user has no home. */
function findUserSettingsFile(host: Host): string | undefined {
  const home = isOrdinaryUser(host) ? findConfigHome(host) : undefined;
  return home === undefined ? undefined : `${home}/cdi-runtime/config.yaml`;
}

function cannotList({ errno }: Failure): CdiError {
  const why = `it cannot be read (${errno})`;
  return new CdiError('CANNOT_READ', { what: `read settings directory ${quote(SETTINGS_DIRECTORY)}`, why });
}

function distrust(path: string, why: string): CdiError {
  const hint = 'let only root, or the user who starts containers, write to it';
  return new CdiError('UNTRUSTED', { what: `read settings ${quote(path)}`, path, why, hint });
}

/** A part's keys are those of the settings, with values of the same types; but of a variable only what differs is said. */
function applyPart(before: Settings, part: Part<Settings>): Settings {
  const settings = mergeMappings(before, part) as Settings;
  if (part.requests?.env?.variables === undefined) return settings;
  const { requests } = settings;
  const variables = Object.entries(requests.env.variables).map(
    ([name, { kind = null, ...more }]) => [name, { kind, ...more }] as const,
  );
  const env = { ...requests.env, variables: Object.fromEntries(variables) };
  return { ...settings, requests: { ...requests, env } };
}

type Mapping = Readonly<Record<string, unknown>>;

/** Maps merge, lists and values replace. */
function mergeMappings(base: Mapping, part: Mapping): Mapping {
  // By a spread, a key is a key whatever its name is.
  const merged: Record<string, unknown> = { ...base, ...part };
  for (const key in part) {
    const value = part[key];
    const old = Object.hasOwn(base, key) ? base[key] : undefined;
    if (value === undefined) merged[key] = old;
    else if (isMap(old) && isMap(value)) merged[key] = mergeMappings(old, value);
  }
  return merged;
}

function isMap(value: unknown): value is Mapping {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
