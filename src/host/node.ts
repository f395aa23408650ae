// The Host of Node: the library, cdictl and the tests.
import * as fs from 'node:fs';
import { assemble, type Pieces } from '../text/json.ts';
import { parseJson } from '../text/json-syntax.ts';
import type {
  DeviceInfo,
  DirectoryEntry,
  Failure,
  FileContent,
  HeldFile,
  PathInfo,
  SpecHost,
  Stamp,
  Watch,
} from './host.ts';
import { mayRequest, mentions } from './search.ts';
import { isIdentityMap } from './user-namespace.ts';
import { parseYaml } from './yaml.ts';

/** What Node keeps of a file that was read. */
interface Held {
  readonly bytes: Buffer;
  readonly stat: fs.BigIntStats;
  /** after all links */
  readonly target: string;
}

/** Loaded when it is wanted: importing it costs every start of cdictl several milliseconds. */
const crypto = () => process.getBuiltinModule('node:crypto');

const READ = fs.constants.O_RDONLY | fs.constants.O_NONBLOCK | fs.constants.O_NOCTTY;

/** A host over the file system of this process. */
export function nodeHost(): SpecHost {
  const contents = new WeakMap<FileContent, Held>();
  const held = (file: FileContent): Held => {
    const content = contents.get(file);
    if (content === undefined) throw new TypeError('a file of another host');
    return content;
  };
  const keep = <T extends FileContent>(content: Held | Failure, make: (size: number) => T): T | Failure => {
    if ('errno' in content) return content;
    const file = make(content.bytes.length);
    contents.set(file, content);
    return file;
  };
  return {
    readFile: (path, maxBytes) => keep(readRegular(path, path, maxBytes), (size) => ({ path, size })),
    holdFile: (path, maxBytes) => {
      const target = attempt(() => fs.realpathSync(path));
      if (typeof target !== 'string') return target;
      return keep(readRegular(target, target, maxBytes), (size): HeldFile => ({ path, size, held: true }));
    },
    replaceFile: (file, pieces) => replace(held(file), pieces),
    listDirectory,
    deviceInfo,
    pathInfo: (path) => {
      const stat = attempt(() => fs.lstatSync(path));
      return 'errno' in stat ? stat : infoOf(stat);
    },
    readLink: (path) => attempt(() => fs.readlinkSync(path)),
    fileInfo: (file) => infoOf(held(file).stat),
    digest: (file, pieces) => {
      const { bytes } = held(file);
      const text = pieces === undefined ? bytes : assemble(bytes.toString('utf8'), pieces);
      return crypto().createHash('sha256').update(text).digest('hex');
    },
    text: (file) => held(file).bytes.toString('utf8'),
    mentions: (file, words, orElse) => mentions(held(file).bytes.toString('latin1'), words, orElse),
    mayRequest: (path, markers) => {
      const content = readRegular(path, path, Number.MAX_SAFE_INTEGER);
      return !('errno' in content) && mayRequest(content.bytes.toString('latin1'), markers);
    },
    parseYaml: (file) => parseYaml(held(file).bytes),
    parseJson: (file) => {
      const text = utf8(held(file).bytes);
      return text === undefined ? { syntax: 'it is not valid UTF-8', at: undefined } : parseJson(text);
    },
    append: (path, text) =>
      attempt(() => {
        fs.writeFileSync(path, text, { flag: 'a', mode: 0o644 });
        return undefined;
      }),
    appendLog,
    watch,
    limit: () => {},
    environment: (name) => process.env[name],
    inUserNamespace: () => {
      const map = attempt(() => fs.readFileSync('/proc/self/uid_map', 'utf8'));
      return typeof map === 'string' && !isIdentityMap(map);
    },
    ids: () => ({ uid: process.geteuid?.() ?? 0, gid: process.getegid?.() ?? 0 }),
    now: () => Date.now(),
    stamp,
    stampOf: (file) => stampOf(held(file).stat),
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

function readRegular(path: string, target: string, maxBytes: number): Held | Failure {
  const descriptor = attempt(() => fs.openSync(path, READ));
  if (typeof descriptor !== 'number') return descriptor;
  try {
    const stat = fs.fstatSync(descriptor, { bigint: true });
    if (stat.isDirectory()) return { errno: 'EISDIR' };
    if (!stat.isFile()) return { errno: 'EFTYPE' };
    if (stat.size > maxBytes) return { errno: 'EFBIG' };
    const bytes = attempt(() => fs.readFileSync(descriptor));
    if (!Buffer.isBuffer(bytes)) return bytes;
    return bytes.length > maxBytes ? { errno: 'EFBIG' } : { bytes, stat, target };
  } finally {
    fs.closeSync(descriptor);
  }
}

const UTF8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

function utf8(bytes: Buffer): string | undefined {
  try {
    return UTF8.decode(bytes);
  } catch {
    return undefined;
  }
}

function listDirectory(path: string): readonly DirectoryEntry[] | Failure {
  const entries = attempt(() => fs.readdirSync(path, { withFileTypes: true, encoding: 'buffer' }));
  if ('errno' in entries) return entries;
  return entries
    .sort((a, b) => Buffer.compare(a.name, b.name))
    .map((entry) => ({ name: entry.name.toString('utf8'), directory: entry.isDirectory() }));
}

function deviceInfo(path: string): DeviceInfo | Failure {
  const stat = attempt(() => fs.lstatSync(path));
  if ('errno' in stat) return stat;
  const type = stat.isBlockDevice() ? 'b' : stat.isCharacterDevice() ? 'c' : stat.isFIFO() ? 'p' : '';
  // The kernel's 32-bit encoding: minor bits 0-7 and 20-31, major bits 8-19.
  const major = (stat.rdev >>> 8) & 0xfff;
  const minor = (stat.rdev & 0xff) | ((stat.rdev >>> 12) & 0xfff00);
  return { type, major, minor, mode: stat.mode & 0o7777 };
}

function infoOf(stat: fs.Stats | fs.BigIntStats): PathInfo {
  const kind = stat.isFile() ? 'file' : stat.isDirectory() ? 'directory' : stat.isSymbolicLink() ? 'link' : 'other';
  return { kind, uid: Number(stat.uid), gid: Number(stat.gid), mode: Number(stat.mode) & 0o7777 };
}

const LOG = fs.constants.O_WRONLY | fs.constants.O_APPEND | fs.constants.O_CREAT | fs.constants.O_NOFOLLOW;

function appendLog(path: string, text: string): Failure | undefined {
  const open = (): number | Failure => attempt(() => fs.openSync(path, LOG | fs.constants.O_NONBLOCK, 0o640));
  let descriptor = open();
  if (typeof descriptor !== 'number' && descriptor.errno === 'ENOENT') {
    const made = attempt(() => fs.mkdirSync(path.slice(0, path.lastIndexOf('/')) || '/', { mode: 0o750 }));
    if (made !== undefined && made.errno !== 'EEXIST') return made;
    descriptor = open();
  }
  if (typeof descriptor !== 'number') return descriptor;
  const opened = descriptor;
  try {
    if (!fs.fstatSync(opened).isFile()) return { errno: 'EFTYPE' };
    const bytes = Buffer.from(text);
    const count = attempt(() => fs.writeSync(opened, bytes));
    if (typeof count !== 'number') return count;
    return count < bytes.length ? { errno: 'ENOSPC' } : undefined;
  } finally {
    fs.closeSync(opened);
  }
}

/** How often a waiting caller of Node looks again, in milliseconds: its watchers would need the caller to let go. */
const LOOK_AGAIN = 20;

function watch(directories: readonly string[], milliseconds: number): Watch {
  const end = performance.now() + milliseconds;
  const state = (): string =>
    JSON.stringify(directories.map((path) => [attempt(() => fs.readdirSync(path)), stamp(path)]));
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

function replace({ bytes, stat, target }: Held, pieces: Pieces): Failure | undefined {
  const text = assemble(bytes.toString('utf8'), pieces);
  if ('syntax' in parseJson(text)) return { errno: 'EBADMSG' };
  const beside = `${target.slice(0, target.lastIndexOf('/') + 1)}.config.json.${crypto().randomBytes(6).toString('hex')}`;
  const written = attempt(() => {
    fs.writeFileSync(beside, text, { flag: 'wx', mode: 0o600 });
    const own = fs.statSync(beside, { bigint: true });
    if (own.uid !== stat.uid || own.gid !== stat.gid) fs.chownSync(beside, Number(stat.uid), Number(stat.gid));
    fs.chmodSync(beside, Number(stat.mode) & 0o7777);
    const now = fs.lstatSync(target, { bigint: true });
    const fields = ['dev', 'ino', 'size', 'mtimeNs', 'ctimeNs'] as const;
    if (fields.some((field) => now[field] !== stat[field])) return { errno: 'ESTALE' };
    fs.renameSync(beside, target);
    return undefined;
  });
  if (written !== undefined) fs.rmSync(beside, { force: true });
  return written;
}

function stamp(path: string): Stamp | Failure {
  const stat = attempt(() => fs.statSync(path, { bigint: true }));
  return 'errno' in stat ? stat : stampOf(stat);
}

function stampOf({ dev, ino, size, mtimeNs, ctimeNs }: fs.BigIntStats): Stamp {
  const identity = [dev, ino, size, mtimeNs, ctimeNs].join(' ');
  // The time of the last change of any kind: nobody can set it back, as they can that of the content.
  return { identity, modified: Number(ctimeNs / 1_000_000n) };
}

function writeFile(path: string, content: string | Uint8Array, mode = 0o600): Failure | undefined {
  const beside = `${path}.${crypto().randomBytes(6).toString('hex')}.tmp`;
  const written = attempt(() => {
    const descriptor = fs.openSync(beside, 'wx', 0o600);
    try {
      fs.writeFileSync(descriptor, content);
      fs.fchmodSync(descriptor, mode);
      fs.fsyncSync(descriptor);
    } finally {
      fs.closeSync(descriptor);
    }
    fs.renameSync(beside, path);
    return undefined;
  });
  if (written !== undefined) fs.rmSync(beside, { force: true });
  return written;
}
