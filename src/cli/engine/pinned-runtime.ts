// The link by which an engine calls the shim, and the real runtime that its name pins.
import { accessSync, constants, statSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { findRealRuntime, makeDefaultLink, namePinnedLink } from '../../engines/pinned-link.ts';
import { CdiError } from '../../text/error.ts';
import { quote } from '../../text/quote.ts';
import { linkTarget, resolveEntryInRoot, resolveInRoot } from '../files/host-root.ts';
import { type ShimFile, tryReadShim } from '../files/shim-file.ts';

/** Where the shim looks for a runtime by its name, in this order; never in PATH. */
export const RUNTIME_FOLDERS: readonly string[] = [
  '/usr/local/sbin',
  '/usr/local/bin',
  '/usr/sbin',
  '/usr/bin',
  '/sbin',
  '/bin',
];

export interface PinnedRuntime {
  /** the link, as the host calls it */
  readonly link: string;
  /** what the link says, or is to say */
  readonly target: string;
  /** the real runtime's name, and its path on the host */
  readonly runtime: string;
  readonly runtimePath: string;
  /** whether the link is there already */
  readonly exists: boolean;
}

/** The shim as it is installed on a host. @throws {CdiError} CANNOT_READ where it is missing, or is another program */
export function findInstalledShim(root: string, path: string): ShimFile {
  const real = resolveInRoot(root, path);
  const what = `find the shim ${quote(path)}`;
  if (!statSync(real, { throwIfNoEntry: false })?.isFile()) {
    throw new CdiError('CANNOT_READ', { what, path, why: 'it is missing', hint: 'run cdictl install first' });
  }
  const shim = tryReadShim(real);
  if (shim !== undefined) return shim;
  throw new CdiError('CANNOT_READ', { what, path, why: 'it is another program', hint: 'name the shim by --shim-path' });
}

/**
 * The first of the runtimes that the host has, and the link that pins it.
 *
 * @param candidates names of the runtimes that the engine's present default may be
 * @throws {CdiError} NO_RUNTIME; CANNOT_WRITE where something else has the link's name
 */
export function pinRuntime(
  root: string,
  shimPath: string,
  candidates: readonly string[],
  present: string | undefined,
): PinnedRuntime {
  const [found] = candidates.flatMap((name) => {
    const path = findRuntime(root, name);
    return path === undefined ? [] : [{ runtime: name, runtimePath: path }];
  });
  if (found === undefined) throw makeMissingError(root, candidates, present);
  return { ...found, ...planLink(root, shimPath, join(dirname(shimPath), namePinnedLink(found.runtime))) };
}

/** The same runtime by the link of a default runtime. @throws {CdiError} CANNOT_WRITE */
export function pinDefault(root: string, shimPath: string, pinned: PinnedRuntime): PinnedRuntime {
  return { ...pinned, ...planLink(root, shimPath, makeDefaultLink(pinned.link)) };
}

function planLink(root: string, shimPath: string, link: string): Pick<PinnedRuntime, 'link' | 'target' | 'exists'> {
  const entry = resolveEntryInRoot(root, link);
  const exists = linkTarget(entry) !== undefined || statSync(entry, { throwIfNoEntry: false }) !== undefined;
  if (exists && resolveInRoot(root, link) !== resolveInRoot(root, shimPath)) {
    const why = `${quote(link)} is there and does not lead to ${quote(shimPath)}`;
    throw new CdiError('CANNOT_WRITE', {
      what: `pin the runtime ${findRealRuntime(link)}`,
      path: link,
      why,
      hint: 'remove it',
    });
  }
  return { link, target: basename(shimPath), exists };
}

/** What a link of ours leads to on a host. */
export interface LinkState {
  /** `ok`, or what is wrong with it */
  readonly problem: string | undefined;
  readonly shim: ShimFile | undefined;
  /** the real runtime that it pins, and where that is; undefined where the settings choose */
  readonly runtime: string | undefined;
  readonly runtimePath: string | undefined;
}

export function linkState(root: string, link: string): LinkState {
  const file = resolveInRoot(root, link);
  const runtime = findRealRuntime(link);
  const runtimePath = runtime === undefined ? undefined : findRuntime(root, runtime);
  const isThere = statSync(file, { throwIfNoEntry: false })?.isFile() === true;
  const shim = isThere ? tryReadShim(file) : undefined;
  const problem = !isThere
    ? `${quote(link)} leads nowhere: run cdictl install`
    : shim === undefined
      ? `${quote(link)} leads to another program`
      : runtime !== undefined && runtimePath === undefined
        ? `the runtime ${runtime} is in none of ${RUNTIME_FOLDERS.join(', ')}`
        : undefined;
  return { problem, shim, runtime, runtimePath };
}

/** What `auto` stands for: the first of these. */
const KNOWN = ['runc', 'crun', 'youki'];

/**
 * The path of the runtime that the settings name; undefined where there is none.
 *
 * @param isThere by default on this machine
 */
export function findRuntimeOf(setting: string, isThere: (path: string) => boolean = isProgram): string | undefined {
  if (setting.startsWith('/')) return setting;
  return listRuntimePaths(setting === 'auto' ? KNOWN : [setting]).find(isThere);
}

/** Where the shim looks for a runtime, in its order. */
export function listRuntimePaths(names: readonly string[] = KNOWN): readonly string[] {
  return names.flatMap((name) => RUNTIME_FOLDERS.map((folder) => `${folder}/${name}`));
}

/** A runtime by its name, as the shim finds it. */
function findRuntime(root: string, name: string): string | undefined {
  return RUNTIME_FOLDERS.map((folder) => `${folder}/${name}`).find((path) => isProgram(resolveInRoot(root, path)));
}

function isProgram(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return statSync(path).isFile();
  } catch {
    return false;
  }
}

/** The engine's own path of the runtime is the best hint there is. */
function makeMissingError(root: string, candidates: readonly string[], present: string | undefined): CdiError {
  const names = candidates.join(' and ');
  const known = present?.startsWith('/') && isProgram(resolveInRoot(root, present)) ? present : undefined;
  const hint = known === undefined ? `install ${names}` : `run ln -s ${known} /usr/local/bin/${basename(known)}`;
  return new CdiError('NO_RUNTIME', {
    what: 'pin the runtime of the engine',
    why: `${candidates.length > 1 ? `none of ${names}` : names} is in ${RUNTIME_FOLDERS.join(', ')}`,
    hint,
  });
}
