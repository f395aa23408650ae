// The Host in memory, for tests.

import {
  type DeviceInfo,
  type DirectoryEntry,
  type Failure,
  type FileContent,
  type Host,
  isFailure,
  type PathInfo,
} from '../../src/host/host.ts';
import { mayRequest, mentions } from '../../src/host/search.ts';
import { parseYaml } from '../../src/host/yaml.ts';
import { compareBytes, countBytes, encodeUtf8 } from '../../src/text/byte-order.ts';
import { assemble } from '../../src/text/json.ts';
import { parseDocument } from '../../src/text/json-syntax.ts';
import { cleanPath } from '../../src/text/path.ts';
import { sha256 } from './sha256.ts';

/** A file by its text, a device node, an empty directory, or what every look at the path fails with. */
export type MemoryEntry = string | DeviceInfo | { readonly directory: true } | Failure;

export interface MemoryHost extends Host {
  /** What stands at a path by now. */
  entry(path: string): MemoryEntry | undefined;
  /** Puts something at a path, or takes away what is there. */
  put(path: string, entry: MemoryEntry | undefined): void;
}

export interface MemoryOptions {
  readonly environment?: Readonly<Record<string, string>>;
  /** of paths that are not root's with the usual mode */
  readonly owners?: Readonly<Record<string, Partial<PathInfo>>>;
  /** what links say, by their paths; only `makePathInfo` and `readLink` see them */
  readonly links?: Readonly<Record<string, string>>;
  readonly userNamespace?: boolean;
  /** who asks; root, if no one says */
  readonly uid?: number;
  /** what happens while somebody waits; it takes half the time that is left */
  readonly whileWaiting?: (host: MemoryHost) => void;
}

/** A file's identity: what is put in its place is another object. */
interface Slot {
  readonly entry: MemoryEntry;
}

/**
 * A host over the given paths, with the directories that they need. Rights do not matter, relative paths start at
 * `/`, it is 1970, and the user is root.
 *
 * @example memoryHost({ '/etc/cdi/a.yaml': text, '/dev/fuse': { type: 'c', major: 10, minor: 229, mode: 0o666 } })
 */
export function memoryHost(
  entries: Readonly<Record<string, MemoryEntry>>,
  { environment = {}, owners = {}, links = {}, userNamespace = false, uid = 0, whileWaiting }: MemoryOptions = {},
): MemoryHost {
  let time = 0;
  let ids = 0;
  const slots = new Map(Object.entries(entries).map(([path, entry]) => [absolute(path), { entry }]));
  const read = new WeakMap<FileContent, { readonly text: string; readonly slot: Slot | undefined }>();
  const textOf = (file: FileContent): string => {
    const text = read.get(file)?.text;
    if (text === undefined) throw new TypeError('a file of another host');
    return text;
  };
  const open = <T extends FileContent>(path: string, maxBytes: number, make: (size: number) => T): T | Failure => {
    const entry = look(slots, absolute(path));
    if (typeof entry !== 'string') return isFailure(entry) ? entry : { errno: 'type' in entry ? 'EFTYPE' : 'EISDIR' };
    const size = countBytes(entry);
    if (size > maxBytes) return { errno: 'EFBIG' };
    const file = make(size);
    read.set(file, { text: entry, slot: slots.get(absolute(path)) });
    return file;
  };
  const pathInfo = (path: string): PathInfo | Failure => {
    const place = absolute(path);
    const entry = look(slots, place);
    const owner = owners[place];
    if (links[place] !== undefined) return { kind: 'link', uid: 0, gid: 0, mode: 0o777, ...owner };
    if (typeof entry === 'string') return { kind: 'file', uid: 0, gid: 0, mode: 0o755, ...owner };
    if (isFailure(entry)) return entry;
    if ('directory' in entry) return { kind: 'directory', uid: 0, gid: 0, mode: 0o755, ...owner };
    return { kind: 'other', uid: 0, gid: 0, mode: entry.mode, ...owner };
  };
  const append = (path: string, text: string): Failure | undefined => {
    const place = absolute(path);
    const entry = look(slots, place);
    const isNew = isFailure(entry) && entry.errno === 'ENOENT' && !isFailure(look(slots, cleanPath(`${place}/..`)));
    if (typeof entry !== 'string' && !isNew) return isFailure(entry) ? entry : { errno: 'EISDIR' };
    slots.set(place, { entry: isNew ? text : `${entry}${text}` });
    return undefined;
  };
  const host: MemoryHost = {
    readFile: (path, maxBytes) => open(path, maxBytes, (size) => ({ path, size })),
    holdFile: (path, maxBytes) => open(path, maxBytes, (size) => ({ path, size, held: true })),
    replaceFile: (file, pieces) => {
      const text = assemble(textOf(file), pieces);
      if ('syntax' in parseDocument(text)) return { errno: 'EBADMSG' };
      if (slots.get(absolute(file.path)) !== read.get(file)?.slot) return { errno: 'ESTALE' };
      slots.set(absolute(file.path), { entry: text });
      return undefined;
    },
    listDirectory: (path) => list(slots, absolute(path)),
    deviceInfo: (path) => {
      const entry = look(slots, absolute(path));
      if (typeof entry !== 'string' && !('directory' in entry)) return entry;
      return { type: '', major: 0, minor: 0, mode: typeof entry === 'string' ? 0o644 : 0o755 };
    },
    text: textOf,
    mentions: (file, words, orElse) => mentions(textOf(file), words, orElse),
    mayRequest: (path, markers) => {
      const entry = look(slots, absolute(path));
      return typeof entry === 'string' && mayRequest(entry, markers);
    },
    parseYaml: (file) => parseYaml(textOf(file)),
    parseJson: (file) => parseDocument(textOf(file)),
    append,
    appendLog: (path, text) => {
      const above = cleanPath(`${absolute(path)}/..`);
      const isMissing = isFailure(look(slots, above)) && !isFailure(look(slots, cleanPath(`${above}/..`)));
      if (isMissing) slots.set(above, { entry: { directory: true } });
      return append(path, text);
    },
    beginRecord: (path) => ({ write: (line) => host.appendLog(path, line) }),
    watch: (_, milliseconds) => {
      let left = milliseconds;
      return {
        wait: () => {
          const step = whileWaiting === undefined || left <= 1 ? left : left / 2;
          left -= step;
          time += step;
          whileWaiting?.(host);
          return left > 0;
        },
      };
    },
    limit: () => {},
    pathInfo,
    readLink: (path) =>
      links[absolute(path)] ?? (isFailure(look(slots, absolute(path))) ? { errno: 'ENOENT' } : { errno: 'EINVAL' }),
    fileInfo: (file) => {
      const info = pathInfo(file.path);
      return isFailure(info) ? { kind: 'file', uid: 0, gid: 0, mode: 0o644 } : info;
    },
    digest: (file, pieces) =>
      sha256(Uint8Array.from(encodeUtf8(pieces === undefined ? textOf(file) : assemble(textOf(file), pieces)))),
    inUserNamespace: () => userNamespace,
    environment: (name) => (Object.hasOwn(environment, name) ? environment[name] : undefined),
    workingDirectory: () => '/',
    newId: () => {
      ids++;
      return ids.toString(16).padStart(16, '0');
    },
    ids: () => ({ uid, gid: uid }),
    now: () => time,
    entry: (path) => slots.get(absolute(path))?.entry,
    put: (path, entry) => {
      if (entry === undefined) slots.delete(absolute(path));
      else slots.set(absolute(path), { entry });
    },
  };
  return host;
}

function absolute(path: string): string {
  return cleanPath(`/${path}`);
}

/** What stands at a path, or the errno name why it cannot be reached. */
function look(slots: ReadonlyMap<string, Slot>, path: string): MemoryEntry {
  for (let end = path.indexOf('/', 1); end > 0; end = path.indexOf('/', end + 1)) {
    const above = slots.get(path.slice(0, end))?.entry;
    if (typeof above === 'string' || (above !== undefined && 'type' in above)) return { errno: 'ENOTDIR' };
    if (above !== undefined && isFailure(above)) return above;
  }
  const entry = slots.get(path)?.entry;
  if (entry !== undefined) return entry;
  return path === '/' || below(slots, path).length > 0 ? { directory: true } : { errno: 'ENOENT' };
}

function list(slots: ReadonlyMap<string, Slot>, path: string): readonly DirectoryEntry[] | Failure {
  const entry = look(slots, path);
  if (typeof entry === 'string' || !('directory' in entry)) return isFailure(entry) ? entry : { errno: 'ENOTDIR' };
  const names = new Set(below(slots, path).map((rest) => rest.split('/')[0] ?? ''));
  return [...names].sort(compareBytes).map((name) => {
    const found = look(slots, absolute(`${path}/${name}`));
    return { name, directory: typeof found !== 'string' && 'directory' in found };
  });
}

/** The paths of all that is in a directory, seen from there. */
function below(slots: ReadonlyMap<string, Slot>, directory: string): string[] {
  const prefix = directory === '/' ? '/' : `${directory}/`;
  const inside = [...slots.keys()].filter((path) => path.startsWith(prefix) && path !== prefix);
  return inside.map((path) => path.slice(prefix.length));
}
