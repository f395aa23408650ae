// What the files of the settings say together, each over the ones before.
import { type Failure, type FoundSettings, type Host, isFailure } from '../host/host.ts';
import { CdiError } from '../text/error.ts';
import { quote } from '../text/quote.ts';
import { DEFAULT_SETTINGS, type Settings } from './settings.ts';
import { checkContent, readSettings, type SettingsFile } from './settings-file.ts';
import type { Part } from './shapes.ts';

/** The environment variable that names the one file to read. */
export const SETTINGS_VARIABLE = 'CDI_RUNTIME_CONFIG';
/** Drop-ins: `*.yaml` in here, in the order of their bytes, each over the ones before. */
export const SETTINGS_DIRECTORY = '/etc/cdi-runtime/config.d';

export interface LoadedSettings {
  readonly settings: Settings;
  /** those that were read, in rising priority */
  readonly files: readonly SettingsFile[];
}

/**
 * What the files say that were found, together.
 *
 * @throws {CdiError} BAD_SETTINGS with line, column and the nearest key; CANNOT_READ; UNTRUSTED for a file that
 *   others may have written
 */
export function combineSettings(host: Host, found: readonly FoundSettings[] | Failure): LoadedSettings {
  const named = readName(host);
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
  // One with the other first, since what they say is little.
  let said: Part<Settings> | undefined;
  for (const { part } of files) said = said === undefined ? part : mergeMappings(said, part);
  return { settings: said === undefined ? DEFAULT_SETTINGS : applyPart(DEFAULT_SETTINGS, said), files };
}

/**
 * The one file to read, where a variable names it.
 *
 * @throws {CdiError} BAD_SETTINGS
 */
export function readName(host: Host): string | undefined {
  const named = host.environment(SETTINGS_VARIABLE);
  if (named === undefined || named === '') return undefined;
  if (named.startsWith('/')) return named;
  const why = `${SETTINGS_VARIABLE} does not name it by an absolute path`;
  throw new CdiError('BAD_SETTINGS', { what: `read settings ${quote(named)}`, why, hint: 'write the whole path' });
}

/** Whether nothing is there. */
export function isMissing(result: object): boolean {
  return isFailure(result) && result.errno === 'ENOENT';
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
