// The Host of Node: the library, cdictl and the tests.
import * as fs from 'node:fs';
import { compareBytes } from '../text/byte-order.ts';
import { assemble, type Pieces } from '../text/json.ts';
import { parseDocument } from '../text/json-syntax.ts';
import { escapeSteering } from '../text/steering.ts';
import type {
  CopyAttributes,
  DeviceInfo,
  DirectoryEntry,
  Failure,
  FileContent,
  HeldFile,
  PathInfo,
  RunRecord,
  SpecHost,
  Stamp,
  Watch,
} from './host.ts';
import { openLog } from './open-log.ts';
import { decodeText, encodePath, encodeText, isStrange } from './raw-text.ts';
import { openAnd, type ReadFile, readDescriptor, readRegular } from './read-file.ts';
import { holdPlace, openIn, type Place, replaceAt, replaceFile } from './replace-file.ts';
import { mayMention, mayRequest, mentions } from './search.ts';
import { isIdentityMap } from './user-namespace.ts';
import { isLocal, watchDirectory } from './watch-directory.ts';
import { parseYaml } from './yaml.ts';

/** What is to be replaced: the file and its directory stay open. */
interface HeldPlace extends ReadFile, Place {
  readonly path: string;
  readonly descriptor: number;
}

/** Loaded when it is wanted: importing it costs every start of cdictl several milliseconds. */
const loadCrypto = () => process.getBuiltinModule('node:crypto');

/** Whoever holds a file and does not replace it lets go of it in the end. */
const forgotten = new FinalizationRegistry<readonly number[]>((descriptors) => {
  for (const descriptor of descriptors) fs.closeSync(descriptor);
});

/** A host over the file system of this process. */
export function createNodeHost(): SpecHost {
  const contents = new WeakMap<FileContent, ReadFile | HeldPlace>();
  const held = (file: FileContent): ReadFile | HeldPlace => {
    const content = contents.get(file);
    if (content === undefined) throw new TypeError('a file of another host');
    return content;
  };
  const keep = <T extends FileContent>(
    content: ReadFile | HeldPlace | Failure,
    make: (size: number) => T,
  ): T | Failure => {
    if ('errno' in content) return content;
    const file = make(content.bytes.length);
    contents.set(file, content);
    return file;
  };
  return {
    readFile: (path, maxBytes) =>
      keep(
        attempt(() => readRegular(path, maxBytes)),
        (size) => ({ path, size }),
      ),
    readFileBelow: (directory, path, maxBytes) =>
      keep(
        attempt(() => openAnd(path, (descriptor) => readBelow(directory, descriptor, maxBytes))),
        (size) => ({ path, size }),
      ),
    holdFile: (path, maxBytes) => {
      const place = attempt(() => holdRegular(path, maxBytes));
      const file = keep(place, (size): HeldFile => ({ path, size, held: true }));
      if (!('errno' in place)) forgotten.register(file, [place.directory, place.descriptor], file);
      return file;
    },
    replaceFile: (file, pieces, copyAttributes) => {
      const place = held(file);
      if (!('directory' in place)) return { errno: 'EINVAL' };
      try {
        return replace(place, pieces, copyAttributes);
      } finally {
        // it is replaced once, or not at all
        const { bytes, stat, directory, descriptor } = place;
        contents.set(file, { bytes, stat });
        forgotten.unregister(file);
        for (const opened of [directory, descriptor]) fs.closeSync(opened);
      }
    },
    listDirectory,
    deviceInfo: readDeviceInfo,
    pathInfo: (path) => {
      const stat = attempt(() => fs.lstatSync(encodePath(path)));
      return 'errno' in stat ? stat : makePathInfo(stat);
    },
    readLink: (path) => attempt(() => decodeText(fs.readlinkSync(encodePath(path), { encoding: 'buffer' }))),
    fileInfo: (file) => makePathInfo(held(file).stat),
    digest: (file, pieces) => {
      const { bytes } = held(file);
      const text = pieces === undefined ? bytes : encodeText(assemble(decodeText(bytes), pieces));
      return loadCrypto().createHash('sha256').update(text).digest('hex');
    },
    text: (file) => held(file).bytes.toString('utf8'),
    mentions: (file, words, orElse) => mentions(held(file).bytes.toString('latin1'), words, orElse),
    mayRequest: (path, markers) => attempt(() => openAnd(path, (descriptor) => search(descriptor, markers))) === true,
    parseYaml: (file) => parseYaml(held(file).bytes),
    parseJson: (file) =>
      parseDocument(decodeText(held(file).bytes), (raw) => (isStrange(raw) ? encodeText(raw).toString('utf8') : raw)),
    append: (path, text) =>
      attempt(() => {
        fs.writeFileSync(path, text, { flag: 'a', mode: 0o644 });
        return undefined;
      }),
    appendLog,
    beginRecord,
    watch,
    limit: () => {},
    environment: (name) => process.env[name],
    inUserNamespace: isInUserNamespace,
    workingDirectory: () => attempt(() => process.cwd()),
    newId: () => loadCrypto().randomBytes(8).toString('hex'),
    ids: () => ({ uid: process.geteuid?.() ?? 0, gid: process.getegid?.() ?? 0 }),
    now: () => Date.now(),
    stamp: readStamp,
    stampOf: (file) => makeStamp(held(file).stat),
    isLocal,
    watchDirectory,
    makeDirectory: (path) =>
      attempt(() => {
        fs.mkdirSync(path, { recursive: true, mode: 0o755 });
        return undefined;
      }),
    writeFile,
    remove: (path) =>
      attempt(() => {
        if (fs.lstatSync(path).isDirectory()) fs.rmdirSync(path);
        else fs.unlinkSync(path);
        return undefined;
      }),
  };
}

function attempt<T>(work: () => T): T | Failure {
  try {
    return work();
  } catch (error) {
    if (error instanceof Error && 'code' in error && typeof error.code === 'string') return { errno: error.code };
    throw error;
  }
}

function isInUserNamespace(): boolean {
  const map = attempt(() => fs.readFileSync('/proc/self/uid_map', 'utf8'));
  return typeof map === 'string' && !isIdentityMap(map);
}

/** As much as `limits.config` may be: what is larger may ask, and is too large then. */
const MOST_SEARCHED = 1024 ** 3;
const SEARCHED_AT_ONCE = 1024 ** 2;
/** at least, of the last block: an escape may lie across two */
const ESCAPE = 6;
/** Of a document that is larger, the words alone count. */
const READ_AT_ONCE = 64 << 20;

function search(descriptor: number, markers: readonly string[]): boolean {
  const stat = fs.fstatSync(descriptor);
  if (!stat.isFile()) return false;
  if (stat.size > MOST_SEARCHED) return true;
  const block = Buffer.allocUnsafe(SEARCHED_AT_ONCE);
  const overlap = Math.max(ESCAPE, ...markers.map((marker) => marker.length));
  let end = '';
  for (let searched = 0; searched <= MOST_SEARCHED; ) {
    const count = fs.readSync(descriptor, block);
    const text = end + block.toString('latin1', 0, count);
    if (mayMention(text, markers)) {
      return (
        stat.size > READ_AT_ONCE ||
        mayRequest(fs.readFileSync(`/proc/self/fd/${descriptor}`).toString('latin1'), markers)
      );
    }
    if (count === 0) return false;
    searched += count;
    end = text.slice(-overlap);
  }
  return true;
}

/** By the place of what is open: whatever a link was or becomes meanwhile, this is the file that is read. */
function readBelow(directory: string, descriptor: number, maxBytes: number): ReadFile | Failure {
  const place = decodeText(fs.readlinkSync(`/proc/self/fd/${descriptor}`, { encoding: 'buffer' }));
  const parent = directory === '/' ? '/' : `${directory}/`;
  return place.startsWith(parent) ? readDescriptor(descriptor, maxBytes) : { errno: 'EXDEV' };
}

function holdRegular(path: string, maxBytes: number): HeldPlace | Failure {
  const place = { path, ...holdPlace(fs.realpathSync(path)) };
  const opened = [place.directory];
  try {
    const descriptor = openIn(place);
    opened.push(descriptor);
    const content = readDescriptor(descriptor, maxBytes);
    if ('errno' in content) return content;
    opened.length = 0;
    return { ...place, ...content, descriptor };
  } finally {
    for (const descriptor of opened) fs.closeSync(descriptor);
  }
}

function listDirectory(path: string): readonly DirectoryEntry[] | Failure {
  const entries = attempt(() => fs.readdirSync(encodePath(path), { withFileTypes: true }));
  if ('errno' in entries) return entries;
  const found = entries.map((entry) => ({ name: entry.name, directory: entry.isDirectory() }));
  const named = found.some(({ name }) => name.includes(LOST)) ? listNames(path) : found;
  return 'errno' in named ? named : named.sort((a, b) => compareBytes(a.name, b.name));
}

/** What Node makes of bytes that are no UTF-8. */
const LOST = '\ufffd';

/** By the bytes of the names, of which there are no entries in Bun. */
function listNames(path: string): DirectoryEntry[] | Failure {
  const names = attempt(() => fs.readdirSync(encodePath(path), { encoding: 'buffer' }));
  if ('errno' in names) return names;
  return names.map(decodeText).map((name) => {
    const stat = attempt(() => fs.lstatSync(encodePath(`${path}/${name}`)));
    return { name, directory: !('errno' in stat) && stat.isDirectory() };
  });
}

function readDeviceInfo(path: string): DeviceInfo | Failure {
  // An exception for each node that is missing would take longer than all else that is done with it.
  const stat = attempt(() => fs.lstatSync(encodePath(path), { throwIfNoEntry: false })) ?? { errno: 'ENOENT' };
  if ('errno' in stat) return stat;
  const type = stat.isBlockDevice() ? 'b' : stat.isCharacterDevice() ? 'c' : stat.isFIFO() ? 'p' : '';
  // The kernel's 32-bit encoding: minor bits 0-7 and 20-31, major bits 8-19.
  const major = (stat.rdev >>> 8) & 0xfff;
  const minor = (stat.rdev & 0xff) | ((stat.rdev >>> 12) & 0xfff00);
  return { type, major, minor, mode: stat.mode & 0o7777 };
}

function makePathInfo(stat: fs.Stats | fs.BigIntStats): PathInfo {
  const kind = stat.isFile() ? 'file' : stat.isDirectory() ? 'directory' : stat.isSymbolicLink() ? 'link' : 'other';
  return { kind, uid: Number(stat.uid), gid: Number(stat.gid), mode: Number(stat.mode) & 0o7777 };
}

function appendLog(path: string, text: string): Failure | undefined {
  const descriptor = openRegularLog(path);
  if (typeof descriptor !== 'number') return descriptor;
  try {
    return writeLine(descriptor, text);
  } finally {
    fs.closeSync(descriptor);
  }
}

function openRegularLog(path: string): number | Failure {
  const descriptor = attempt(() => openLog(path, isInUserNamespace));
  if (typeof descriptor !== 'number') return descriptor;
  const status = fs.fstatSync(descriptor);
  // By another name, which whoever has the folder may give it, a file may be anybody's: root's, for one.
  if (status.isFile() && status.nlink <= 1) return descriptor;
  fs.closeSync(descriptor);
  return { errno: status.isFile() ? 'EMLINK' : 'EFTYPE' };
}

function writeLine(descriptor: number, text: string): Failure | undefined {
  const bytes = Buffer.from(escapeSteering(text));
  const count = attempt(() => fs.writeSync(descriptor, bytes));
  if (typeof count !== 'number') return count;
  return count < bytes.length ? { errno: 'ENOSPC' } : undefined;
}

/** An exception is an exception here, and a process that ends has ended: there is nothing unforeseen to be written. */
function beginRecord(path: string): RunRecord {
  let opened: number | undefined;
  const record: RunRecord = {
    write: (line, durable) => {
      const descriptor = opened ?? openRegularLog(path);
      if (typeof descriptor !== 'number') return descriptor;
      if (opened === undefined) forgotten.register(record, [descriptor]);
      opened = descriptor;
      const failure = writeLine(descriptor, line);
      return failure ?? (durable ? attempt(() => fs.fsyncSync(descriptor) ?? undefined) : undefined);
    },
  };
  return record;
}

/** How often a waiting caller of Node looks again, in milliseconds: its watchers would need the caller to let go. */
const LOOK_AGAIN = 20;

function watch(directories: readonly string[], milliseconds: number): Watch {
  const end = performance.now() + milliseconds;
  const state = (): string =>
    JSON.stringify(directories.map((path) => [attempt(() => fs.readdirSync(path)), readStamp(path)]));
  const pause = new Int32Array(new SharedArrayBuffer(4));
  let before = state();
  return {
    wait: () => {
      for (;;) {
        const now = state();
        if (now !== before) {
          before = now;
          return true;
        }
        const left = end - performance.now();
        if (left <= 0) return false;
        Atomics.wait(pause, 0, 0, Math.min(left, LOOK_AGAIN));
      }
    },
  };
}

function replace(place: HeldPlace, pieces: Pieces, copyAttributes: CopyAttributes | undefined): Failure | undefined {
  const { path, bytes, stat, descriptor } = place;
  const text = assemble(decodeText(bytes), pieces);
  if ('syntax' in parseDocument(text)) return { errno: 'EBADMSG' };
  // By the path that the runtime will take: the whole bundle may have been exchanged.
  const judge = (): void => {
    const now = readStamp(path);
    if ('errno' in now || now.identity !== makeStamp(stat).identity) throw new Stale();
  };
  const replaced = { mode: Number(stat.mode), old: descriptor, copyAttributes, sync: true, judge };
  try {
    return attempt(() => {
      replaceFile(place, encodeText(text), replaced);
      return undefined;
    });
  } catch (error) {
    if (error instanceof Stale) return { errno: 'ESTALE' };
    throw error;
  }
}

/** The file is another one by now. */
class Stale extends Error {}

function readStamp(path: string): Stamp | Failure {
  const stat = attempt(() => fs.statSync(encodePath(path), { bigint: true }));
  return 'errno' in stat ? stat : makeStamp(stat);
}

function makeStamp({ dev, ino, nlink, size, mtimeNs, ctimeNs }: fs.BigIntStats): Stamp {
  const inode = `${dev} ${ino}`;
  const identity = `${inode} ${size} ${mtimeNs} ${ctimeNs}`;
  // The time of the last change of any kind: no one can set it back, as they can that of the content.
  return { identity, modified: Number(ctimeNs / 1_000_000n), inode, names: Number(nlink) };
}

function writeFile(path: string, content: string | Uint8Array, mode = 0o600): Failure | undefined {
  return attempt(() => {
    replaceAt(path, content, { mode, sync: true });
    return undefined;
  });
}
