// Whether the shim is installed, whole and of this version, and whether the links that pin a runtime lead somewhere.
import { basename, dirname, join } from 'node:path';
import { explainUnusable } from '../../edits/finding.ts';
import { isFailure } from '../../host/host.ts';
import { type LinkState, linkState } from '../engine/pinned-runtime.ts';
import { resolveInRoot } from '../files/host-root.ts';
import { readShim, type ShimFile } from '../files/shim-file.ts';
import { type Check, type Result, reportError, reportOk, reportSkipped, reportWarning } from './check.ts';
import type { HostView } from './host-view.ts';
import { reportUntrusted } from './runtime-check.ts';

const SET_ID = 0o6000;
const ALL_EXECUTE = 0o111;

export const SHIM_CHECKS: readonly Check[] = [
  {
    id: 'shim',
    summary: 'the shim is installed, whole, of the version of this cdictl, and only root can write it',
    examine: (view) => {
      const { shimPath: path, trust, system } = view;
      const { end } = trust.trail(path);
      if (isFailure(end)) {
        const isMissing = end.errno === 'ENOENT' || end.errno === 'ENOTDIR';
        if (isMissing) return [reportWarning(`there is no shim at ${path}`, 'run cdictl install', path)];
        return [reportError(`${path}: ${explainUnusable(end.errno)}`, 'fix its path, then run cdictl install', path)];
      }
      const bytes = system.bytes(path);
      if (bytes === undefined) return [reportError(`${path} cannot be read`, 'run cdictl install', path)];
      const shim = readShim(bytes);
      if (shim === undefined) return [reportError(`${path} is another program`, 'run cdictl install', path)];
      const results = findShimFaults(view, end.mode, bytes, shim);
      return results.length > 0 ? results : [reportOk(`${path}: version ${shim.version}`)];
    },
  },
  {
    id: 'links',
    summary: 'each link beside the shim (cdi-runc and the like) leads to a shim, and names a runtime that is there',
    examine: (view) => {
      const links = findLinksBeside(view).map((link) => ({ link, state: linkState(view.root, link) }));
      const ours = links.filter(({ link, state }) => isOurs(view, link, state));
      if (ours.length === 0)
        return [reportSkipped(`no link is beside ${view.shimPath}: engines get one by engine configure`)];
      return ours.map(({ link, state: { problem, runtimePath } }): Result => {
        if (problem !== undefined) return reportError(problem, 'see cdictl engine status', link);
        const refusal = runtimePath === undefined ? undefined : reportUntrusted(view, runtimePath);
        return refusal ?? reportOk(`${link} runs ${runtimePath}`);
      });
    },
  },
];

/** What is wrong with a shim that is there. */
function findShimFaults(view: HostView, mode: number, bytes: Uint8Array, shim: ShimFile): readonly Result[] {
  const { shimPath: path, trust, system } = view;
  const again = 'run cdictl install again';
  const shown = `(mode ${mode.toString(8).padStart(4, '0')})`;
  const { architecture } = system;
  const problem = trust.problem(path);
  const isWhole = bytes.length >= findProgramEnd(bytes);
  const isOther = shim.version !== view.version;
  const packaged = isOther || !isWhole ? undefined : system.packagedShim();
  const faults: readonly (readonly [isThere: boolean, result: Result])[] = [
    [!isWhole, reportError(`${path} is cut off at ${bytes.length} bytes`, again, path)],
    [shim.machine !== architecture, reportError(`${path} is for ${shim.machine}, not ${architecture}`, again, path)],
    [(mode & SET_ID) !== 0, reportError(`${path} is set-uid, and then refuses to run ${shown}`, again, path)],
    [
      (mode & ALL_EXECUTE) !== ALL_EXECUTE,
      reportWarning(`${path} is not executable for everybody ${shown}`, `chmod 0755 ${path}`, path),
    ],
    [
      problem !== undefined,
      reportError(
        `whoever can write ${path} runs programs as root: ${problem}`,
        'give it and its directories to root',
        path,
      ),
    ],
    [isOther, reportWarning(`${path} is version ${shim.version}, this cdictl is ${view.version}`, again, path)],
    [
      packaged !== undefined && !isSame(packaged, bytes),
      reportWarning(`${path} is not the shim of this cdictl, though of its version`, again, path),
    ],
  ];
  return faults.flatMap(([isThere, result]) => (isThere ? [result] : []));
}

function isSame(one: Uint8Array, other: Uint8Array): boolean {
  return one.length === other.length && one.every((byte, at) => byte === other[at]);
}

function findLinksBeside({ host, shimPath }: HostView): readonly string[] {
  const directory = dirname(shimPath);
  const entries = host.listDirectory(directory);
  if (isFailure(entries)) return [];
  const names = entries.map(({ name }) => name).filter((name) => /^cdi-[\w.-]+$/.test(name));
  return names
    .filter((name) => name !== basename(shimPath) && name !== 'cdi-runtime')
    .map((name) => join(directory, name));
}

/** A link to the shim, be it gone; or a copy of it. Other programs may have such a name too. */
function isOurs({ root, host, shimPath }: HostView, link: string, { shim }: LinkState): boolean {
  if (shim !== undefined) return true;
  const info = host.pathInfo(link);
  return !isFailure(info) && info.kind === 'link' && resolveInRoot(root, link) === resolveInRoot(root, shimPath);
}

/** Of the head: where its tables are, how long an entry of them is, and how many there are. */
const TABLES = [
  { start: 32, size: 54, count: 56 },
  { start: 40, size: 58, count: 60 },
];

/** Of an entry of the program's table: where its part begins, and how long it is. */
const PART = { start: 8, length: 32 };

/**
 * The size in bytes that a file has at least, if nothing of it is missing.
 *
 * @param bytes of an ELF file with the bytes of a number in rising order
 */
function findProgramEnd(bytes: Uint8Array): number {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const long = (at: number): number => (at + 8 <= bytes.length ? Number(view.getBigUint64(at, true)) : 0);
  const short = (at: number): number => (at + 2 <= bytes.length ? view.getUint16(at, true) : 0);
  const tables = TABLES.map(({ start, size, count }) => ({
    start: long(start),
    size: short(size),
    count: short(count),
  }));
  const [parts] = tables;
  const ends = tables.map(({ start, size, count }) => start + size * count);
  for (let i = 0; i < (parts?.count ?? 0); i++) {
    const at = (parts?.start ?? 0) + i * (parts?.size ?? 0);
    ends.push(long(at + PART.start) + long(at + PART.length));
  }
  return Math.max(0, ...ends);
}
