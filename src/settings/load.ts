// Where the settings come from: the fixed file and its drop-ins, or one that is named; and a user's own when rootless.
import { type FileContent, type Host, isFailure } from '../host/host.ts';
import { Trust } from '../host/trust.ts';
import { findConfigHome, isOrdinaryUser } from '../host/user-folder.ts';
import { CdiError } from '../text/error.ts';
import { quote } from '../text/quote.ts';
import { DEFAULT_SETTINGS, type Settings } from './settings.ts';
import { openSettings, readSettings, type SettingsFile, type SettingsPlace } from './settings-file.ts';
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
  const files = listSettingsPlaces(host).flatMap((place) => {
    const file = openSettings(host, place);
    if (file === undefined) return [];
    checkTrust(host, file);
    return [readSettings(host, file, place.own)];
  });
  return { settings: files.reduce((settings, { part }) => applyPart(settings, part), DEFAULT_SETTINGS), files };
}

/** The files that count, in rising priority. */
function listSettingsPlaces(host: Host): readonly SettingsPlace[] {
  const named = host.environment(SETTINGS_VARIABLE);
  if (named !== undefined && named !== '') {
    if (!named.startsWith('/')) {
      const why = `${SETTINGS_VARIABLE} does not name it by an absolute path`;
      throw new CdiError('BAD_SETTINGS', { what: `read settings ${quote(named)}`, why, hint: 'write the whole path' });
    }
    return [{ path: named, needed: `${SETTINGS_VARIABLE} names it`, own: false }];
  }
  const places: SettingsPlace[] = [{ path: SETTINGS_FILE, needed: undefined, own: false }];
  for (const name of listDropIns(host)) {
    places.push({ path: `${SETTINGS_DIRECTORY}/${name}`, needed: 'remove the link to it', own: false });
  }
  const own = findUserSettingsFile(host);
  if (own !== undefined) places.push({ path: own, needed: undefined, own: true });
  return places;
}

/** As a shell's `*.yaml`: names that begin with a dot are those of editors. */
function listDropIns(host: Host): readonly string[] {
  const entries = host.listDirectory(SETTINGS_DIRECTORY);
  if (isFailure(entries)) {
    if (entries.errno === 'ENOENT') return [];
    const why = `it cannot be read (${entries.errno})`;
    throw new CdiError('CANNOT_READ', { what: `read settings directory ${quote(SETTINGS_DIRECTORY)}`, why });
  }
  const files = entries.filter(({ name, directory }) => !directory && name.endsWith('.yaml') && !name.startsWith('.'));
  return files.map(({ name }) => name);
}

/** An ordinary user's own file, which is read last; undefined for root, and where the user has no home. */
function findUserSettingsFile(host: Host): string | undefined {
  const home = isOrdinaryUser(host) ? findConfigHome(host) : undefined;
  return home === undefined ? undefined : `${home}/cdi-runtime/config.yaml`;
}

function checkTrust(host: Host, file: FileContent): void {
  const { path } = file;
  const why = new Trust(host).problem(path, host.fileInfo(file));
  if (why === undefined) return;
  const hint = 'let only root, or the user who starts containers, write to it';
  throw new CdiError('UNTRUSTED', { what: `read settings ${quote(path)}`, path, why, hint });
}

/** A part's keys are those of the settings, with values of the same types; but a variable need not say its kind. */
function applyPart(before: Settings, part: Part<Settings>): Settings {
  const settings = mergeMappings(before, part) as Settings;
  if (part.requests?.env?.variables === undefined) return settings;
  const { requests } = settings;
  const variables = Object.entries(requests.env.variables).map(([name, { kind = null }]) => [name, { kind }] as const);
  const env = { ...requests.env, variables: Object.fromEntries(variables) };
  return { ...settings, requests: { ...requests, env } };
}

type Mapping = Readonly<Record<string, unknown>>;

/** Maps merge, lists and values replace. */
function mergeMappings(base: Mapping, part: Mapping): Mapping {
  const entries = Object.entries(part).filter(([, value]) => value !== undefined);
  const after = entries.map(([key, value]) => {
    const old = Object.hasOwn(base, key) ? base[key] : undefined;
    return [key, isMap(old) && isMap(value) ? mergeMappings(old, value) : value] as const;
  });
  return { ...base, ...Object.fromEntries(after) };
}

function isMap(value: unknown): value is Mapping {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
