// Files of a host as a snapshot has them: each with all that is on the way to it, below the root that is asked for.
import { lstatSync, type Stats } from 'node:fs';
import { dirname } from 'node:path';
import { leaveOutSecrets } from '../../engines/without-secrets.ts';
import { type Failure, isFailure, type SpecHost } from '../../host/host.ts';
import type { Entry } from '../../host/host-picture.ts';
import { encodePath } from '../../host/raw-text.ts';
import { Trust } from '../../host/trust.ts';
import { compareBytes } from '../../text/byte-order.ts';
import { readErrno } from '../files/errno.ts';
import { createRootedHost } from '../files/rooted-host.ts';
import { writeCount } from '../terminal/plural.ts';
import { maskText } from './masked-text.ts';

const MOST_LINKS = 40;
/** More is no spec, no settings and no configuration. */
const LARGEST: number = 16 * 1024 * 1024;

export class FileCollection {
  readonly #host: SpecHost;
  readonly #root: string;
  readonly #trust: Trust;
  readonly #entries = new Map<string, Entry>();
  readonly #leftOut = new Set<string>();

  /**
   * @param host of this process
   * @param root without a slash at its end; empty for this host
   */
  constructor(host: SpecHost, root: string) {
    this.#host = host;
    this.#root = root;
    this.#trust = new Trust(createRootedHost(host, root));
  }

  /** by their paths, in the order of their bytes */
  get files(): Readonly<Record<string, Entry>> {
    return Object.fromEntries([...this.#entries].sort(([a], [b]) => compareBytes(a, b)));
  }

  get leftOut(): readonly string[] {
    return [...this.#leftOut];
  }

  /** What a path is, and what it leads to. @returns where that is; undefined where nothing is there */
  look(path: string): string | undefined {
    let parts = splitPath(path);
    let at = '';
    let links = 0;
    this.#add('/');
    for (let name = parts.shift(); name !== undefined; name = parts.shift()) {
      if (name === '.') continue;
      if (name === '..') {
        at = at.slice(0, Math.max(0, at.lastIndexOf('/')));
        continue;
      }
      const entry = this.#add(`${at}/${name}`);
      if (entry === undefined || entry.kind === 'unreadable') return undefined;
      if (entry.kind !== 'link') {
        at = `${at}/${name}`;
        continue;
      }
      if (++links > MOST_LINKS) return undefined;
      const target = entry.says ?? '';
      if (target.startsWith('/')) at = '';
      parts = [...splitPath(target), ...parts];
    }
    return at === '' ? '/' : at;
  }

  /** The names in a directory, or the text of a file. @param isEngines whether members that may be secret are to go */
  read(path: string, isEngines = false): void {
    const real = this.look(path);
    const entry = real === undefined ? undefined : this.#entries.get(real);
    if (real === undefined || entry === undefined) return;
    if (entry.kind === 'directory')
      for (const name of this.list(real)) this.#add(`${real === '/' ? '' : real}/${name}`);
    if (entry.kind !== 'file' || entry.text !== undefined) return;
    const trail = this.#trust.trail(path);
    if (trail.spellings.length > 1 && trail.choice !== undefined) {
      this.#leftOut.add(`${path}: its links may be another user's: ${trail.choice}`);
      this.#entries.set(real, { ...entry, says: 'EXDEV' });
      return;
    }
    const text = this.#readText(real);
    if (typeof text !== 'string') {
      this.#leftOut.add(`${path}: it is no text of at most 16 MiB that can be read`);
      this.#entries.set(real, { ...entry, says: text.errno });
      return;
    }
    const shown = isEngines ? this.#showEngines(path, text) : text;
    if (shown === undefined) return;
    const { text: masked, count } = maskText(shown);
    if (count > 0) this.#leftOut.add(`${path}: ${writeCount(count, 'text')} like a credential`);
    this.#entries.set(real, { ...entry, text: masked });
  }

  /** Whether it is a directory itself, and no link to one. */
  isFolder(path: string): boolean {
    return this.#entries.get(path)?.kind === 'directory';
  }

  /** The names in a directory; none where it cannot be read. */
  list(path: string): readonly string[] {
    const real = this.look(path);
    if (real === undefined) return [];
    const entries = this.#host.listDirectory(`${this.#root}${real}`);
    return isFailure(entries) ? [] : entries.map(({ name }) => name);
  }

  /** The text of a file, links not followed out of the host; undefined where it is none. */
  text(path: string): string | undefined {
    const real = this.look(path);
    const text = real === undefined ? undefined : this.#readText(real);
    return typeof text === 'string' ? text : undefined;
  }

  /** @param real after all links */
  #readText(real: string): string | Failure {
    const path = `${this.#root}${real}`;
    // Where links were followed there is none by now: what stands there was not put there meanwhile.
    const file = this.#host.readFileBelow(dirname(path), path, LARGEST);
    if (isFailure(file)) return file;
    const text = this.#host.text(file);
    return text.includes('\0') ? { errno: 'EFTYPE' } : text;
  }

  #showEngines(path: string, text: string): string | undefined {
    const shown = leaveOutSecrets(path, text);
    if (shown.text === undefined)
      this.#leftOut.add(`${path}: it cannot be read as configuration, and so not be judged`);
    if (shown.leftOut.length > 0) this.#leftOut.add(`${path}: ${shown.leftOut.join(', ')}`);
    return shown.text;
  }

  #add(path: string): Entry | undefined {
    const known = this.#entries.get(path);
    if (known !== undefined) return known;
    const entry = readEntry(this.#host, `${this.#root}${path}`);
    if (entry !== undefined) this.#entries.set(path, entry);
    return entry;
  }
}

function splitPath(path: string): string[] {
  return path.split('/').filter((part) => part !== '');
}

/** undefined for what is not there */
function readEntry(host: SpecHost, path: string): Entry | undefined {
  try {
    const stat = lstatSync(encodePath(path));
    const { uid, gid, mode, mtimeMs } = stat;
    const kind = findKind(stat);
    const device = host.deviceInfo(path);
    const target = kind === 'link' ? host.readLink(path) : undefined;
    return {
      kind,
      uid,
      gid,
      mode: (mode & 0o7777).toString(8).padStart(4, '0'),
      modified: Math.floor(mtimeMs),
      device: !isFailure(device) && /[bc]/.test(device.type) ? `${device.major}:${device.minor}` : undefined,
      says: target === undefined || isFailure(target) ? undefined : target,
    };
  } catch (error) {
    const says = readErrno(error);
    if (says === 'ENOENT' || says === 'ENOTDIR') return undefined;
    return { kind: 'unreadable', uid: 0, gid: 0, mode: '0', modified: 0, says };
  }
}

function findKind(stat: Stats): Entry['kind'] {
  if (stat.isFile()) return 'file';
  if (stat.isDirectory()) return 'directory';
  if (stat.isSymbolicLink()) return 'link';
  if (stat.isCharacterDevice()) return 'char';
  if (stat.isBlockDevice()) return 'block';
  return stat.isFIFO() ? 'fifo' : 'other';
}
