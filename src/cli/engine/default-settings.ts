// The settings that go with a default runtime: then every image passes through the shim, and anyone may write an image.
import { basename, dirname } from 'node:path';
import type { SpecHost } from '../../host/host.ts';
import { findUserSettingsFile, loadSettings, SETTINGS_DIRECTORY } from '../../settings/load.ts';
import { CdiError } from '../../text/error.ts';
import { quote } from '../../text/quote.ts';
import { type HostChanges, readIfThere } from '../files/host-changes.ts';
import { resolveInRoot } from '../files/host-root.ts';

const NAME = '50-default-runtime.yaml';
const TEXT = `# Written by cdictl engine configure --set-default, removed by cdictl engine unconfigure.
# The shim is a default runtime: what the environment of an image asks for does not count.
requests:
  env:
    enabled: false
`;

export interface DefaultSettings {
  /** as the host calls it */
  readonly path: string;
  /** what is there now */
  readonly before: string | undefined;
  readonly isOurs: boolean;
}

/** The file, for root or for the ordinary user who runs this and whose shim reads their own settings last. */
export function makeDefaultSettings(host: SpecHost, root: string): DefaultSettings {
  const path = (root === '' ? findUserSettingsFile(host) : undefined) ?? `${SETTINGS_DIRECTORY}/${NAME}`;
  const before = readIfThere(resolveInRoot(root, path));
  return { path, before, isOurs: before === TEXT };
}

/**
 * Turns requests by environment off, where no file of that name has a say of its own.
 *
 * @throws {CdiError} BAD_SETTINGS where it says something else
 */
export function writeDefaultSettings(
  changes: HostChanges,
  host: SpecHost,
  root: string,
  { path, before, isOurs }: DefaultSettings,
): void {
  if (isOurs) return;
  if (before !== undefined) {
    checkOff(host, root, path);
    return;
  }
  const file = resolveInRoot(root, path);
  changes.makeDirectory(dirname(file));
  changes.put(file, undefined, TEXT);
}

/** Removes the file where it is as it was written, and its folders where they are empty then. @returns whether it is gone */
export function removeDefaultSettings(changes: HostChanges, root: string, settings: DefaultSettings): boolean {
  if (!settings.isOurs) return false;
  const file = resolveInRoot(root, settings.path);
  changes.put(file, settings.before, undefined);
  for (let folder = dirname(file); /^(?:config\.d|cdi-runtime)$/.test(basename(folder)); folder = dirname(folder)) {
    if (!changes.removeEmptyDirectory(folder)) break;
  }
  return true;
}

/** A file of somebody else will do if requests by environment are off, whatever it says besides. */
function checkOff(host: SpecHost, root: string, path: string): void {
  if (root === '' && loadSettings(host).settings.requests.env.enabled === false) return;
  throw new CdiError('BAD_SETTINGS', {
    what: 'make the shim a default runtime',
    path,
    why: `${quote(path)} is there already and may let the environment of images request devices`,
    hint: 'say requests: { env: { enabled: false } } in it, or move it away',
  });
}
