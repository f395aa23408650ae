// The only way by which the core touches the world: small, synchronous, errors as values.
import type { JsonTree, Pieces } from '../text/json.ts';
import type { SyntaxFailure, YamlTree } from '../text/yaml-tree.ts';

/**
 * An operation that failed. `errno` is the kernel's name for it (`ENOENT`), or one of ours:
 * `EFTYPE` (not a regular file), `EFBIG` (larger than allowed), `ESTALE` (the file is no longer the one
 * that was read), `EBADMSG` (what was to be written is not JSON).
 */
export interface Failure {
  readonly errno: string;
}

/** A file as it was read. What identifies and holds its bytes is the host's own matter. */
export interface FileContent {
  readonly path: string;
  /** bytes */
  readonly size: number;
}

/** A file in whose place another can be put: its directory is held open, links are resolved. */
export interface HeldFile extends FileContent {
  readonly held: true;
}

/** A file of settings as it was found. */
export interface FoundSettings {
  readonly path: string;
  /** what it holds, or why that cannot be read */
  readonly content: FileContent | Failure;
  /** an ordinary user's own, which does not choose the runtime */
  readonly own: boolean;
  /** why others could have written it */
  readonly problem: string | undefined;
  /** what a line of its text says of the runtime, even where the rest is broken */
  readonly runtime: string | undefined;
}

/** One name in a directory, links not followed. */
export interface DirectoryEntry {
  readonly name: string;
  readonly directory: boolean;
}

/** What `lstat` tells of a path. */
export interface DeviceInfo {
  /** `b`, `c`, `p` (named pipe), or empty for everything else, links included */
  readonly type: 'b' | 'c' | 'p' | '';
  readonly major: number;
  readonly minor: number;
  /** permission bits with set-id and sticky, without the type */
  readonly mode: number;
}

/** Whose a path is and what its mode lets others do. */
export interface PathInfo {
  readonly kind: 'file' | 'directory' | 'link' | 'other';
  readonly uid: number;
  readonly gid: number;
  /** permission bits with set-id and sticky, without the type */
  readonly mode: number;
}

/** Directories that are being watched, for so long. */
export interface Watch {
  /**
   * Waits until a name in one of the directories changes, or one of them appears; what changed since the watch
   * began or the last wait counts.
   *
   * @returns false when the time of the watch is over
   */
  wait(): boolean;
}

/** The record of one run. */
export interface RunRecord {
  /** Appends a line. @param durable whether it has to outlast a power cut, from when this returns */
  write(line: string, durable: boolean): Failure | undefined;
}

/** A folder of which no other run has the lock: until it is let go, or this run has ended or become the runtime. */
export interface LockedFolder {
  /** of what becomes the runtime */
  readonly pid: number;
  /** Puts a file in it in one step. */
  write(name: string, text: string): Failure | undefined;
  remove(name: string): Failure | undefined;
  release(): void;
}

export interface Host {
  /**
   * Locks a folder, which is made with mode 0700, and so is the one above, where they are missing; `ETIMEDOUT` where
   * others have it for too long. Only where a host becomes the runtime.
   */
  readonly lock?: (folder: string) => LockedFolder | Failure;
  /** Reads a regular file, following links; never waits on a FIFO or device. */
  readFile(path: string, maxBytes: number): FileContent | Failure;
  /** Reads a regular file that is to be replaced: opens its directory once and keeps to it. */
  holdFile(path: string, maxBytes: number): HeldFile | Failure;
  /**
   * Puts a new text in the place of a file: written beside it and renamed over it, with the same owner,
   * mode and extended attributes, if the file is still the one that was read and the text is JSON.
   */
  replaceFile(file: HeldFile, pieces: Pieces): Failure | undefined;
  /** The names in a directory, sorted by their bytes. */
  listDirectory(path: string): readonly DirectoryEntry[] | Failure;
  /**
   * The names of the spec files in a directory whose bytes `mentions` would find, and of those that cannot be
   * read; `count` is the number of all its spec files. Only where a host is quicker at it than the core.
   */
  readonly namesMentioning?: (
    directory: string,
    maxBytes: number,
    words: readonly string[],
    orElse: string,
  ) => { readonly count: number; readonly names: readonly string[] } | Failure;
  /** Looks at a path itself, not through a link. */
  deviceInfo(path: string): DeviceInfo | Failure;
  /** Looks at a path itself, not through a link: its owner and who may change it. */
  pathInfo(path: string): PathInfo | Failure;
  /** What a link says, as it is written there. */
  readLink(path: string): string | Failure;
  /** Owner and mode of the very file that was read. */
  fileInfo(file: FileContent): PathInfo;
  /** SHA-256 in hexadecimal of the file's bytes, or of the text that the pieces make of it. */
  digest(file: FileContent, pieces?: Pieces): string;
  /** The file's bytes as text; what is not UTF-8 becomes U+FFFD. */
  text(file: FileContent): string;
  /**
   * Whether the bytes hold one of the words. With `reportOkIfEmpty`, whether they hold one of these characters or a
   * NUL or begin with a UTF-16 byte order mark counts as well.
   */
  mentions(file: FileContent, words: readonly string[], orElse: string): boolean;
  /**
   * Whether a bundle's document, of any size, may ask for devices: in some runtime's reading a key of an annotation
   * begins with a marker, or a variable is called so, or a mount has one in it. No for what cannot be read.
   */
  mayRequest(path: string, markers: readonly string[]): boolean;
  /** Syntax of the first YAML document. */
  parseYaml(file: FileContent): YamlTree | SyntaxFailure;
  /** Syntax of what any runtime takes for JSON: the first value, comments and any bytes in strings included. */
  parseJson(file: FileContent): JsonTree | SyntaxFailure;
  /** Appends to a file, made with mode 0644 where it is missing, by one write. */
  append(path: string, text: string): Failure | undefined;
  /**
   * Appends a line of JSON to a log of our own by one write; in it, what steers a terminal becomes an escape. The file is
   * made with mode 0640 and its directory with 0750 where they are missing; a link, a link of somebody else on the way,
   * or anything but a regular file is refused (`ELOOP`, `EFTYPE`).
   */
  appendLog(path: string, text: string): Failure | undefined;
  /**
   * Names the log that tells what came of this run. It is opened for the first line, as by `appendLog`, and stays open.
   *
   * @param unforeseen where the host outlives the core, or the core is ended: the line that it writes then, from what
   *   follows the time to where the error's code stands
   */
  beginRecord(path: string, unforeseen: string): RunRecord;
  /**
   * Begins to watch directories, for so long by a clock that no one sets: at boot, when devices are late, that of
   * the machine may jump by years. A directory that is missing is waited for.
   */
  watch(directories: readonly string[], milliseconds: number): Watch;
  /**
   * Bounds of this run, where the host keeps any: bytes of memory, milliseconds of the processor, and milliseconds from
   * its start.
   */
  limit(memory: number, time: number, wall: number): void;
  environment(name: string): string | undefined;
  /** the directory that relative paths start from, by its absolute path */
  workingDirectory(): string | Failure;
  /** 16 hexadecimal digits that no other run has */
  newId(): string;
  /** the effective ids of this process */
  ids(): { readonly uid: number; readonly gid: number };
  /** Whether this process sees other user ids than the machine has, as in a rootless engine. */
  inUserNamespace(): boolean;
  /** milliseconds since 1970 */
  now(): number;
}

/** A host that becomes the runtime, and has read the settings to know which. */
export interface ShimHost extends Host {
  /** Those of this run in rising priority: what the host went by is what the core goes by. */
  settings(): readonly FoundSettings[] | Failure;
}

/** What tells one state of a file or directory from another, links followed. */
export interface Stamp {
  /** changes with the file, its content and its attributes, as far as time can tell */
  readonly identity: string;
  /** milliseconds since 1970 at which the content or the attributes changed last */
  readonly modified: number;
  /** which one it is, whatever is in it */
  readonly inode: string;
  /** how many names it has */
  readonly names: number;
}

/** What the kernel tells of a directory. */
export interface DirectoryWatch {
  /**
   * The names of what changed since the watch began or was asked last; undefined where something changed of which the
   * name is not known yet, or will never be.
   */
  changes(): ReadonlySet<string> | undefined;
  /** Whether it will tell nothing any more. */
  isOver(): boolean;
  close(): void;
}

/** @throws what ends the replacement */
export type CopyAttributes = (from: number, to: number) => void;

/** A host that keeps specs too: what the library needs and the shim does not. */
export interface SpecHost extends Host {
  /** @param copyAttributes extended ones, from one descriptor to another, which Node cannot read by itself */
  replaceFile(file: HeldFile, pieces: Pieces, copyAttributes?: CopyAttributes): Failure | undefined;
  /**
   * The same as `readFile`, but `EXDEV` where the file that was opened is not below the directory: who may write there
   * may link to what only this user can read.
   *
   * @param directory after all links
   */
  readFileBelow(directory: string, path: string, maxBytes: number): FileContent | Failure;
  stamp(path: string): Stamp | Failure;
  /** The stamp of the very file that was read, when it was opened. */
  stampOf(file: FileContent): Stamp;
  /** Whether a directory is where all changes leave their time in it, and are told to watches. */
  isLocal(path: string): boolean;
  /** Begins to watch a directory, until that is closed or forgotten; it keeps no process alive. */
  watchDirectory(path: string): DirectoryWatch | Failure;
  /** Makes a directory with its parents; fine if it is there. */
  makeDirectory(path: string): Failure | undefined;
  /**
   * Puts a file in place by rename, written through to the disk; what was there is replaced.
   *
   * @param mode permission bits, by default 0600
   */
  writeFile(path: string, content: string | Uint8Array, mode?: number): Failure | undefined;
  /** Removes a file or an empty directory. */
  remove(path: string): Failure | undefined;
}

/** Tells a failure from what an operation gives when it works. */
export function isFailure<T>(result: T | Failure): result is Failure {
  return typeof result === 'object' && result !== null && 'errno' in result;
}

/** Tells a syntax failure from a tree. */
export function isMalformed(result: object): result is SyntaxFailure {
  return 'syntax' in result;
}
