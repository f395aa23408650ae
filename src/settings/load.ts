// Where the settings come from: the fixed file and its drop-ins, or one that is named; and a user's own when rootless.
import { type Failure, type FoundSettings, type Host, isFailure } from '../host/host.ts';
import { Trust } from '../host/trust.ts';
import { findConfigHome, isOrdinaryUser } from '../host/user-folder.ts';
import { combineSettings, isMissing, type LoadedSettings, readName, SETTINGS_DIRECTORY } from './combine.ts';
import { readRuntimeLine } from './runtime-line.ts';
import { readContent } from './settings-file.ts';

export const SETTINGS_FILE = '/etc/cdi-runtime/config.yaml';

/**
 * The settings that hold for this run. The shim's come from its C half (shim/settings.c).
 *
 * @throws {CdiError} BAD_SETTINGS with line, column and the nearest key; CANNOT_READ; UNTRUSTED for a file that
 *   others may have written
 */
export function loadSettings(host: Host): LoadedSettings {
  return combineSettings(host, findSettings(host));
}

/** The files that count, in rising priority: what shim/settings.c finds, without its care for what is just changing. */
export function findSettings(host: Host): readonly FoundSettings[] | Failure {
  const named = readName(host);
  if (named !== undefined) return [findFile(host, named, false)];
  const dropIns = listDropIns(host);
  if (isFailure(dropIns)) return dropIns;
  const shared = [SETTINGS_FILE, ...dropIns].map((path) => findFile(host, path, false));
  const own = findUserSettingsFile(host);
  // Where nothing stands, there may be nothing, or nothing any more; a link that leads nowhere is another matter.
  const there = shared.filter(({ path, content }) => !isMissing(content) || !isMissing(host.pathInfo(path)));
  return own === undefined ? there : [...there, findFile(host, own, true)];
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
