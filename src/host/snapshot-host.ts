// A host that is a snapshot: nothing of it is unpacked, so that no path in it can lead anywhere on this machine.
import { compareBytes } from '../text/byte-order.ts';
import { parseDocument } from '../text/json-syntax.ts';
import {
  type DeviceInfo,
  type DirectoryEntry,
  type Failure,
  type FileContent,
  isFailure,
  type PathInfo,
  type SpecHost,
  type Stamp,
} from './host.ts';
import type { Entry, HostPicture } from './host-picture.ts';
import { mentions } from './search.ts';
import { parseYaml } from './yaml.ts';

/** As many as the kernel follows. */
const MOST_LINKS = 40;

interface Found {
  readonly path: string;
  readonly entry: Entry;
}

const encoder = new TextEncoder();

/**
 * Of this machine nothing is seen, and nothing can be written.
 *
 * @param digest SHA-256 in hexadecimal of a text as UTF-8
 */
export function createSnapshotHost(
  { files, user, environment, taken }: HostPicture,
  digest: (text: string) => string,
): SpecHost {
  const entries = new Map(Object.entries(files));
  const variables = new Map(Object.entries(environment));
  const opened = new WeakMap<FileContent, Found>();
  const held = (file: FileContent): Entry => {
    const found = opened.get(file);
    if (found === undefined) throw new TypeError('a file of another host');
    return found.entry;
  };
  const textOf = (file: FileContent): string => held(file).text ?? '';
  const find = (path: string, follows: boolean): Found | Failure => findEntry(entries, path, follows);
  const readOnly = (): Failure => ({ errno: 'EROFS' });
  const host: SpecHost = {
    readFile: (path, maxBytes) => {
      const found = find(path, true);
      if (isFailure(found)) return found;
      if (found.entry.kind === 'directory') return { errno: 'EISDIR' };
      if (found.entry.kind !== 'file') return { errno: 'EFTYPE' };
      // its content was left out
      if (found.entry.text === undefined) return { errno: found.entry.says ?? 'EACCES' };
      const size = encoder.encode(found.entry.text).length;
      if (size > maxBytes) return { errno: 'EFBIG' };
      const file = { path, size };
      opened.set(file, found);
      return file;
    },
    readFileBelow: (directory, path, maxBytes) => {
      const found = find(path, true);
      const parent = directory === '/' ? '/' : `${directory}/`;
      if (!isFailure(found) && !found.path.startsWith(parent)) return { errno: 'EXDEV' };
      return host.readFile(path, maxBytes);
    },
    text: textOf,
    parseYaml: (file) => parseYaml(textOf(file)),
    parseJson: (file) => parseDocument(textOf(file)),
    mentions: (file, words, orElse) => mentions(spellBytes(textOf(file)), words, orElse),
    mayRequest: () => false,
    digest: (file) => digest(textOf(file)),
    fileInfo: (file) => makePathInfo(held(file)),
    stampOf: (file) => makeStamp(file.path, held(file)),
    stamp: (path) => ifFound(find(path, true), (found) => makeStamp(found.path, found.entry)),
    listDirectory: (path) =>
      ifFound(find(path, true), (found) =>
        found.entry.kind === 'directory' ? listEntries(entries, found.path) : { errno: 'ENOTDIR' },
      ),
    deviceInfo: (path) => ifFound(find(path, false), ({ entry }) => makeDeviceInfo(entry)),
    pathInfo: (path) => ifFound(find(path, false), ({ entry }) => makePathInfo(entry)),
    readLink: (path) =>
      ifFound(find(path, false), ({ entry: { kind, says } }) =>
        kind === 'link' && says !== undefined ? says : { errno: 'EINVAL' },
      ),
    environment: (name) => variables.get(name),
    ids: () => ({ uid: user.uid, gid: user.gid }),
    inUserNamespace: () => user.inUserNamespace,
    workingDirectory: () => '/',
    now: () => taken,
    holdFile: readOnly,
    replaceFile: readOnly,
    append: readOnly,
    appendLog: readOnly,
    makeDirectory: readOnly,
    writeFile: readOnly,
    remove: readOnly,
    isLocal: () => false,
    watchDirectory: readOnly,
    watch: () => ({ wait: () => false }),
    limit: () => {},
    newId: () => '0'.repeat(16),
    beginRecord: () => ({ write: readOnly }),
  };
  return host;
}

/** The bytes of a text, a character each. */
export function spellBytes(text: string): string {
  let bytes = '';
  for (const byte of encoder.encode(text)) bytes += String.fromCharCode(byte);
  return bytes;
}

function ifFound<T>(found: Found | Failure, work: (found: Found) => T | Failure): T | Failure {
  return isFailure(found) ? found : work(found);
}

function findEntry(entries: ReadonlyMap<string, Entry>, path: string, follows: boolean): Found | Failure {
  let parts = splitPath(path);
  let at = '';
  let links = 0;
  for (let name = parts.shift(); name !== undefined; name = parts.shift()) {
    if (name === '.') continue;
    if (name === '..') {
      at = at.slice(0, Math.max(0, at.lastIndexOf('/')));
      continue;
    }
    const next = `${at}/${name}`;
    const entry = entries.get(next);
    if (entry === undefined) return { errno: 'ENOENT' };
    if (entry.kind === 'unreadable') return { errno: entry.says ?? 'EACCES' };
    if (entry.kind === 'link' && (follows || parts.length > 0)) {
      if (++links > MOST_LINKS) return { errno: 'ELOOP' };
      const target = entry.says ?? '';
      if (target.startsWith('/')) at = '';
      parts = [...splitPath(target), ...parts];
    } else if (entry.kind !== 'directory' && parts.length > 0) return { errno: 'ENOTDIR' };
    else at = next;
  }
  const end = at === '' ? '/' : at;
  const entry = entries.get(end);
  return entry === undefined ? { errno: 'ENOENT' } : { path: end, entry };
}

function splitPath(path: string): string[] {
  return path.split('/').filter((part) => part !== '');
}

function listEntries(entries: ReadonlyMap<string, Entry>, directory: string): DirectoryEntry[] {
  const before = directory === '/' ? '/' : `${directory}/`;
  return [...entries]
    .filter(([path]) => path.startsWith(before) && path.length > before.length && !path.includes('/', before.length))
    .map(([path, { kind }]) => ({ name: path.slice(before.length), directory: kind === 'directory' }))
    .sort((a, b) => compareBytes(a.name, b.name));
}

function makePathInfo({ kind, uid, gid, mode }: Entry): PathInfo {
  const known = kind === 'file' || kind === 'directory' || kind === 'link' ? kind : 'other';
  return { kind: known, uid, gid, mode: Number.parseInt(mode, 8) };
}

const TYPES = {
  char: 'c',
  block: 'b',
  fifo: 'p',
  file: '',
  directory: '',
  link: '',
  other: '',
  unreadable: '',
} as const;

function makeDeviceInfo({ kind, device = '0:0', mode }: Entry): DeviceInfo {
  const [major = 0, minor = 0] = device.split(':').map(Number);
  return { type: TYPES[kind], major, minor, mode: Number.parseInt(mode, 8) };
}

function makeStamp(path: string, { modified }: Entry): Stamp {
  return { identity: path, modified, inode: path, names: 1 };
}
